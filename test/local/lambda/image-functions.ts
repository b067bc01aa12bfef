import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
  PublishVersionCommand,
} from '@aws-sdk/client-lambda';
import { digestOf } from '../../../local/digest.ts';
import { createImages, toCloud } from '../../../local/example-images.ts';
import type { ImageFile } from '../../../local/images.ts';
import { type TestCloud, testCloud } from '../cloud/cloud-builder.ts';

/** One image for each way in which a function of it behaves. */
export const IMAGES: ImageFile = {
  shop: [
    { tags: ['first'] },
    { tags: ['second'] },
    { tags: ['third'] },
    { tags: ['several'], platforms: ['linux/amd64', 'linux/arm64'] },
    { tags: ['intel'], platforms: ['linux/amd64'] },
    { tags: ['unhealthy'], labels: { 'switchyard.local.health': 'unhealthy' } },
    { tags: ['hangs'], labels: { 'switchyard.local.health': 'hangs' } },
    { tags: ['crashing'], labels: { 'switchyard.local.exit-code': '1' } },
    { tags: ['slow'], labels: { 'switchyard.local.start-seconds': '30' } },
    { tags: ['late'], labels: { 'switchyard.local.fails-after-seconds': '60' } },
  ],
};

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

export const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop';
export const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:shop';

export const imageUri = (tag: string): string => `${REPOSITORY}:${tag}`;

/** A cloud with those images, and in it the function `shop` of the first one, active. */
export const imageFunction = async (more?: Parameters<typeof testCloud>[2]) => {
  const cloud = await testCloud(undefined, undefined, more);
  const lambda = new LambdaClient(cloud.access());
  await createImages(cloud.access(), toCloud(cloud.handle), IMAGES);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'shop',
      PackageType: 'Image',
      Code: { ImageUri: imageUri('first') },
      Role: 'arn:aws:iam::123456789012:role/worker',
      Architectures: ['arm64'],
      Timeout: 5,
    }),
  );
  await cloud.clock.advance(2000);
  await pushBroken(cloud);
  return { ...cloud, lambda };
};

/** An image of which a registry has nothing to say, and whose config no function could be made from. */
const pushBroken = async ({ access, handle }: TestCloud): Promise<void> => {
  const { authorizationData: [data] = [] } = await new ECRClient(access()).send(new GetAuthorizationTokenCommand({}));
  const send = toCloud(handle);
  const config = Buffer.from('{"architecture":"arm64"}');
  const digest = digestOf(config);
  const layer = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: config.length };
  const manifest = { schemaVersion: 2, mediaType: MANIFEST, config: layer, layers: [] };
  const pushes = [
    { method: 'POST', path: `/v2/shop/blobs/uploads/?digest=${digest}`, type: 'application/octet-stream', body: config },
    { method: 'PUT', path: '/v2/shop/manifests/broken', type: MANIFEST, body: Buffer.from(JSON.stringify(manifest)) },
  ] as const;
  for (const { type, ...push } of pushes) {
    const authorization = `Basic ${data?.authorizationToken}`;
    const { status, body } = await send({ ...push, headers: { 'content-type': type, authorization } });
    if (status !== 201) throw new Error(`the registry answers ${status} to ${push.path}: ${body}`);
  }
};

/** Its first version, and the alias `live` at it. */
export const withAlias = async (lambda: LambdaClient, clock: TestCloud['clock']): Promise<void> => {
  await lambda.send(new PublishVersionCommand({ FunctionName: 'shop' }));
  await clock.advance(2000);
  await lambda.send(new CreateAliasCommand({ FunctionName: 'shop', Name: 'live', FunctionVersion: '1' }));
};

/** An address that everybody may call; of the function itself, or of an alias. */
export const openAddress = async (lambda: LambdaClient, Qualifier?: string): Promise<string> => {
  const which = { FunctionName: 'shop', ...(Qualifier === undefined ? {} : { Qualifier }) };
  const { FunctionUrl = '' } = await lambda.send(new CreateFunctionUrlConfigCommand({ ...which, AuthType: 'NONE' }));
  await lambda.send(
    new AddPermissionCommand({
      ...which,
      StatementId: 'everybody',
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    }),
  );
  return FunctionUrl;
};
