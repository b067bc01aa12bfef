import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { RegistryPlace } from '../catalogue/catalogue.ts';
import type { Credentials } from '../registries/authorization.ts';
import { type RegistryClient, registryClient } from '../registries/client.ts';
import { ecrOf } from '../registries/image-reference.ts';
import { CopyRefusal } from '../registries/refusal.ts';
import type { Runtime } from '../runtime.ts';
import { isFinalAnswer, secretReader } from '../secret-reader.ts';

const denied = (message: string): CopyRefusal => new CopyRefusal('registry-denied', message);

/** How the promote function reaches registries: each is opened once for an invocation. */
export interface Registries {
  readonly open: (place: RegistryPlace) => Promise<RegistryClient>;
  /** ECR's own API, of an ECR. */
  readonly ecr: (place: RegistryPlace) => Promise<ECRClient>;
}

/** Makes each thing once. */
const once = <T>(make: (place: RegistryPlace) => Promise<T>, keyOf: (place: RegistryPlace) => readonly unknown[]) => {
  const made = new Map<string, Promise<T>>();
  return (place: RegistryPlace): Promise<T> => {
    const key = JSON.stringify(keyOf(place));
    const known = made.get(key) ?? make(place);
    made.set(key, known);
    return known;
  };
};

/** `own`: for the registry of the pipeline's own account and region. */
export const createRegistries = (runtime: Runtime, own: ECRClient): Registries => {
  const { aws, fetch, now, timeout, pause, settings } = runtime;

  /** Credentials of a role: an hour, which is longer than any invocation. */
  const assumed = async (role: string) => {
    const sts = new STSClient(aws);
    const { Credentials: got } = await sts
      .send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'switchyard-promote' }))
      .catch((error: unknown) => {
        if (!isFinalAnswer(error)) throw error;
        throw denied(
          `cannot take on ${role}: ${error.message}; let its trust policy admit the promote function's role, and allow that role sts:AssumeRole`,
        );
      });
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken } = got ?? {};
    return { accessKeyId, secretAccessKey, ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }) };
  };

  const ecr = once(
    async ({ registry, role }): Promise<ECRClient> => {
      const { region } = ecrOf(registry) ?? settings;
      if (region === settings.region && role === undefined) return own;
      return new ECRClient({ ...aws, region, ...(role === undefined ? {} : { credentials: await assumed(role) }) });
    },
    ({ registry, role }) => [registry, role],
  );

  /** User, password and address, as GetAuthorizationToken says. */
  const ecrAccess = async (place: RegistryPlace): Promise<{ address: string; credentials: Credentials }> => {
    const client = await ecr(place);
    const { authorizationData: [data] = [] } = await client.send(new GetAuthorizationTokenCommand({})).catch((error: unknown) => {
      if (!isFinalAnswer(error)) throw error;
      throw denied(`cannot log in to ${place.registry}: ${error.message}; allow it in the promote function's role`);
    });
    const [username = '', ...password] = Buffer.from(data?.authorizationToken ?? '', 'base64')
      .toString('utf8')
      .split(':');
    return {
      address: data?.proxyEndpoint ?? `https://${place.registry}`,
      credentials: { username, password: password.join(':') },
    };
  };

  const secret = secretReader(runtime, 'promote', denied);

  const credentialsOf = async ({ registry, credentials }: RegistryPlace): Promise<Credentials | undefined> => {
    if (credentials === undefined) return undefined;
    const found = readCredentials(await secret(credentials));
    if (found === undefined)
      throw denied(`${credentials} holds no credentials for ${registry}: write user:password, or {"username": …, "password": …}`);
    return found;
  };

  const openOne = async (place: RegistryPlace): Promise<RegistryClient> => {
    const ports = { fetch, now, timeout, pause };
    if (ecrOf(place.registry) !== undefined) {
      const { address, credentials } = await ecrAccess(place);
      return registryClient({ address, credentials: async () => credentials, ports, name: place.registry });
    }
    const address = place.registry.includes('://') ? place.registry : `https://${place.registry}`;
    return registryClient({ address, credentials: () => credentialsOf(place), ports });
  };

  return {
    ecr,
    open: once(openOne, ({ registry, credentials, role }) => [registry, credentials, role]),
  };
};

/** `user:password`, or JSON as Docker's and AWS's own secrets have it. */
export const readCredentials = (text: string): Credentials | undefined => {
  const json = parsed(text);
  if (json !== undefined) {
    const { username, password } = json;
    return typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined;
  }
  const colon = text.indexOf(':');
  return colon > 0 ? { username: text.slice(0, colon), password: text.slice(colon + 1).trimEnd() } : undefined;
};

const parsed = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};
