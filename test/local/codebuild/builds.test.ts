import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  type Build,
  CodeBuildClient,
  CreateProjectCommand,
  DeleteProjectCommand,
  ListBuildsForProjectCommand,
  ListProjectsCommand,
  StartBuildCommand,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../local/data/journal.ts';
import { testCloud } from '../cloud/cloud-builder.ts';
import { BUILDSPEC, PROJECT, trusting, withProject } from './project.ts';

const phasesOf = ({ phases = [] }: Build) =>
  phases.map(({ phaseType, phaseStatus }) => `${phaseType} ${phaseStatus ?? ''}`.trim());

const inBuildspec = (text: string) => ({ source: { type: 'NO_SOURCE' as const, buildspec: text } });

describe('a build of the local CodeBuild', () => {
  // API reference, BuildPhase and Build; User Guide, "Build phase transitions"
  it('goes through its phases, and its end is told', async () => {
    const project = await withProject();
    const id = await project.start();
    expect(await project.buildOf(id)).toMatchObject({ buildStatus: 'IN_PROGRESS', buildComplete: false, buildNumber: 1 });
    await project.cloud.clock.advance(20_000);
    expect(await project.buildOf(id)).toMatchObject({ currentPhase: 'BUILD', buildStatus: 'IN_PROGRESS' });
    await project.cloud.clock.advance(60_000);
    const build = await project.buildOf(id);
    expect(build).toMatchObject({
      buildStatus: 'SUCCEEDED',
      buildComplete: true,
      currentPhase: 'COMPLETED',
      projectName: 'shop',
    });
    expect(phasesOf(build)).toEqual([
      'SUBMITTED SUCCEEDED',
      'QUEUED SUCCEEDED',
      'PROVISIONING SUCCEEDED',
      'DOWNLOAD_SOURCE SUCCEEDED',
      'INSTALL SUCCEEDED',
      'PRE_BUILD SUCCEEDED',
      'BUILD SUCCEEDED',
      'POST_BUILD SUCCEEDED',
      'UPLOAD_ARTIFACTS SUCCEEDED',
      'FINALIZING SUCCEEDED',
      'COMPLETED',
    ]);
    expect(project.commands()).toEqual(['install it', 'first', 'second', 'tidy up', 'tell']);
    const arn = `arn:aws:codebuild:eu-west-1:123456789012:build/${id}`;
    const told = await project.told();
    expect(told.map(({ detail }) => detail['build-status']).sort()).toEqual(['IN_PROGRESS', 'SUCCEEDED']);
    expect(told.find(({ detail }) => detail['build-status'] === 'SUCCEEDED')).toMatchObject({
      source: 'aws.codebuild',
      'detail-type': 'CodeBuild Build State Change',
      resources: [arn],
      detail: {
        'project-name': 'shop',
        'build-id': arn,
        'current-phase': 'COMPLETED',
        'additional-information': { 'build-complete': true, logs: { 'group-name': '/aws/codebuild/shop' } },
      },
    });
    expect(project.closed).toEqual([id]);
  });

  it('has the variables of the call before those of the project before those of the buildspec', async () => {
    const project = await withProject(
      inBuildspec(BUILDSPEC.replace('{ GREETING: hello }', '{ GREETING: hello, WHERE: buildspec }')),
    );
    const id = await project.start({ environmentVariablesOverride: [{ name: 'TAG', value: 'v1' }] });
    await project.cloud.clock.advance(60_000);
    const [install] = project.ran;
    expect(install).toMatchObject({
      shell: 'bash',
      environment: { GREETING: 'hello', WHERE: 'project', TAG: 'v1', CODEBUILD_BUILD_ID: id, AWS_REGION: 'eu-west-1' },
    });
  });

  // User Guide, "Build phase transitions": POST_BUILD comes after a BUILD that has failed, and after no other
  it.each([
    ['second', {}, ['install it', 'first', 'second', 'tidy up', 'tell'], 'BUILD FAILED', 'second'],
    ['install it', {}, ['install it'], 'INSTALL FAILED', 'install it'],
    ['tidy up', {}, ['install it', 'first', 'second', 'tidy up', 'tell'], 'BUILD FAILED', 'tidy up'],
    ['install it', { install: 'CONTINUE' }, ['install it', 'first', 'second', 'tidy up', 'tell'], 'INSTALL FAILED', 'install it'],
    ['first', { build: 'ABORT' }, ['install it', 'first', 'tidy up'], 'BUILD FAILED', 'first'],
  ])('in which "%s" fails, with on-failure %o, runs %o and has failed', async (command, onFailure, ran, phase, named) => {
    const text = Object.entries(onFailure).reduce(
      (spec, [name, word]) => spec.replace(`${name}: { commands`, `${name}: { on-failure: ${word}, commands`),
      BUILDSPEC,
    );
    const project = await withProject(inBuildspec(text), [command]);
    const id = await project.start();
    await project.cloud.clock.advance(120_000);
    const build = await project.buildOf(id);
    expect(build.buildStatus).toBe('FAILED');
    expect(project.commands()).toEqual(ran);
    expect(phasesOf(build)).toContain(phase);
    const { contexts: [context] = [] } = build.phases?.find(({ phaseStatus }) => phaseStatus === 'FAILED') ?? {};
    expect(context).toEqual({
      statusCode: 'COMMAND_EXECUTION_ERROR',
      message: `Error while executing command: ${named}. Reason: exit status 3`,
    });
  });

  it.each([
    ['an unknown phase', BUILDSPEC.replace('install:', 'instal:'), '"instal" of phases'],
    ['an unknown key of a phase', BUILDSPEC.replace('finally:', 'final:'), '"final" of phase build'],
    ['an unknown key', `${BUILDSPEC}cache: { paths: [x] }\n`, '"cache" of the buildspec'],
    ['a secret', BUILDSPEC.replace('shell: bash', 'parameter-store: { A: b }'), '"parameter-store" of env'],
    ['another version', BUILDSPEC.replace('0.2', '0.1'), 'its version is 0.1'],
    ['another shell', BUILDSPEC.replace('shell: bash', 'shell: zsh'), 'the shell is zsh'],
    ['a phase without commands', 'version: 0.2\nphases: { build: {} }\n', 'phase build has no commands'],
    ['no YAML', 'version: 0.2\nphases: [', 'it is no YAML'],
  ])('with %s in its buildspec fails before it runs anything, and says so', async (_, text, problem) => {
    const project = await withProject(inBuildspec(text));
    const id = await project.start();
    await project.cloud.clock.advance(60_000);
    const build = await project.buildOf(id);
    expect(build.buildStatus).toBe('FAILED');
    expect(build.phases?.find(({ phaseType }) => phaseType === 'DOWNLOAD_SOURCE')).toMatchObject({
      phaseStatus: 'FAILED',
      contexts: [{ statusCode: 'YAML_FILE_ERROR', message: expect.stringContaining(problem) }],
    });
    expect(project.ran).toEqual([]);
  });

  it('that is stopped, or takes too long, ends there, and what it runs on with it', async () => {
    const project = await withProject({ timeoutInMinutes: 5 });
    const stopped = await project.start();
    await project.cloud.clock.advance(20_000);
    await project.codebuild.send(new StopBuildCommand({ id: stopped }));
    expect(await project.buildOf(stopped)).toMatchObject({ buildStatus: 'STOPPED', buildComplete: true });
    const slow = await withProject({
      timeoutInMinutes: 5,
      ...inBuildspec(`version: 0.2\nphases: { build: { commands: [${'a, '.repeat(40)}a] } }`),
    });
    const long = await slow.start();
    await slow.cloud.clock.advance(299_000);
    expect((await slow.buildOf(long)).buildStatus).toBe('IN_PROGRESS');
    await slow.cloud.clock.advance(1000);
    expect((await slow.buildOf(long)).buildStatus).toBe('TIMED_OUT');
    await slow.cloud.clock.advance(300_000);
    expect((await slow.buildOf(long)).buildStatus).toBe('TIMED_OUT');
    expect([project.closed, slow.closed]).toEqual([[stopped], [long]]);
  });

  // API reference, StartBuild, idempotencyToken
  it('is begun once for a token, for five minutes', async () => {
    const project = await withProject();
    const token = { idempotencyToken: 'd-1' };
    const first = await project.start(token);
    expect(await project.start(token)).toBe(first);
    const other = { ...token, environmentVariablesOverride: [{ name: 'TAG', value: 'v2' }] };
    await expect(project.start(other)).rejects.toMatchObject({ name: 'InvalidInputException' });
    await project.cloud.clock.advance(300_000);
    const second = await project.start(token);
    expect(second).not.toBe(first);
    const list = new ListBuildsForProjectCommand({ projectName: 'shop', sortOrder: 'DESCENDING' });
    expect((await project.codebuild.send(list)).ids).toEqual([second, first]);
  });

  it('ends with the process that it ran in', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-builds-'));
    try {
      const journal = openJournal(folder);
      const first = await withProject({}, [], journal);
      first.cloud.restore();
      const id = await first.start();
      await first.cloud.clock.advance(20_000);
      await first.cloud.stop();
      journal.close();
      const data = openJournal(folder);
      const second = await testCloud(undefined, undefined, { data });
      second.restore();
      const { builds } = await new CodeBuildClient(second.access()).send(new BatchGetBuildsCommand({ ids: [id] }));
      expect(builds).toMatchObject([{ id, buildStatus: 'FAULT', buildComplete: true }]);
      data.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the local CodeBuild', () => {
  it('answers which projects and builds there are, and which not', async () => {
    const { codebuild } = await withProject();
    const { projects, projectsNotFound } = await codebuild.send(new BatchGetProjectsCommand({ names: ['shop', 'none'] }));
    expect(projects).toMatchObject([
      { name: 'shop', arn: 'arn:aws:codebuild:eu-west-1:123456789012:project/shop', timeoutInMinutes: 60 },
    ]);
    expect(projectsNotFound).toEqual(['none']);
    const { buildsNotFound } = await codebuild.send(new BatchGetBuildsCommand({ ids: ['shop:1'] }));
    expect(buildsNotFound).toEqual(['shop:1']);
    await codebuild.send(new DeleteProjectCommand({ name: 'shop' }));
    await expect(codebuild.send(new StartBuildCommand({ projectName: 'shop' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Project cannot be found: arn:aws:codebuild:eu-west-1:123456789012:project/shop',
    });
  });

  it('refuses what AWS refuses, and by name what it does not do', async () => {
    const { codebuild, access } = await withProject();
    await new IAMClient(access).send(
      new CreateRoleCommand({ RoleName: 'other', AssumeRolePolicyDocument: trusting('ecs.amazonaws.com') }),
    );
    const create = (more: object) => codebuild.send(new CreateProjectCommand({ ...PROJECT, name: 'other', ...more }));
    await expect(create({ name: 'shop' })).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    await expect(create({ serviceRole: 'arn:aws:iam::123456789012:role/other' })).rejects.toThrow(
      'CodeBuild is not authorized to perform: sts:AssumeRole',
    );
    await expect(create({ source: { type: 'GITHUB', location: 'x' } })).rejects.toThrow('does not know the source type GITHUB');
    await expect(create({ source: { type: 'NO_SOURCE' } })).rejects.toThrow('buildspec is required');
    await expect(create({ source: { type: 'S3', location: 'bucket' } })).rejects.toThrow('valid S3 source');
    await expect(create({ artifacts: { type: 'S3' } })).rejects.toThrow('artifacts of the type S3');
    await expect(create({ vpcConfig: { vpcId: 'v' } })).rejects.toThrow('"vpcConfig" of CreateProject');
    await expect(create({ timeoutInMinutes: 4 })).rejects.toThrow('Invalid timeoutInMinutes');
    const secret = { name: 'A', value: 'b', type: 'PARAMETER_STORE' } as const;
    await expect(create({ environment: { ...PROJECT.environment, environmentVariables: [secret] } })).rejects.toThrow(
      'PARAMETER_STORE',
    );
    const start = (more: object) => codebuild.send(new StartBuildCommand({ projectName: 'shop', ...more }));
    await expect(start({ buildspecOverride: BUILDSPEC })).rejects.toThrow('"buildspecOverride" of StartBuild');
    await expect(codebuild.send(new ListProjectsCommand({}))).rejects.toThrow(/ListProjects/);
    await expect(codebuild.send(new StopBuildCommand({ id: 'shop:1' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(codebuild.send(new BatchGetBuildsCommand({ ids: [] }))).rejects.toMatchObject({ name: 'InvalidInputException' });
  });

  it('has a limit of builds at a time where the project says so, and none to run on where it was given none', async () => {
    const limited = await withProject({ concurrentBuildLimit: 1 });
    await limited.start();
    await expect(limited.start()).rejects.toMatchObject({ name: 'AccountLimitExceededException' });
    const bare = await testCloud();
    const access = bare.access();
    await new IAMClient(access).send(
      new CreateRoleCommand({ RoleName: 'builds', AssumeRolePolicyDocument: trusting('codebuild.amazonaws.com') }),
    );
    const codebuild = new CodeBuildClient(access);
    await codebuild.send(new CreateProjectCommand(PROJECT));
    await expect(codebuild.send(new StartBuildCommand({ projectName: 'shop' }))).rejects.toThrow(
      'nothing that builds could run on',
    );
  });
});
