import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetRepositoryPolicyCommand,
  PutImageCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { createImages, toCloud } from '../../../local/example-images.ts';
import { type TestCloud, testCloud } from '../cloud/cloud-builder.ts';

const TOOLS = { accessKeyId: '123456789012', region: 'eu-west-1' };
const PROD = { accessKeyId: '222233334444', region: 'us-east-1' };
const REPOSITORY = 'arn:aws:ecr:eu-west-1:123456789012:repository/app';
const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:good';

const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

/** Amazon ECR User Guide, "Private repository policy examples in Amazon ECR": allowing one or more accounts. */
const allows = (AWS: string, Action: readonly string[] = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']) =>
  document({ Sid: 'AllowPull', Effect: 'Allow', Principal: { AWS }, Action });

/** An image `app:good` of the account of the tools. */
const withImage = async (policyText?: string) => {
  const cloud = await testCloud();
  await createImages(cloud.access(TOOLS), toCloud(cloud.handle), { app: [{ tags: ['good'] }] });
  if (policyText !== undefined)
    await new ECRClient(cloud.access(TOOLS)).send(new SetRepositoryPolicyCommand({ repositoryName: 'app', policyText }));
  return cloud;
};

/** Runs one task of it somewhere: how it is, or why it ended. */
const runIn = async (cloud: TestCloud, where: typeof TOOLS, { image = IMAGE, executionRoleArn = '' } = {}) => {
  const ecs = new ECSClient(cloud.access(where));
  await ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'api',
      containerDefinitions: [{ name: 'api', image }],
      ...(executionRoleArn === '' ? {} : { executionRoleArn }),
    }),
  );
  await ecs.send(new CreateServiceCommand({ cluster: 'main', serviceName: 'api', taskDefinition: 'api', desiredCount: 1 }));
  await cloud.clock.advance(3000);
  const desiredStatus = (await ecs.send(new ListTasksCommand({ cluster: 'main', desiredStatus: 'STOPPED' }))).taskArns?.length
    ? 'STOPPED'
    : 'RUNNING';
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: 'main', desiredStatus }));
  const { tasks: [task] = [] } = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }));
  return task?.stoppedReason ?? task?.lastStatus;
};

const REFUSED = expect.stringMatching(/^CannotPullContainerError: .*app:good: not found$/);

describe('a task of another place', () => {
  it('pulls from another region of its account', async () => {
    const cloud = await withImage();
    expect(await runIn(cloud, { ...TOOLS, region: 'us-east-1' })).toBe('RUNNING');
    expect(await runIn(cloud, { ...TOOLS, region: 'us-east-2' }, { image: IMAGE.replace('eu-west-1', 'eu-west-2') })).toEqual(
      REFUSED,
    );
  });

  it('does not find what only another region has under the own registry', async () => {
    const cloud = await withImage();
    const image = IMAGE.replace('123456789012', PROD.accessKeyId).replace('eu-west-1', PROD.region);
    expect(await runIn(cloud, PROD, { image })).toEqual(REFUSED);
  });

  it.each<[string, string | undefined, unknown]>([
    ['pulls from another account whose repository admits its account', allows('arn:aws:iam::222233334444:root'), 'RUNNING'],
    ['is refused where the repository has no policy', undefined, REFUSED],
    ['is refused where the policy names another account', allows('555566667777'), REFUSED],
    ['is refused where the policy allows half of a pull', allows('222233334444', ['ecr:BatchGetImage']), REFUSED],
  ])('%s', async (_, policy, expected) => {
    expect(await runIn(await withImage(policy), PROD)).toEqual(expected);
  });

  it('is refused by another account in its own region too', async () => {
    expect(await runIn(await withImage(), { ...PROD, region: TOOLS.region })).toEqual(REFUSED);
  });

  const ROLE = 'arn:aws:iam::222233334444:role/execution';

  it.each<[string, string, string, unknown]>([
    ['pulls in a role that both sides admit', allows(ROLE), REPOSITORY, 'RUNNING'],
    ['pulls in a role whose account is admitted', allows('222233334444'), REPOSITORY, 'RUNNING'],
    ['is refused in a role that may pull something else', allows(ROLE), `${REPOSITORY}-2`, REFUSED],
    ['is refused in a role where another is admitted', allows(`${ROLE}-2`), REPOSITORY, REFUSED],
  ])('%s', async (_, policy, Resource, expected) => {
    const cloud = await withImage(policy);
    const iam = new IAMClient(cloud.access(PROD));
    const trust = document({ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' });
    await iam.send(new CreateRoleCommand({ RoleName: 'execution', AssumeRolePolicyDocument: trust }));
    const Action = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
    const PolicyDocument = document({ Effect: 'Allow', Action, Resource });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'execution', PolicyName: 'pulls', PolicyDocument }));
    expect(await runIn(cloud, PROD, { executionRoleArn: ROLE })).toEqual(expected);
  });
});

