import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
  PublishVersionCommand,
} from '@aws-sdk/client-lambda';
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
  return { ...cloud, lambda };
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
