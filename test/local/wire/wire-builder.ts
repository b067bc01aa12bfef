import type { Action, Actions } from '../../../local/service.ts';
import type { Handle, LocalResponse } from '../../../local/wire/http.ts';
import type { ServiceName } from '../../../local/wire/services.ts';
import { bindService, createWire } from '../../../local/wire/wire.ts';

/** One call that an action was given. */
export interface Seen {
  readonly input: Readonly<Record<string, unknown>>;
  readonly context: Parameters<Action<unknown>>[2];
}

/** A wire over services whose actions the test writes; `seen` are the calls that reached them. */
export const wireOf = (services: Partial<Record<ServiceName, Actions<Seen[]>>>) => {
  const seen: Seen[] = [];
  const noting = (actions: Actions<Seen[]>): Actions<Seen[]> =>
    Object.fromEntries(
      Object.entries(actions).map(([name, action]): [string, Action<Seen[]>] => [
        name,
        (store, input, context) => {
          store.push({ input, context });
          return action(store, input, context);
        },
      ]),
    );
  const handle = createWire({
    random: () => 0.5,
    services: Object.fromEntries(
      Object.entries(services).map(([name, actions]) => [name, bindService(() => seen, noting(actions as Actions<Seen[]>))]),
    ),
    identityOf: (accessKeyId) => ({ account: '123456789012', arn: `arn:aws:iam::123456789012:user/${accessKeyId}` }),
  });
  return { handle, seen };
};

export const signed = (service: string, region = 'eu-west-1') =>
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

export const post = (
  handle: Handle,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
  path = '/',
): Promise<LocalResponse> => handle({ method: 'POST', path, headers: { host: '127.0.0.1:4566', ...headers }, body });

/** A request of the JSON protocols. */
export const json = (handle: Handle, service: string, target: string, body: string) =>
  post(handle, { authorization: signed(service), 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' }, body);

/** A request of the Query protocol. */
export const query = (handle: Handle, service: string, form: string, path = '/') =>
  post(
    handle,
    { authorization: signed(service), 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    form,
    path,
  );
