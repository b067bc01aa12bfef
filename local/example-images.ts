import {
  CreateRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  RepositoryAlreadyExistsException,
} from '@aws-sdk/client-ecr';
import type { Access } from './examples.ts';
import { type ImageFile, pushImages, type SendPush } from './images.ts';
import type { Handle } from './wire/http.ts';

/** To the registry of a cloud in another process. */
export const overHttp =
  (endpoint: string): SendPush =>
  async ({ method, path, headers, body }) => {
    const response = await fetch(`${endpoint}${path}`, { method, headers, body: new Uint8Array(body) });
    return { status: response.status, body: await response.text() };
  };

/** To the registry of a cloud in this process. */
export const toCloud =
  (handle: Handle): SendPush =>
  async (push) => {
    const { status, body, bytes } = await handle({ ...push, headers: { host: 'cloud.test', ...push.headers } });
    return { status, body: bytes === undefined ? body : Buffer.from(bytes).toString('utf8') };
  };

/** What CI has pushed before the pipeline is there: by ECR's API and the registry's own, as CI would. */
export const createImages = async (access: Access, send: SendPush, file: ImageFile): Promise<void> => {
  const ecr = new ECRClient(access);
  for (const repositoryName of Object.keys(file))
    await ecr.send(new CreateRepositoryCommand({ repositoryName })).catch((error: unknown) => {
      if (!(error instanceof RepositoryAlreadyExistsException)) throw error;
    });
  const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const authorization = `Basic ${data?.authorizationToken}`;
  await pushImages(file, (push) => send({ ...push, headers: { ...push.headers, authorization } }));
};
