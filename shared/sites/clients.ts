import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Site } from '../deployment/settings.ts';
import type { Runtime } from '../runtime.ts';
import type { TargetPorts } from '../targets/module.ts';
import { RefusedError, refusal } from '../targets/refused.ts';

/** An hour at most: a session that was taken on by a role's session lasts no longer (API reference, AssumeRole). */
const SESSION_SECONDS = 3600;

/** Sites, or sessions in them, that are kept at a time, each with its clients. */
const MOST = 50;

/** 64 of letters, digits and `_+=,.@-` (API reference, AssumeRole). */
const sessionName = (deployment: string): string => `switchyard-${deployment}`.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);

/** Credentials of a role for one deployment; the SDK asks again shortly before they end. */
const credentialsOf = (sts: STSClient, role: string, deployment: string) => async () => {
  const command = new AssumeRoleCommand({
    RoleArn: role,
    RoleSessionName: sessionName(deployment),
    DurationSeconds: SESSION_SECONDS,
  });
  const { Credentials: got } = await sts.send(command).catch((error: unknown) => {
    if (!(error instanceof Error && /^(AccessDenied|ValidationError|MalformedPolicyDocument)/.test(error.name))) throw error;
    throw new RefusedError(
      refusal(
        'role-denied',
        `cannot take on ${role}: ${error.message}; let its trust policy admit the pipeline's functions (docs/targets.md), or correct "role" in the catalogue`,
      ),
    );
  });
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken, Expiration } = got ?? {};
  return {
    accessKeyId,
    secretAccessKey,
    ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
    ...(Expiration === undefined ? {} : { expiration: Expiration }),
  };
};

type Client = TargetPorts['client'];

/** Clients that are made once, and without retries, since calls that act have no token. */
const madeOnce = (configuration: object): Client => {
  const made = new Map<string, Map<unknown, unknown>>();
  return <T>(Service: new (given: object) => T, region?: string): T => {
    const there = made.get(region ?? '') ?? new Map<unknown, unknown>();
    made.set(region ?? '', there);
    const elsewhere = region === undefined ? {} : { region };
    const known = (there.get(Service) as T | undefined) ?? new Service({ ...configuration, ...elsewhere, maxAttempts: 1 });
    there.set(Service, known);
    return known;
  };
};

/**
 * The clients of what is deployed to: in the function's own name, or in a site's region and role (S5.3), in a session of the deployment's
 * name, so that CloudTrail tells which deployment did what.
 */
export const siteClients = (
  aws: Runtime['aws'],
): ((site: Pick<Site, 'region' | 'role'> | undefined, deployment: string) => Client) => {
  const own = madeOnce(aws);
  const sts = new STSClient(aws);
  const kept = new Map<string, Client>();
  return (site, deployment) => {
    if (site === undefined) return own;
    const { region, role } = site;
    const key = role === undefined ? region : `${region} ${role} ${deployment}`;
    const credentials = role === undefined ? {} : { credentials: credentialsOf(sts, role, deployment) };
    const known = kept.get(key) ?? madeOnce({ ...aws, region, ...credentials });
    kept.delete(key);
    kept.set(key, known);
    const [oldest] = kept.keys();
    if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
    return known;
  };
};
