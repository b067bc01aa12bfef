import { AwsError } from '../errors.ts';
import type { Place } from '../place.ts';
import type { Handle } from '../wire/http.ts';
import { SERVICES, type ServiceName } from '../wire/services.ts';
import type { Json } from './template.ts';

/** One call of the cloud's API, over its JSON protocol. Rejects with an `AwsError`. */
export type CallApi = (service: ServiceName, action: string, input: Json) => Promise<Json>;

/** As the account's administrator. `host` is what the client's address would be: queue URLs begin with it. */
export const createApi =
  (handle: Handle, host: string, { account, region }: Place): CallApi =>
  async (service, action, input) => {
    const protocol = SERVICES.find(({ name }) => name === service);
    const { status, body } = await handle({
      method: 'POST',
      path: '/',
      headers: {
        host,
        authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/${protocol?.signingName}/aws4_request, SignedHeaders=host, Signature=0`,
        'content-type': `application/x-amz-json-${protocol?.json?.version}`,
        'x-amz-target': `${protocol?.json?.target}.${action}`,
      },
      body: JSON.stringify(input),
    });
    const answer: Json = body === '' ? {} : JSON.parse(body);
    if (status < 300) return answer;
    const code = String(answer['__type']).replace(/^.*#/, '');
    throw new AwsError(code, String(answer['message'] ?? answer['Message']), { status });
  };
