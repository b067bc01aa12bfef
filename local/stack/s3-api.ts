import { AwsError } from '../errors.ts';
import type { Place } from '../place.ts';
import type { Handle } from '../wire/http.ts';

/** One call of S3's REST API. Rejects with an `AwsError`. */
export type CallS3 = (method: string, path: string, body?: string) => Promise<void>;

/** As the account's administrator. `host` is what the client's address would be; the bucket is in the path. */
export const createS3Api =
  (handle: Handle, host: string, { account, region }: Place): CallS3 =>
  async (method, path, body = '') => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=0`;
    const headers = { host, authorization, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const answer = await handle({ method, path, headers, body });
    if (answer.status < 300) return;
    const [, code = 'InternalError', message = answer.body] =
      /<Code>(.*?)<\/Code><Message>(.*?)<\/Message>/s.exec(answer.body) ?? [];
    throw new AwsError(code, message, { status: answer.status });
  };
