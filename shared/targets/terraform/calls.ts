import { createHash } from 'node:crypto';
import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  ListBuildsForProjectCommand,
  StartBuildCommand,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { asking } from '../asking.ts';
import type { TargetPorts } from '../module.ts';
import { RefusedError } from '../refused.ts';
import { type Applying, applyingIn, type Way } from './builds.ts';
import { type Config, mayDestroy, recordKey, reportKey, stateKey, stateOf, tagVariable, variablesOf } from './config.ts';
import { type Given, type Kept, type Running, recordIn, runningIn, stateIn } from './records.ts';
import { refusal, refusalOf } from './refusals.ts';
import { type Report, reportIn } from './reports.ts';

/** BatchGetBuilds takes 100, as many as ListBuildsForProject answers at a time. */
const NEWEST_FIRST = 'DESCENDING';

/** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>` (Amazon ECR User Guide, "Private registry"). */
const ECR = /^([0-9]{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/;

/** What the module's variables are, by what they are given. */
const valuesOf = (config: Config, { tag, digest, repository }: Given): Readonly<{ [variable: string]: string }> => {
  const given = { tag, digest, image: `${repository}@${digest}` } as const;
  return Object.fromEntries(Object.entries(variablesOf(config)).map(([name, value]) => [name, given[value]]));
};

/** What the project's buildspec is told (`infrastructure/terraform/buildspec.yml`, which refuses another protocol). */
const variablesFor = (config: Config, given: Given, way: Way): Readonly<{ [name: string]: string }> => {
  const [, account = '', region = '', name = ''] = ECR.exec(given.repository) ?? [];
  return {
    PROTOCOL: '1',
    DEPLOYMENT: given.deployment,
    WAY: way,
    TAG: given.tag,
    DIGEST: given.digest,
    REPOSITORY: given.repository,
    REGISTRY_ID: account,
    REGISTRY_REGION: region,
    REPOSITORY_NAME: name,
    BUCKET: config.bucket,
    KEY: stateKey(config),
    LOCK_TABLE: config.lockTable ?? '',
    DIRECTORY: config.directory ?? '.',
    VALUES: config.values ?? '',
    VARIABLES: JSON.stringify(valuesOf(config, given)),
    MAY_DESTROY: JSON.stringify(mayDestroy(config)),
  };
};

/** What is asked of CodeBuild and S3. A "no" is thrown as `RefusedError`; what may be different next time as it comes. */
export const terraformCalls = ({ client, signal }: TargetPorts) => {
  const codebuild = client(CodeBuildClient);
  const s3 = client(S3Client);
  const ask = asking(signal, refusalOf);

  /** Builds of this state, the newest first, the 100 newest of the project. One call, and one more where there are any. */
  const builds = async (config: Config): Promise<readonly Applying[]> => {
    const { project: projectName } = config;
    const doing = `look at the builds of project "${projectName}"`;
    const list = new ListBuildsForProjectCommand({ projectName, sortOrder: NEWEST_FIRST });
    const { ids = [] } = await ask(doing, (options) => codebuild.send(list, options));
    if (ids.length === 0) return [];
    const { builds: found = [] } = await ask(doing, (options) => codebuild.send(new BatchGetBuildsCommand({ ids }), options));
    return found.flatMap((build) => applyingIn(config, build) ?? []).toSorted((one, other) => other.startedAt - one.startedAt);
  };

  /** `undefined`: CodeBuild has forgotten it (it keeps builds for a year). */
  const build = async (config: Config, id: string): Promise<Applying | undefined> => {
    const get = new BatchGetBuildsCommand({ ids: [id] });
    const { builds: [found] = [] } = await ask(`look at build ${id}`, (options) => codebuild.send(get, options));
    return found === undefined ? undefined : applyingIn(config, found);
  };

  /** The text of an object; `undefined`: there is none. */
  const read = async (config: Config, Key: string): Promise<string | undefined> => {
    const { bucket: Bucket } = config;
    try {
      return await ask(`read s3://${Bucket}/${Key}`, async (options) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }), options);
        return (await Body?.transformToString()) ?? '';
      });
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  };

  const unreadable = (config: Config, key: string): RefusedError =>
    new RefusedError(
      refusal(
        'state-unreadable',
        `s3://${config.bucket}/${key} is not what it should be; correct "bucket" and "key", or repair it`,
      ),
    );

  const recordOf = async (config: Config): Promise<Kept> => {
    const json = await read(config, recordKey(config));
    const record = json === undefined ? {} : recordIn(json);
    if (record === undefined) throw unreadable(config, recordKey(config));
    return record;
  };

  /** What is applied now: the state, and what our builds say of it. Two calls; the state last, so that a record is never newer than it. */
  const running = async (config: Config): Promise<Running> => {
    const record = await recordOf(config);
    const json = await read(config, stateKey(config));
    const state = json === undefined || json === '' ? undefined : stateIn(json);
    if (state === undefined && json !== undefined && json !== '') throw unreadable(config, stateKey(config));
    return runningIn(state, record, tagVariable(config));
  };

  const report = async (config: Config, id: string): Promise<Report | undefined> => {
    const json = await read(config, reportKey(config, id));
    return json === undefined ? undefined : reportIn(json);
  };

  /** `attempt`: of several builds for one way, which. The token holds for five minutes (API reference, StartBuild). */
  const apply = async (config: Config, given: Given, way: Way, attempt: number): Promise<Applying> => {
    const { project: projectName } = config;
    const variables = Object.entries(variablesFor(config, given, way));
    const start = new StartBuildCommand({
      projectName,
      idempotencyToken: createHash('sha256')
        .update(`${stateOf(config)} ${given.deployment} ${way} ${attempt}`)
        .digest('hex'),
      environmentVariablesOverride: variables.map(([name, value]) => ({ name: `SWITCHYARD_${name}`, value, type: 'PLAINTEXT' })),
    });
    const doing = `apply ${given.tag === '' ? given.digest : given.tag} to ${stateOf(config)} by project "${projectName}"`;
    const { build: begun } = await ask(doing, (options) => codebuild.send(start, options));
    const applying = begun === undefined ? undefined : applyingIn(config, begun);
    if (applying === undefined) throw new Error(`CodeBuild answered without the build that it began: ${projectName}`);
    return applying;
  };

  /** One that has ended meanwhile is seen at the next look. */
  const stop = async (config: Config, id: string): Promise<void> => {
    await ask(`stop build ${id} of project "${config.project}"`, (options) =>
      codebuild.send(new StopBuildCommand({ id }), options),
    );
  };

  return { builds, build, running, report, apply, stop };
};
