import { AwsError } from '../errors.ts';
import { isRegion } from '../place.ts';
import { accessDenied } from '../s3/errors.ts';
import type { S3Target } from '../s3/request.ts';
import type { Exchange } from './answer.ts';
import type { Credential } from './credential.ts';

/** Who signed, for which region. Whoever does not sign is anonymous: new buckets block public access (User Guide, "Blocking public access to your Amazon S3 storage"). */
export const s3Scope = ({ credential }: Exchange, { hostRegion }: S3Target): Credential => {
  const found = credentialIn(credential);
  if (found === undefined) throw accessDenied();
  const { region } = found;
  if (hostRegion !== undefined && hostRegion !== region) throw wrongRegion(region, hostRegion);
  if (!isRegion(region)) throw wrongRegion(region, 'us-east-1');
  return found;
};

const credentialIn = (credential: Exchange['credential']): Credential | undefined => {
  try {
    return credential();
  } catch (error) {
    throw malformedHeader(`The authorization header is malformed; ${error instanceof Error ? error.message : error}`);
  }
};

const malformedHeader = (message: string, details: Readonly<Record<string, string>> = {}): AwsError =>
  new AwsError('AuthorizationHeaderMalformed', message, { details });

const wrongRegion = (region: string, expected: string): AwsError =>
  malformedHeader(`The authorization header is malformed; the region '${region}' is wrong; expecting '${expected}'`, {
    Region: expected,
  });
