import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  type CreateProjectCommandInput,
  StartBuildCommand,
  type StartBuildCommandInput,
} from '@aws-sdk/client-codebuild';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Journal } from '../../../local/data/journal.ts';
import type { BuildCommands, BuildHost } from '../../../local/ports.ts';
import { testCloud } from '../cloud/cloud-builder.ts';

export const ROLE = 'arn:aws:iam::123456789012:role/builds';

export const trusting = (Service: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }] });

export const BUILDSPEC = `version: 0.2
env:
  shell: bash
  variables: { GREETING: hello }
phases:
  install: { commands: [install it] }
  build: { commands: [first, second], finally: [tidy up] }
  post_build: { commands: [tell] }
`;

export const PROJECT: CreateProjectCommandInput = {
  name: 'shop',
  source: { type: 'NO_SOURCE', buildspec: BUILDSPEC },
  artifacts: { type: 'NO_ARTIFACTS' },
  environment: {
    type: 'LINUX_CONTAINER',
    image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
    computeType: 'BUILD_GENERAL1_SMALL',
    environmentVariables: [{ name: 'WHERE', value: 'project' }],
  },
  serviceRole: ROLE,
};

/** A host on which each command takes ten seconds, and those in `failing` fail. */
export const scriptedHost = (after: (milliseconds: number) => Promise<void>, failing: ReadonlySet<string>) => {
  const ran: BuildCommands[] = [];
  const begun: string[] = [];
  const closed: string[] = [];
  const host: BuildHost = {
    open: ({ id }) => ({
      download: async () => undefined,
      file: async () => undefined,
      async run(commands) {
        ran.push(commands);
        for (const command of commands.commands) {
          begun.push(command);
          await after(10_000);
          if (failing.has(command)) return { failed: { command, exitCode: 3 } };
        }
        return {};
      },
      close: async () => void closed.push(id),
    }),
  };
  return { host, ran, closed, commands: () => begun };
};

/** A cloud with a project; everything that CodeBuild tells arrives in a queue. */
export const withProject = async (
  project: Partial<CreateProjectCommandInput> = {},
  failing: readonly string[] = [],
  data?: Journal,
  kept = false,
) => {
  const later: { after: (milliseconds: number) => Promise<void> } = { after: async () => undefined };
  const scripted = scriptedHost((milliseconds) => later.after(milliseconds), new Set(failing));
  const cloud = await testCloud(undefined, undefined, { builds: scripted.host, ...(data === undefined ? {} : { data }) });
  later.after = (milliseconds) => new Promise((resolve) => void cloud.clock.after(milliseconds, resolve));
  const access = cloud.access();
  const codebuild = new CodeBuildClient(access);
  const sqs = new SQSClient(access);
  const iam = new IAMClient(access);
  if (!kept) {
    await iam.send(new CreateRoleCommand({ RoleName: 'builds', AssumeRolePolicyDocument: trusting('codebuild.amazonaws.com') }));
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'builds', PolicyName: 'calls', PolicyDocument }));
    await codebuild.send(new CreateProjectCommand({ ...PROJECT, ...project }));
  }
  const Attributes = {
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' }],
    }),
  };
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'told', Attributes }));
  const events = new EventBridgeClient(access);
  await events.send(new PutRuleCommand({ Name: 'told', EventPattern: JSON.stringify({ source: ['aws.codebuild'] }) }));
  const Arn = 'arn:aws:sqs:eu-west-1:123456789012:told';
  await events.send(new PutTargetsCommand({ Rule: 'told', Targets: [{ Id: 'queue', Arn }] }));
  return {
    ...scripted,
    cloud,
    access,
    codebuild,
    start: async (more: Partial<StartBuildCommandInput> = {}) => {
      const { build } = await codebuild.send(new StartBuildCommand({ projectName: 'shop', ...more }));
      if (build?.id === undefined) throw new Error('there is no build');
      return build.id;
    },
    buildOf: async (id: string) => {
      const { builds: [found] = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids: [id] }));
      if (found === undefined) throw new Error(`there is no build ${id}`);
      return found;
    },
    told: async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      return Messages.map(({ Body = '{}' }) => JSON.parse(Body));
    },
  };
};
