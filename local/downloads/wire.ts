import { readFileSync } from 'node:fs';
import { AwsError } from '../errors.ts';
import type { Place } from '../place.ts';
import { methodNotAllowed, noSuchKey } from '../s3/errors.ts';
import type { Stores } from '../stores.ts';
import { asAwsError } from '../wire/answer.ts';
import type { LocalRequest, LocalResponse } from '../wire/http.ts';
import { refuseS3 } from '../wire/s3-refusal.ts';
import { uuid } from '../wire/uuid.ts';
import { downloadName } from './address.ts';

interface Options {
  readonly now: () => number;
  readonly random: () => number;
  /** `undefined`: there is nothing in that place. */
  readonly known: (place: Place) => Pick<Stores, 'ecr' | 'lambda'> | undefined;
}

/** Layers of ECR's images, and the code of functions, by the addresses that GetDownloadUrlForLayer and GetFunction have answered. */
export const downloads =
  ({ now, random, known }: Options) =>
  async (request: LocalRequest): Promise<LocalResponse> => {
    try {
      if (request.method !== 'GET') throw methodNotAllowed();
      const name = downloadName(request.path, now());
      const bytes = bytesOf(known, name);
      if (bytes === undefined) throw noSuchKey(name.join('/'));
      return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: '', bytes };
    } catch (error) {
      return refuseS3({ requestId: uuid(random), request }, asAwsError(error));
    }
  };

const bytesOf = (known: Options['known'], [what, account = '', region = '', ...rest]: readonly string[]) => {
  const stores = known({ account, region });
  const [first = '', second = ''] = rest;
  if (what === 'layers') return stores?.ecr.registry.blobs.get(first);
  const found = stores?.lambda.functions.get(first);
  const code = second === '$LATEST' ? found?.latest : found?.versions.get(second);
  if (code === undefined) return undefined;
  try {
    // nothing else is answered meanwhile: in which order a schedule goes on is not the disk's to say
    return readFileSync(code.configuration.code);
  } catch (error) {
    throw new AwsError('InternalError', `the local cloud has lost the code of ${first}: ${String(error)}`, { status: 500 });
  }
};
