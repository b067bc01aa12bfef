import { DeleteRepositoryPolicyCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  GetAliasCommand,
  GetFunctionCommand,
  ListVersionsByFunctionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/errors.ts';
import type { Rollout } from '../../../shared/deployment/observations.ts';
import { lambda as module } from '../../../shared/targets/lambda.ts';
import { NotYetError } from '../../../shared/targets/not-yet.ts';
import type { Job, Started } from '../../../shared/targets/target.ts';
import { FUNCTION_ARN, imageUri, REPOSITORY } from '../../local/lambda/image-functions.ts';
import { lambdaFunction } from './lambda-stage.ts';

type Local = Awaited<ReturnType<typeof lambdaFunction>>;

const FunctionName = 'shop';
const ALIAS = { FunctionName, Name: 'live' };

const beforeOf = async ({ target }: Local, job: Job) => {
  const looked = await target().current(job);
  if (looked.kind === 'refused') throw new Error(looked.failure.message);
  return looked.current;
};

/** Started as often as it takes, two seconds apart. */
const startedBy = async ({ target, clock }: Local, job: Job): Promise<Started> => {
  for (let again = false; ; again = true) {
    try {
      return await target().start({ ...job, again });
    } catch (error) {
      if (!(error instanceof NotYetError)) throw error;
      await clock.advance(error.seconds * 1000);
    }
  }
};

const rolledOut = async (local: Local, tag: string): Promise<Job & { readonly rollout: Rollout }> => {
  const job = await local.job(tag);
  const before = await beforeOf(local, job);
  const started = await startedBy(local, { ...job, before });
  if (started.kind === 'refused') throw new Error(started.failure.message);
  return { ...job, before, rollout: started.rollout };
};

const STEPS = [
  { percent: 50, minutes: 10 },
  { percent: 10, minutes: 5 },
];

describe('an alias that is moved by steps', () => {
  const shifting = async () => {
    const local = await lambdaFunction({ alias: 'live', steps: STEPS });
    const job = await rolledOut(local, 'second');
    const look = () => local.target().observe(job, job.rollout);
    const points = async () => {
      const { FunctionVersion, RoutingConfig } = await local.lambda.send(new GetAliasCommand(ALIAS));
      return { FunctionVersion, ...RoutingConfig?.AdditionalVersionWeights };
    };
    const goOn = (pause: string) => local.target().proceed?.(job, job.rollout, pause);
    return { ...local, job, look, points, goOn };
  };

  it('gives the new version its share, waits so long, and goes on when it is told to', async () => {
    const { look, points, goOn } = await shifting();
    expect(await points()).toEqual({ FunctionVersion: '1', 2: 0.1 });
    expect(await look()).toEqual({ phase: 'paused', pause: '2@10', traffic: 'production', lastsSeconds: 300 });
    await goOn('2@10');
    expect(await points()).toEqual({ FunctionVersion: '1', 2: 0.5 });
    expect(await look()).toMatchObject({ pause: '2@50', lastsSeconds: 600 });
    await goOn('2@50');
    expect(await points()).toEqual({ FunctionVersion: '2' });
    expect(await look()).toEqual({ phase: 'completed', desired: 1 });
  });

  it('does nothing where it is told to go on twice, or late', async () => {
    const { points, goOn } = await shifting();
    await goOn('2@10');
    await goOn('2@10');
    expect(await points()).toEqual({ FunctionVersion: '1', 2: 0.5 });
    await goOn('2@50');
    await goOn('2@50');
    expect(await points()).toEqual({ FunctionVersion: '2' });
  });

  it('goes back by one call, and serves the old version alone', async () => {
    const { target, job, points, calls } = await shifting();
    calls.length = 0;
    if (job.before === undefined) throw new Error('nothing ran before');
    expect(await target().restore(job, job.before.revision)).toMatchObject({
      kind: 'called',
      rollout: { revision: job.before.revision },
    });
    expect(calls.filter((action) => action.startsWith('Update'))).toEqual(['UpdateAlias']);
    expect(await points()).toEqual({ FunctionVersion: '1' });
  });

  it('whose share somebody else has changed is theirs', async () => {
    const { lambda, look } = await shifting();
    await lambda.send(new UpdateAliasCommand({ ...ALIAS, RoutingConfig: { AdditionalVersionWeights: { 2: 0.33 } } }));
    expect(await look()).toMatchObject({
      phase: 'taken-over',
      running: { id: `${FUNCTION_ARN}:1` },
      message: expect.stringContaining('with 33 % of the requests at version 2'),
    });
  });

  it('is looked at as what it is on its way to, and is not settled', async () => {
    const { target, job } = await shifting();
    expect(await target().current(job)).toMatchObject({ current: { revision: { id: `${FUNCTION_ARN}:2` }, settled: false } });
  });

  it('takes the minutes of its steps', () => {
    expect(module.leastSeconds?.({ kind: 'lambda', function: 'shop', alias: 'live', steps: STEPS })).toBe(900);
  });
});

describe('a function that is updated', () => {
  it('keeps every setting but its image, and the alias what people wrote on it', async () => {
    const local = await lambdaFunction({ alias: 'live' });
    await local.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 512, Environment: { Variables: { A: 'b' } } }),
    );
    await local.clock.advance(2000);
    await local.lambda.send(new UpdateAliasCommand({ ...ALIAS, Description: 'what customers use' }));
    const { rollout } = await rolledOut(local, 'second');
    const Qualifier = rollout.revision.id.slice(-1);
    const { Configuration } = await local.lambda.send(new GetFunctionCommand({ FunctionName, Qualifier }));
    expect(Configuration).toMatchObject({
      MemorySize: 512,
      Environment: { Variables: { A: 'b' } },
      Description: 'switchyard d-1',
      CodeSha256: (await local.digestOf('second')).slice(7),
    });
    expect(await local.lambda.send(new GetAliasCommand(ALIAS))).toMatchObject({ Description: 'what customers use' });
  });

  it('while somebody else updates it is asked again, not refused', async () => {
    const local = await lambdaFunction({ alias: 'live' });
    const job = await local.job('second');
    const before = await beforeOf(local, job);
    await local.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ImageUri: imageUri('slow') }));
    await expect(local.target().start({ ...job, before })).rejects.toThrow(NotYetError);
    expect(local.calls).not.toContain('UpdateFunctionCode');
    await local.clock.advance(31_000);
    expect(await startedBy(local, { ...job, before })).toMatchObject({ kind: 'started' });
  });

  it('that somebody changes between the look and the call is looked at again', async () => {
    for (const error of [
      new AwsError('PreconditionFailedException', 'The Revision Id provided does not match', { status: 412 }),
      new AwsError('ResourceConflictException', 'An update is in progress', { status: 409 }),
    ]) {
      const local = await lambdaFunction({ alias: 'live' });
      const job = await local.job('second');
      const before = await beforeOf(local, job);
      let broken = false;
      local.faults.next = (action) => {
        if (action !== 'UpdateFunctionCode' || broken) return undefined;
        broken = true;
        return { before: error };
      };
      expect(await startedBy(local, { ...job, before })).toMatchObject({ kind: 'started' });
    }
  });

  it('without an alias, by somebody else, with another image, is theirs', async () => {
    const local = await lambdaFunction();
    const job = await local.job('second');
    const before = await beforeOf(local, job);
    await expect(local.target().start({ ...job, before })).rejects.toThrow(NotYetError);
    await local.clock.advance(2000);
    await local.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ImageUri: imageUri('third') }));
    await local.clock.advance(2000);
    expect(await local.target().start({ ...job, before, again: true })).toMatchObject({
      kind: 'refused',
      failure: { code: 'taken-over', message: expect.stringContaining(await local.digestOf('third')) },
    });
  });
});

