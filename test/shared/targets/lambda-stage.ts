import {
  DeleteFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../local/errors.ts';
import { type Intercept, refusal } from '../../../local/faults.ts';
import { lambda as module } from '../../../shared/targets/lambda.ts';
import type { Job } from '../../../shared/targets/target.ts';
import { fetchIn } from '../../in-process/fetch.ts';
import type { TestCloud } from '../../local/cloud/cloud-builder.ts';
import { imageFunction, imageUri, REPOSITORY, withAlias } from '../../local/lambda/image-functions.ts';
import type { Stage } from './contract.ts';

/** What happens to one call: an `AwsError` is answered as AWS would, another error is a broken connection. */
interface Fault {
  /** Instead of the call. */
  readonly before?: Error;
  /** The call takes effect, and its answer is lost. */
  readonly after?: Error;
}

/** A target's client of its own in a cloud, whose calls are told, and can be broken; downloads are among them. */
export const targetIn = (cloud: TestCloud) => {
  const calls: string[] = [];
  const faults: { next: (action: string, count: number) => Fault | undefined } = { next: () => undefined };
  const intercept: Intercept = async (call, next) => {
    calls.push(call.service === 'ecr' || call.service === 'downloads' ? `${call.service}:${call.action}` : call.action);
    const fault = faults.next(call.action, calls.length);
    const broken = (error: Error) => {
      if (error instanceof AwsError) return refusal(call, error.code, error.message, error.status);
      throw error;
    };
    if (fault?.before !== undefined) return broken(fault.before);
    const answer = await next();
    return fault?.after === undefined ? answer : broken(fault.after);
  };
  const clients = new Map<unknown, unknown>();
  const client = <T>(Client: new (configuration: object) => T): T => {
    const known =
      clients.get(Client) ?? new Client({ ...cloud.access({ intercept }), endpoint: 'http://cloud.test', forcePathStyle: true });
    clients.set(Client, known);
    return known as T;
  };
  const target = () =>
    module.create({
      client,
      fetch: fetchIn({ handle: cloud.handle, intercept, others: cloud.fetch }),
      now: cloud.clock.now,
      signal: () => new AbortController().signal,
    });
  return { calls, faults, target };
};

/** The function `shop`, settled at its first version, with a target of its own. */
export const lambdaFunction = async (config: Readonly<Record<string, unknown>> = {}) => {
  const cloud = await imageFunction();
  const { lambda, clock } = cloud;
  await withAlias(lambda, clock);
  const digestOf = async (tag: string): Promise<string> => {
    const { CodeSha256 } = await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: 'shop', ImageUri: imageUri(tag), DryRun: true }),
    );
    return `sha256:${CodeSha256}`;
  };
  const job = async (tag: string): Promise<Job> => ({
    deployment: 'd-1',
    config: { kind: 'lambda', function: 'shop', ...config },
    image: { repository: REPOSITORY, digest: await digestOf(tag), platforms: [] },
    again: false,
  });
  return { ...cloud, ...targetIn(cloud), digestOf, job, code: (tag: string) => ({ ImageUri: imageUri(tag) }) };
};

interface Staged
  extends Pick<Awaited<ReturnType<typeof lambdaFunction>>, 'lambda' | 'clock' | 'calls' | 'faults' | 'target' | 'job'> {
  readonly code: (tag: string) => { readonly ImageUri: string } | { readonly ZipFile: Uint8Array };
}

/** As the contract wants it: with the alias `live`, or the function itself. */
export const lambdaStage = async (
  alias: 'live' | undefined,
  open: (config: Readonly<Record<string, unknown>>) => Promise<Staged> = lambdaFunction,
): Promise<Stage> => {
  const config = alias === undefined ? {} : { alias };
  const { lambda, clock, calls, faults, target, code, job: jobOf } = await open(config);
  const job = await jobOf('second');
  const FunctionName = 'shop';
  const begins = alias === undefined ? 'UpdateFunctionCode' : 'UpdateAlias';
  let theirs = 0;
  const settle = () => clock.advance(20_000);
  return {
    target,
    job,
    runs: async () => {
      const made = calls.length;
      const looked = await target().current(job);
      calls.splice(made);
      return looked.kind === 'current' && looked.current.settled ? looked.current.revision.id : '';
    },
    settle,
    takeOver: async () => {
      await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ...code('third') }));
      await settle();
      const { FunctionArn = '', Version } = await lambda.send(new PublishVersionCommand({ FunctionName }));
      await settle();
      if (alias !== undefined) await lambda.send(new UpdateAliasCommand({ FunctionName, Name: alias, FunctionVersion: Version }));
      theirs += 1;
      return FunctionArn;
    },
    retire: async (revision) => {
      // an alias that still points at a version keeps it
      if (alias === undefined) await lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '2' }));
      await lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: revision.slice(revision.lastIndexOf(':') + 1) }));
    },
    // whoever has an address needs no permission
    calls: () =>
      calls
        .filter((action) => !action.startsWith('downloads:'))
        .map((action) => (action.includes(':') ? action : `lambda:${action}`)),
    breakAt: (number, when, error) => {
      const from = calls.length;
      faults.next = (_, count) => (count === from + number ? { [when]: error } : undefined);
    },
    rollouts: () => theirs + calls.filter((action) => action === begins).length,
    throttle: new AwsError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 }),
    missing: [
      { job: { ...job, config: { ...job.config, function: 'nowhere' } }, name: 'nowhere' },
      ...(alias === undefined ? [] : [{ job: { ...job, config: { ...job.config, alias: 'nobody' } }, name: 'nobody' }]),
    ],
  };
};
