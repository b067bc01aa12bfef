import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { type ManualClock, manualClock } from '../../../local/clock.ts';
import { type Cloud, type CloudOptions, createCloud } from '../../../local/cloud.ts';
import { type Handler, inProcessLoader } from '../../../local/lambda/in-process-loader.ts';
import type { FunctionLoader } from '../../../local/lambda/loader.ts';
import { virtualNetwork } from '../../../local/network/virtual-network.ts';
import { createRequestHandler, type RequestHandlerOptions } from '../../../local/request-handler.ts';
import { LOOKED_UP } from '../../in-process/sdk.ts';
import { testRandom } from '../lambda/lambda-builder.ts';

export interface TestCloud extends Cloud {
  readonly clock: ManualClock;
  readonly logged: string[];
  /** Reaches the services' listeners. */
  readonly fetch: typeof globalThis.fetch;
  /** Configuration for a client of the SDK. */
  readonly access: (
    options?: RequestHandlerOptions & { readonly accessKeyId?: string; readonly region?: string },
  ) => typeof LOOKED_UP & {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly requestHandler: ReturnType<typeof createRequestHandler>;
  };
}

export const TRUSTS_LAMBDA = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** What Lambda itself does in a function's role: reads queues, writes logs. */
export const FUNCTION_CALLS = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['sqs:*', 'logs:*'], Resource: '*' }],
};

/** A whole cloud in this process, on a clock that the test moves; every function runs `handler`. */
export const testCloud = async (
  handler: Handler = () => undefined,
  load?: FunctionLoader,
  more: Partial<Pick<CloudOptions, 'data' | 'faults' | 'builds'>> = {},
): Promise<TestCloud> => {
  const clock = manualClock();
  const logged: string[] = [];
  const network = virtualNetwork(clock);
  const cloud = await createCloud({
    clock,
    random: testRandom(),
    network,
    load: load ?? inProcessLoader(() => handler),
    log: (name, line) => logged.push(`${name} ${line}`),
    ...more,
  });
  const access: TestCloud['access'] = ({ accessKeyId = 'local', region = 'eu-west-1', ...options } = {}) => ({
    ...LOOKED_UP,
    region,
    endpoint: 'http://127.0.0.1:4566',
    credentials: { accessKeyId, secretAccessKey: 'secret' },
    requestHandler: createRequestHandler(cloud.handle, options),
  });
  await createWorkerRole(new IAMClient(access()));
  return { ...cloud, clock, logged, fetch: network.fetch, access };
};

/** The role that functions of the tests have, unless they bring their own. */
const createWorkerRole = async (iam: IAMClient): Promise<void> => {
  await iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: JSON.stringify(TRUSTS_LAMBDA) }));
  const PolicyDocument = JSON.stringify(FUNCTION_CALLS);
  await iam.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'calls', PolicyDocument }));
};