describe('an image that Lambda cannot make ready', () => {
  it('because it may not pull it speaks against nobody, and what was done is told', async () => {
    const local = await lambdaFunction();
    const job = await local.job('second');
    const before = await beforeOf(local, job);
    await expect(local.target().start({ ...job, before })).rejects.toThrow(NotYetError);
    await new ECRClient(local.access()).send(new DeleteRepositoryPolicyCommand({ repositoryName: 'shop' }));
    await local.clock.advance(2000);
    const answer = await local.target().start({ ...job, before, again: true });
    expect(answer).toMatchObject({
      kind: 'refused',
      begun: true,
      failure: { code: 'lambda-update-failed', evidence: false, message: expect.stringContaining('ImageAccessDenied') },
    });
  });

  it('because it is none speaks against the image', async () => {
    const local = await lambdaFunction({ alias: 'live' });
    const job = await local.job('broken');
    const before = await beforeOf(local, job);
    expect(await startedBy(local, { ...job, before })).toMatchObject({
      kind: 'refused',
      begun: true,
      failure: { code: 'lambda-image-invalid', evidence: true, message: expect.stringContaining('InvalidImage') },
    });
    expect(await local.target().restore({ ...job, before, again: true }, before.revision)).toMatchObject({
      kind: 'nothing',
      settled: true,
      rollout: { revision: before.revision },
    });
  });

  it('that the repository shuts out from the start is refused, with the policy named', async () => {
    const local = await lambdaFunction({ alias: 'live' });
    const job = await local.job('second');
    const before = await beforeOf(local, job);
    local.faults.next = (action) =>
      action === 'UpdateFunctionCode'
        ? {
            before: new AwsError(
              'AccessDeniedException',
              'Lambda does not have permission to access the ECR image. Check the ECR permissions.',
              { status: 403 },
            ),
          }
        : undefined;
    const answer = await local.target().start({ ...job, before });
    expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'image-not-pullable' } });
    expect(answer.kind === 'refused' && answer.failure.message).toContain('ecr:BatchGetImage');
  });
});

