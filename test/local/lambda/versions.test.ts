import { DeleteRepositoryPolicyCommand, ECRClient, GetRepositoryPolicyCommand } from '@aws-sdk/client-ecr';
import {
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  InvokeCommand,
  type LambdaClient,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { FUNCTION_ARN, imageFunction, imageUri, openAddress, REPOSITORY, withAlias } from './image-functions.ts';

const FunctionName = 'shop';

const update = (lambda: LambdaClient, tag: string, more: object = {}) =>
  lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ImageUri: imageUri(tag), ...more }));

const refused = (name: string, status: number, message: string) => ({
  name,
  message,
  $metadata: expect.objectContaining({ httpStatusCode: status }),
});

describe('a function of an image', () => {
  // API reference, GetFunction: FunctionCodeLocation.ResolvedImageUri; FunctionConfiguration
  it('tells the image by tag and by digest, and has no runtime', async () => {
    const { lambda } = await imageFunction();
    const { Configuration, Code } = await lambda.send(new GetFunctionCommand({ FunctionName }));
    expect(Configuration).toMatchObject({
      PackageType: 'Image',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      Version: '$LATEST',
    });
    expect(Configuration).not.toHaveProperty('Runtime');
    expect(Code).toMatchObject({ RepositoryType: 'ECR', ImageUri: imageUri('first') });
    expect(Code?.ResolvedImageUri).toBe(`${REPOSITORY}@sha256:${Configuration?.CodeSha256}`);
  });

  // Developer Guide, "Amazon ECR permissions": Lambda adds them for who may set the policy
  it('has put itself into the policy of its repository', async () => {
    const { access } = await imageFunction();
    const { policyText = '' } = await new ECRClient(access()).send(new GetRepositoryPolicyCommand({ repositoryName: 'shop' }));
    expect(JSON.parse(policyText).Statement).toEqual([
      expect.objectContaining({ Sid: 'LambdaECRImageRetrievalPolicy', Principal: { Service: 'lambda.amazonaws.com' } }),
    ]);
  });

  it('is told an update at once, runs what ran before while it is under way, and then the new image', async () => {
    const { lambda, clock, fetch } = await imageFunction();
    const url = await openAddress(lambda);
    const images = async () => JSON.parse(await (await fetch(url)).text()).image;
    const before = await images();
    const updated = await update(lambda, 'slow');
    expect(updated).toMatchObject({ LastUpdateStatus: 'InProgress', LastUpdateStatusReasonCode: 'Creating' });
    await clock.advance(29_000);
    expect(await images()).toBe(before);
    await clock.advance(2000);
    expect(await images()).toBe(`sha256:${updated.CodeSha256}`);
  });

  // github.com/aws/aws-sdk/issues/377: the revision changes again when the update has ended
  it('has another revision after each change, and when that has ended', async () => {
    const { lambda, clock } = await imageFunction();
    const revision = async () => (await lambda.send(new GetFunctionCommand({ FunctionName }))).Configuration?.RevisionId;
    const first = await revision();
    const { RevisionId: second } = await update(lambda, 'second', { RevisionId: first });
    await clock.advance(2000);
    const third = await revision();
    expect(new Set([first, second, third]).size).toBe(3);
    await expect(update(lambda, 'third', { RevisionId: second })).rejects.toMatchObject(
      refused(
        'PreconditionFailedException',
        412,
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      ),
    );
  });

  it('is not changed while an update is under way', async () => {
    const { lambda } = await imageFunction();
    await update(lambda, 'second');
    const conflict = refused(
      'ResourceConflictException',
      409,
      `The operation cannot be performed at this time. An update is in progress for resource: ${FUNCTION_ARN}`,
    );
    await expect(update(lambda, 'third')).rejects.toMatchObject(conflict);
    await expect(lambda.send(new PublishVersionCommand({ FunctionName }))).rejects.toMatchObject(conflict);
    await expect(lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }))).rejects.toMatchObject(
      conflict,
    );
  });

  // github.com/boto/boto3/issues/3255, github.com/serverless/serverless/issues/12933
  it('is refused an image of several platforms, and one that is not there', async () => {
    const { lambda } = await imageFunction();
    await expect(update(lambda, 'several')).rejects.toMatchObject(
      refused(
        'InvalidParameterValueException',
        400,
        `The image manifest, config or layer media type for the source image ${imageUri('several')} is not supported.`,
      ),
    );
    await expect(update(lambda, 'nothing')).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: Buffer.from('no') }))).rejects.toMatchObject(
      refused(
        'InvalidParameterValueException',
        400,
        "Please don't provide ZipFile when updating a function with packageType Image.",
      ),
    );
  });

  // API reference, LastUpdateStatusReasonCode
  it('whose repository shuts Lambda out while an update is under way keeps what ran, and says why', async () => {
    const { lambda, clock, fetch, access } = await imageFunction();
    const url = await openAddress(lambda);
    const before = await (await fetch(url)).text();
    await update(lambda, 'second');
    await new ECRClient(access()).send(new DeleteRepositoryPolicyCommand({ repositoryName: 'shop' }));
    await clock.advance(2000);
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
    expect(Configuration).toMatchObject({
      State: 'Active',
      LastUpdateStatus: 'Failed',
      LastUpdateStatusReasonCode: 'ImageAccessDenied',
    });
    expect(await (await fetch(url)).text()).toBe(before);
  });

  it('answers as its image does: well, with errors, not at all, or it ends', async () => {
    const { lambda, clock, fetch } = await imageFunction();
    const url = await openAddress(lambda);
    const status = async (tag: string) => {
      await update(lambda, tag);
      await clock.advance(2000);
      const answer = fetch(url).then((response) => response.status);
      await clock.advance(6000);
      return answer;
    };
    expect(await status('second')).toBe(200);
    expect(await status('unhealthy')).toBe(500);
    expect(await status('crashing')).toBe(502);
    expect(await status('hangs')).toBe(502);
    expect(await status('late')).toBe(200);
    await clock.advance(60_000);
    expect((await fetch(url)).status).toBe(500);
  });

  it('of another architecture cannot run', async () => {
    const { lambda, clock } = await imageFunction();
    const { Payload, FunctionError } = await update(lambda, 'second', { Architectures: ['x86_64'] })
      .then(() => clock.advance(2000))
      .then(() => lambda.send(new InvokeCommand({ FunctionName })));
    expect(FunctionError).toBe('Unhandled');
    expect(Buffer.from(Payload ?? []).toString()).toContain('exec format error');
  });

  it('has an address that nobody may call before its policy says so', async () => {
    const { lambda, fetch } = await imageFunction();
    const { FunctionUrl = '' } = await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }));
    expect((await fetch(FunctionUrl)).status).toBe(403);
  });
});

