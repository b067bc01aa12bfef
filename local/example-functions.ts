import { CreateRoleCommand, EntityAlreadyExistsException, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionCommand,
  LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { TargetSettings } from '../shared/deployment/settings.ts';
import type { Access } from './examples.ts';
import { urlListener } from './lambda/function-urls.ts';
import { zipOf } from './lambda/write-zip.ts';

const nameOf = ({ function: name }: TargetSettings): string => String(name);

const aliasOf = ({ alias }: TargetSettings): string | undefined => (typeof alias === 'string' ? alias : undefined);

/** How the network knows the address of an example's function, or of its alias. */
export const functionListener = (target: TargetSettings) => urlListener(nameOf(target), aliasOf(target) ?? '$LATEST');

export const isFunctionThere = async (access: Access, target: TargetSettings): Promise<boolean> => {
  try {
    await new LambdaClient(access).send(new GetFunctionCommand({ FunctionName: nameOf(target) }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
};

const policy = (Statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement });

/** Answers its ARN. */
const createRole = async (access: Access, RoleName: string): Promise<string> => {
  const iam = new IAMClient(access);
  const trust = policy({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });
  const { Role } = await iam
    .send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }))
    .catch((error: unknown) => {
      if (error instanceof EntityAlreadyExistsException) throw new Error(`the example's role ${RoleName} is there already`);
      throw error;
    });
  const logs = policy({ Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'logs', PolicyDocument: logs }));
  return Role?.Arn ?? '';
};

/** What a team has put into a function of a zip archive by hand. */
const HANDLER = `export const handler = async (event, { functionVersion: version, invokedFunctionArn }) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ function: invokedFunctionArn, version }) + '\\n',
});
`;

/** How the code comes into the function. */
const codeOf = ({ zip }: TargetSettings, ImageUri: string) =>
  zip === undefined
    ? ({ PackageType: 'Image', Code: { ImageUri } } as const)
    : ({ Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile: zipOf('index.mjs', HANDLER) } } as const);

/** What a team has before it moves to the pipeline: a function of an image or a zip archive, its first version, an alias, and an address that everybody may call. */
export const createFunction = async (access: Access, target: TargetSettings, ImageUri: string): Promise<void> => {
  const lambda = new LambdaClient(access);
  const FunctionName = nameOf(target);
  const alias = aliasOf(target);
  const { Version } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      ...codeOf(target, ImageUri),
      Role: await createRole(access, `${FunctionName}-function`),
      Architectures: ['arm64'],
      Timeout: 10,
      Publish: true,
    }),
  );
  if (alias !== undefined) await lambda.send(new CreateAliasCommand({ FunctionName, Name: alias, FunctionVersion: Version }));
  const which = { FunctionName, ...(alias === undefined ? {} : { Qualifier: alias }) };
  await lambda.send(new CreateFunctionUrlConfigCommand({ ...which, AuthType: 'NONE' }));
  await lambda.send(
    new AddPermissionCommand({
      ...which,
      StatementId: 'everybody',
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    }),
  );
};