describe('a service', () => {
  it('listens beside another of its name in another place', async () => {
    const cloud = await withImage(allows('222233334444'));
    expect(await runIn(cloud, TOOLS)).toBe('RUNNING');
    expect(await runIn(cloud, PROD)).toBe('RUNNING');
    const taskAt = async (host: string) => {
      const { task } = (await (await cloud.fetch(`http://${host}/`)).json()) as { readonly task: string };
      return task;
    };
    expect(await taskAt('api.main.test')).toMatch(/^arn:aws:ecs:eu-west-1:123456789012:task\/main\//);
    expect(await taskAt('api.main.us-east-1.222233334444.test')).toMatch(/^arn:aws:ecs:us-east-1:222233334444:task\/main\//);
  });
});

describe('the policy of a repository', () => {
  it('is set, told and deleted', async () => {
    const cloud = await withImage();
    const ecr = new ECRClient(cloud.access(TOOLS));
    const repositoryName = 'app';
    const none = {
      name: 'RepositoryPolicyNotFoundException',
      message: `Repository policy does not exist for the repository with name 'app' in the registry with id '123456789012'`,
    };
    await expect(ecr.send(new GetRepositoryPolicyCommand({ repositoryName }))).rejects.toMatchObject(none);
    const policyText = allows('222233334444');
    const told = { registryId: '123456789012', repositoryName, policyText };
    expect(await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }))).toMatchObject(told);
    expect(await ecr.send(new GetRepositoryPolicyCommand({ repositoryName }))).toMatchObject(told);
    expect(await ecr.send(new DeleteRepositoryPolicyCommand({ repositoryName }))).toMatchObject(told);
    await expect(ecr.send(new DeleteRepositoryPolicyCommand({ repositoryName }))).rejects.toMatchObject(none);
  });

  it.each([
    ['is refused where it is no JSON', 'everybody'],
    ['is refused where a statement has no principal', document({ Effect: 'Allow', Action: 'ecr:*' })],
    ['is refused where it is longer than 10,240 characters', allows('2'.repeat(10_240))],
  ])('%s', async (_, policyText) => {
    const cloud = await withImage();
    const set = new SetRepositoryPolicyCommand({ repositoryName: 'app', policyText });
    await expect(new ECRClient(cloud.access(TOOLS)).send(set)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('lets another account call the API on it, and no more than it says', async () => {
    const cloud = await withImage(allows('222233334444'));
    const ecr = new ECRClient(cloud.access({ ...PROD, region: TOOLS.region }));
    const there = { registryId: TOOLS.accessKeyId, repositoryName: 'app' };
    const { images = [] } = await ecr.send(new BatchGetImageCommand({ ...there, imageIds: [{ imageTag: 'good' }] }));
    expect(images).toMatchObject([{ registryId: TOOLS.accessKeyId, repositoryName: 'app' }]);
    const { imageManifest } = images[0] ?? {};
    await expect(ecr.send(new PutImageCommand({ ...there, imageManifest, imageTag: 'bad' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(
      ecr.send(new DescribeRepositoriesCommand({ registryId: TOOLS.accessKeyId, repositoryNames: ['app'] })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(ecr.send(new CreateRepositoryCommand({ ...there, repositoryName: 'mine' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('a registry', () => {
  it('is the one of the place that gave out its password', async () => {
    const cloud = await withImage();
    await createImages(cloud.access(PROD), toCloud(cloud.handle), { theirs: [{ tags: ['good'] }] });
    const names = async (where: typeof TOOLS) => {
      const { repositories = [] } = await new ECRClient(cloud.access(where)).send(new DescribeRepositoriesCommand({}));
      return repositories.map(({ repositoryUri }) => repositoryUri);
    };
    expect(await names(TOOLS)).toEqual(['123456789012.dkr.ecr.eu-west-1.amazonaws.com/app']);
    expect(await names(PROD)).toEqual(['222233334444.dkr.ecr.us-east-1.amazonaws.com/theirs']);
  });
});