describe('a version', () => {
  it('is what $LATEST was, under the next number, and pending while it is made ready', async () => {
    const { lambda, clock } = await imageFunction();
    const first = await lambda.send(new PublishVersionCommand({ FunctionName, Description: 'one' }));
    expect(first).toMatchObject({ Version: '1', FunctionArn: `${FUNCTION_ARN}:1`, Description: 'one', State: 'Pending' });
    await clock.advance(2000);
    await update(lambda, 'second');
    await clock.advance(2000);
    const { Configuration, Code } = await lambda.send(new GetFunctionCommand({ FunctionName, Qualifier: '1' }));
    expect(Configuration).toMatchObject({ State: 'Active', CodeSha256: first.CodeSha256 });
    expect(Code?.ImageUri).toBe(imageUri('first'));
  });

  // API reference, UpdateFunctionCode, Publish; AWS CLI, `lambda wait function-updated --qualifier`, which comes to an end for a version too
  it.each([
    ['second', { State: 'Active', LastUpdateStatus: 'Successful' }],
    ['third', { State: 'Failed', StateReasonCode: 'ImageAccessDenied', LastUpdateStatus: 'Failed' }],
  ])('that was published with its update ends as that does (%s)', async (tag, ends) => {
    const { lambda, clock, access } = await imageFunction();
    const { Version: Qualifier } = await update(lambda, tag, { Publish: true });
    const version = async () => (await lambda.send(new GetFunctionCommand({ FunctionName, Qualifier }))).Configuration;
    expect(await version()).toMatchObject({ LastUpdateStatus: 'InProgress' });
    if (tag === 'third') await new ECRClient(access()).send(new DeleteRepositoryPolicyCommand({ repositoryName: 'shop' }));
    await clock.advance(2000);
    expect(await version()).toMatchObject(ends);
  });

  // API reference, PublishVersion: "Lambda doesn't publish a version if the function's configuration and code haven't changed"
  it('is not made twice of the same, and its hash is compared', async () => {
    const { lambda } = await imageFunction();
    const one = await lambda.send(new PublishVersionCommand({ FunctionName }));
    const two = await lambda.send(
      new PublishVersionCommand({ FunctionName, CodeSha256: one.CodeSha256, Description: 'another' }),
    );
    expect(two.Version).toBe('1');
    const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
    expect(Versions.map(({ Version }) => Version)).toEqual(['$LATEST', '1']);
    await expect(lambda.send(new PublishVersionCommand({ FunctionName, CodeSha256: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: `CodeSHA256 (x) is different from current CodeSHA256 in $LATEST (${one.CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    });
  });

  it('that an alias points at is not deleted, and its number is not given again', async () => {
    const { lambda, clock } = await imageFunction();
    await withAlias(lambda, clock);
    const remove = (Qualifier: string) => lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier }));
    await expect(remove('1')).rejects.toMatchObject(
      refused('ResourceConflictException', 409, 'Unable to delete version because the following aliases reference it: [live]'),
    );
    await update(lambda, 'second', { Publish: true });
    await clock.advance(2000);
    await remove('2');
    await update(lambda, 'third');
    await clock.advance(2000);
    expect(await lambda.send(new PublishVersionCommand({ FunctionName }))).toMatchObject({ Version: '3' });
  });
});

describe('an alias', () => {
  const two = async () => {
    const made = await imageFunction();
    await withAlias(made.lambda, made.clock);
    await update(made.lambda, 'second');
    await made.clock.advance(2000);
    await made.lambda.send(new PublishVersionCommand({ FunctionName }));
    await made.clock.advance(2000);
    const move = (more: object) => made.lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', ...more }));
    const shared = (weights: Record<string, number>) => move({ RoutingConfig: { AdditionalVersionWeights: weights } });
    return { ...made, move, shared };
  };

  it('shares the requests of its address out by weight, and moves at once', async () => {
    const { lambda, move, shared, fetch } = await two();
    const url = await openAddress(lambda, 'live');
    const counts = async () => {
      const seen: Record<string, number> = {};
      for (let request = 0; request < 200; request += 1) {
        const { version } = JSON.parse(await (await fetch(url)).text());
        seen[version] = (seen[version] ?? 0) + 1;
      }
      return seen;
    };
    expect(await counts()).toEqual({ 1: 200 });
    await shared({ 2: 0.25 });
    const { 2: second = 0 } = await counts();
    // the binomial distribution: 50 of 200, and 99.99 % within 27 to 76
    expect(second).toBeGreaterThan(26);
    expect(second).toBeLessThan(77);
    expect(await move({ FunctionVersion: '2', RoutingConfig: { AdditionalVersionWeights: {} } })).not.toHaveProperty(
      'RoutingConfig',
    );
    expect(await counts()).toEqual({ 2: 200 });
    const { ExecutedVersion } = await lambda.send(new InvokeCommand({ FunctionName, Qualifier: 'live' }));
    expect(ExecutedVersion).toBe('2');
  });

  it.each([
    [{ 2: 0.1, 3: 0.1 }, 'Number of items in AdditionalVersionWeights cannot be greater than 1'],
    [{ 1: 0.1 }, 'Invalid function version 1. Function version 1 is already included in routing configuration.'],
    [{ 7: 0.1 }, `Function not found: ${FUNCTION_ARN}:7`],
    [{ $LATEST: 0.1 }, '$LATEST is not supported for an alias pointing to more than 1 version'],
  ])('refuses the weights %o', async (weights, message) => {
    const { shared } = await two();
    await expect(shared(weights as Record<string, number>)).rejects.toMatchObject({ message });
  });

  it('that somebody else has changed is not changed by an old revision', async () => {
    const { lambda, shared, move } = await two();
    const { RevisionId } = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
    await shared({ 2: 0.5 });
    await expect(move({ FunctionVersion: '2', RevisionId })).rejects.toMatchObject({ name: 'PreconditionFailedException' });
    expect(await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }))).toMatchObject({
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { 2: 0.5 } },
    });
  });

  it('that there is already is not made, and one that is missing is named', async () => {
    const { lambda } = await two();
    await expect(lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }))).rejects.toMatchObject(
      refused('ResourceConflictException', 409, `Alias already exists: ${FUNCTION_ARN}:live`),
    );
    await expect(lambda.send(new GetAliasCommand({ FunctionName, Name: 'next' }))).rejects.toMatchObject(
      refused('ResourceNotFoundException', 404, `Cannot find alias arn: ${FUNCTION_ARN}:next`),
    );
  });
});