describe('an index', () => {
  const index = async (local: Local, architectures: Readonly<Record<string, string>>): Promise<Job> => {
    const job = await local.job('second');
    const image = {
      repository: REPOSITORY,
      digest: `sha256:${'0'.repeat(64)}`,
      platforms: Object.values(architectures),
      architectures,
    };
    return { ...job, image, before: await beforeOf(local, job) };
  };

  // I3: a platform's digest is a child of the index that was asked for
  it('is rolled out as its image for the architecture of the function', async () => {
    const local = await lambdaFunction({ alias: 'live' });
    const arm64 = await local.digestOf('second');
    const job = await index(local, { amd64: `sha256:${'1'.repeat(64)}`, arm64 });
    expect(await startedBy(local, job)).toMatchObject({
      rollout: { revision: { digest: arm64, image: `${REPOSITORY}@${arm64}` } },
    });
  });

  it('without one for it is refused, with what it has', async () => {
    const local = await lambdaFunction({ alias: 'live' });
    const answer = await local.target().start(await index(local, { amd64: `sha256:${'1'.repeat(64)}` }));
    expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'platform-missing' } });
    expect(answer.kind === 'refused' && answer.failure.message).toContain('runs on arm64, and the index has images for amd64');
    expect(local.calls).not.toContain('UpdateFunctionCode');
  });
});

describe('the way back without an alias (S4.4)', () => {
  it('is the image of the previous published version', async () => {
    const local = await lambdaFunction();
    const job = await rolledOut(local, 'second');
    expect(job.before?.revision.id).toBe(`${FUNCTION_ARN}:1`);
    // somebody wrote down another image than the version has: the version counts
    const to = { id: `${FUNCTION_ARN}:1`, image: `${REPOSITORY}@${await local.digestOf('third')}` };
    expect(await local.target().restore(job, to)).toMatchObject({ kind: 'called', rollout: { revision: job.before?.revision } });
  });

  it('is the captured image, where what ran was never published', async () => {
    const local = await lambdaFunction();
    await local.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ImageUri: imageUri('third') }));
    await local.clock.advance(2000);
    const captured = `${REPOSITORY}@${await local.digestOf('third')}`;
    const job = await rolledOut(local, 'second');
    expect(job.before?.revision).toMatchObject({ id: captured, image: captured });
    if (job.before === undefined) throw new Error('nothing ran before');
    const answer = await local.target().restore(job, job.before.revision);
    expect(answer).toMatchObject({ kind: 'called', rollout: { revision: { image: captured } } });
    await local.clock.advance(2000);
    const { Code } = await local.lambda.send(new GetFunctionCommand({ FunctionName }));
    expect(Code?.ResolvedImageUri).toBe(captured);
  });

  it('publishes no version', async () => {
    const local = await lambdaFunction();
    const job = await rolledOut(local, 'second');
    if (job.before === undefined) throw new Error('nothing ran before');
    await local.target().restore(job, job.before.revision);
    const { Versions = [] } = await local.lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
    expect(Versions.map(({ Version }) => Version)).toEqual(['$LATEST', '1', '2']);
  });
});

describe('what this target cannot deploy to', () => {
  it('is an alias at $LATEST', async () => {
    const local = await lambdaFunction({ alias: 'live' });
    await local.lambda.send(new UpdateAliasCommand({ ...ALIAS, FunctionVersion: '$LATEST' }));
    expect(await local.target().current(await local.job('second'))).toMatchObject({
      kind: 'refused',
      failure: { code: 'alias-at-latest' },
    });
  });

  it('is named with the permission that is missing', async () => {
    const local = await lambdaFunction({ alias: 'live' });
    const message = `User: arn:aws:sts::123456789012:assumed-role/Deploy/x is not authorized to perform: lambda:GetAlias on resource: ${FUNCTION_ARN} because no identity-based policy allows the lambda:GetAlias action`;
    local.faults.next = () => ({ before: new AwsError('AccessDeniedException', message, { status: 403 }) });
    expect(await local.target().current(await local.job('second'))).toMatchObject({
      failure: {
        code: 'access-denied',
        message: expect.stringContaining(`role Deploy may not lambda:GetAlias on ${FUNCTION_ARN}`),
      },
    });
  });
});
