import { fileURLToPath } from 'node:url';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { zipOf } from '../../local/lambda/write-zip.ts';
import { type Endpoint, eventually, uniqueName } from './endpoint.ts';
import type { Order, Told } from './recorder.ts';
import type { Sqs } from './sqs.ts';

/** The function's archive: `recorder.ts` in one file. */
const recorderZip = async (): Promise<Buffer> => {
  const entry = fileURLToPath(new URL('recorder.ts', import.meta.url));
  const options = { bundle: true, format: 'cjs', platform: 'node', target: 'node20', write: false } as const;
  const { outputFiles } = await build({ entryPoints: [entry], ...options });
  return zipOf('index.js', outputFiles[0]?.text ?? '');
};

const policy = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });

const TRUST = policy({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });
const MAY = policy({ Effect: 'Allow', Action: ['sqs:*', 'logs:*'], Resource: '*' });

/** A role takes a while until Lambda may assume it, a mapping until it polls. */
const PATIENCE = 60_000;

type Mapping = Partial<CreateEventSourceMappingCommandInput>;

/** Lambda at an endpoint. What is made here is deleted by `clean`. */
export const openLambda = (endpoint: Endpoint, sqs: Sqs) => {
  const lambda = new LambdaClient(endpoint.config);
  const iam = new IAMClient(endpoint.config);
  const made: (() => Promise<unknown>)[] = [];

  const newRole = async (): Promise<string> => {
    const RoleName = uniqueName('conformance');
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument: MAY }));
    return Role?.Arn ?? '';
  };

  /** The recorder; its timeout is four seconds: a busy machine needs some for the first call. */
  const newFunction = async (more: Partial<CreateFunctionCommandInput> = {}): Promise<string> => {
    const FunctionName = uniqueName('conformance');
    const base = { FunctionName, Role: await newRole(), Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 4 } as const;
    const input = { ...base, Code: { ZipFile: await recorderZip() }, ...more };
    await eventually(() => lambda.send(new CreateFunctionCommand(input)), PATIENCE);
    made.push(() => lambda.send(new DeleteFunctionCommand({ FunctionName })));
    await eventually(async () => {
      const { State } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      if (State !== 'Active') throw new Error(`the function is ${State}`);
    }, PATIENCE);
    return FunctionName;
  };

  const map = async (FunctionName: string, EventSourceArn: string, more: Mapping = {}) => {
    const answer = await lambda.send(new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn, ...more }));
    const { UUID = '' } = answer;
    made.unshift(() => lambda.send(new DeleteEventSourceMappingCommand({ UUID })));
    return answer;
  };

  const polls = async (UUID: string | undefined): Promise<void> => {
    await eventually(async () => {
      const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
      if (State !== 'Enabled') throw new Error(`the mapping is ${State}`);
    }, PATIENCE);
  };

  /** A queue that the function reads, and what the function tells of it. */
  const town = async (FunctionName: string, queue: Parameters<Sqs['queue']>[0] = {}, mapping: Mapping = {}) => {
    const url = await sqs.queue({ VisibilityTimeout: '5', ...queue });
    const results = await sqs.queue();
    const order = (id: string, more: Partial<Order> = {}) => JSON.stringify({ tell: results, id, ...more } satisfies Order);
    const told: Told[] = [];
    /** All that was told, once there are so many messages in it. */
    const messages = async (count: number): Promise<readonly Told[]> => {
      await eventually(async () => {
        for (const message of await sqs.receive(results)) {
          told.push(JSON.parse(message.Body ?? ''));
          await sqs.delete(results, message);
        }
        const known = told.flatMap(({ ids }) => ids).length;
        if (known < count) throw new Error(`${known} of ${count} messages were handed to the function`);
      }, PATIENCE);
      return told;
    };
    const begin = async () => polls((await map(FunctionName, await sqs.arn(url), mapping)).UUID);
    return { url, order, messages, begin };
  };

  const clean = async (): Promise<void> => {
    for (const undo of made) await undo().catch(() => undefined);
    lambda.destroy();
    iam.destroy();
  };

  return { client: lambda, newFunction, map, polls, town, clean };
};
