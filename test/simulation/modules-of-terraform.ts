import { readFileSync } from 'node:fs';
import { BatchGetBuildsCommand, type Build, CodeBuildClient, ListBuildsForProjectCommand } from '@aws-sdk/client-codebuild';
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { terraformProject } from '../../infrastructure/terraform/template.ts';
import type { ManualClock } from '../../local/clock.ts';
import type { Cloud } from '../../local/cloud.ts';
import { HOSTS } from '../../local/examples.ts';
import type { VirtualNetwork } from '../../local/network/virtual-network.ts';
import { parseTemplate } from '../../local/stack/template.ts';
import type { TargetSettings } from '../../shared/deployment/settings.ts';
import { type Module, terraformBuilds } from '../in-process/terraform-builds.ts';
import type { Choices } from './choices.ts';
import { desk } from './desk.ts';
import { IMAGES } from './images.ts';
import { PLACES, placeOf } from './places.ts';
import type { Step } from './plan.ts';
import type { Running } from './seen.ts';

const codebuild = new CodeBuildClient(desk.access);
const s3 = new S3Client(desk.access);

const BUCKET = 'simulated-states';
const SOURCES = 'simulated-modules';
const BUILDSPEC = readFileSync(new URL('../../infrastructure/terraform/buildspec.yml', import.meta.url), 'utf8');

/** Who applies by hand. */
const PERSON = 'ann@laptop';

const stateKey = (service: string): string => `${service}.tfstate`;
const lockKey = (service: string): string => `${stateKey(service)}.tflock`;

/** A module of the service's name, in a project of that name, with a state of its own. */
export const moduleTarget = (service: string): TargetSettings => ({
  kind: 'terraform',
  project: service,
  bucket: BUCKET,
  key: stateKey(service),
});

/** Calls that change what is applied. */
export const CHANGES_OF_MODULES: readonly string[] = ['StartBuild', 'StopBuild'];

/** The service whose module a call is about: builds are named `project:uuid`. */
export const moduleIn = (input: string): string | undefined => {
  const { projectName, id } = JSON.parse(input) as { readonly projectName?: string; readonly id?: string };
  return projectName ?? id?.split(':')[0];
};

const variableOf = ({ environment }: Build, name: string): string | undefined =>
  environment?.environmentVariables?.find((one) => one.name === `SWITCHYARD_${name}`)?.value;

/** Whether a build was begun by the pipeline. */
export const isBuildOfOurs = async (id: string): Promise<boolean> => {
  const { builds: [build] = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids: [id] }));
  return build !== undefined && variableOf(build, 'DEPLOYMENT') !== undefined;
};

const read = async (Key: string): Promise<string | undefined> => {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
};

interface State {
  readonly serial: number;
  readonly lineage: string;
  readonly outputs: { readonly image_tag?: { readonly value: string } };
}

const stateOf = async (service: string): Promise<State> => JSON.parse((await read(stateKey(service))) ?? '{}');

/** What the builds keep beside a state. */
interface Kept {
  readonly applied?: { readonly serial: number; readonly lineage: string; readonly tag: string; readonly digest: string };
}

/** A person may hold it for as long as they like. */
const isLockedByBuild = async (service: string): Promise<boolean> => {
  const held = await read(lockKey(service));
  return held !== undefined && !held.includes(PERSON);
};

/** What is applied, by the state and the record beside it, and what CodeBuild was told. */
export const runningInModule = async (place: number): Promise<Running> => {
  const { service } = placeOf(place);
  const { serial, lineage } = await stateOf(service);
  const { applied }: Kept = JSON.parse((await read(`${stateKey(service)}.switchyard.json`)) ?? '{}');
  const { ids = [] } = await codebuild.send(new ListBuildsForProjectCommand({ projectName: service }));
  const { builds = [] } = ids.length === 0 ? {} : await codebuild.send(new BatchGetBuildsCommand({ ids }));
  const isWhole = applied?.serial === serial && applied.lineage === lineage;
  return {
    place,
    digest: isWhole && applied.digest !== '' ? applied.digest : undefined,
    definition: isWhole ? `${applied.tag}@${applied.digest}` : `serial-${serial}@${lineage}`,
    steady: builds.every(({ buildComplete }) => buildComplete === true) && !(await isLockedByBuild(service)),
    rolledOut: builds.flatMap((build) => (variableOf(build, 'WAY') === 'out' ? (variableOf(build, 'DEPLOYMENT') ?? []) : [])),
  };
};

const write = (Key: string, value: object, more: { readonly IfNoneMatch?: string } = {}) =>
  s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: JSON.stringify(value), ...more }));

const stateWith = (tag: string, serial: number, lineage: string) => ({
  version: 4,
  terraform_version: '1.11.4',
  serial,
  lineage,
  outputs: { image_tag: { value: tag, type: 'string' } },
  resources: [],
});

const isTaken = (error: unknown): boolean => error instanceof Error && error.name === 'PreconditionFailed';

/** Somebody else's; `false`: the state is locked already. */
const lock = async (service: string): Promise<boolean> => {
  const held = { ID: '7c21', Operation: 'OperationTypeApply', Who: PERSON, Created: '2026-03-01T12:00:00Z' };
  try {
    await write(lockKey(service), held, { IfNoneMatch: '*' });
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
};

const unlock = (service: string) => s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: lockKey(service) }));

const labelsOf = (repository: string, tag: string): Readonly<Record<string, string>> =>
  IMAGES[repository]?.find(({ tags }) => tags.includes(tag))?.labels ?? {};

const PLAN_FAILS = 'a provider is away';
const APPLY_FAILS = 'a provider went away';

/** Why a build failed, where it was misfortune alone. */
export const MISFORTUNE = new RegExp(`${PLAN_FAILS}|${APPLY_FAILS}`);

interface Options {
  readonly clock: ManualClock;
  readonly network: VirtualNetwork;
  readonly handle: Cloud['handle'];
  /** At each build, while misfortune may happen. */
  readonly fault: (point: string) => ReturnType<Choices['build']>;
}

/** A module for each of the first two places, as builds in virtual time apply it, and what answers where it is applied. */
export const simulatedModules = ({ clock, network, handle, fault }: Options) => {
  const modules = PLACES.slice(0, 2).map((place) => ({ ...place, serves: 'initial', since: 0, builds: 0 }));
  type Applied = (typeof modules)[number];
  const serve = (applied: Applied, tag: string): void => {
    applied.serves = tag;
    applied.since = clock.now();
  };
  const moduleOf = (project: string): Module => {
    const applied = modules.find(({ service }) => service === project);
    if (applied === undefined) throw new Error(`there is no module for ${project}`);
    applied.builds += 1;
    const chosen = fault(`build ${project} ${applied.builds}`);
    const { repository } = applied;
    return {
      milliseconds: chosen === 'slow' ? 150_000 : 20_000,
      planFails: () => (chosen === 'plan-fails' ? PLAN_FAILS : undefined),
      /** The module waits until what it has brought is steady: what ends by itself never is. */
      applyFails({ image_tag: tag = '' }) {
        if (chosen === 'apply-fails') return APPLY_FAILS;
        return labelsOf(repository, tag)['switchyard.local.exit-code'] === undefined
          ? undefined
          : `${tag} does not become steady`;
      },
      applies: async ({ variables: { image_tag: tag = '' } }) => serve(applied, tag),
    };
  };
  const install = async (cloud: Pick<Cloud, 'createStack'>, folder: string): Promise<void> => {
    for (const Bucket of [BUCKET, SOURCES])
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
    for (const [index, applied] of modules.entries()) {
      const { service, repository } = applied;
      const options = {
        ...{ name: service, source: `${SOURCES}/${service}.zip`, stateBucket: BUCKET, stateKeys: service },
        ...{ repositories: [repository], policies: [], terraformVersion: '1.11.4', timeoutInMinutes: 30 },
      };
      const template = parseTemplate(terraformProject(options, BUILDSPEC));
      await cloud.createStack({ name: service, template, folder, host: 'cloud.test' });
      await write(stateKey(service), stateWith(applied.serves, 1, `5b0c1f3e-8d3a-4c55-9a57-00000000000${index}`));
      network.serve(HOSTS, service, async () => {
        const labels = labelsOf(repository, applied.serves);
        const after = Number(labels['switchyard.local.fails-after-seconds'] ?? Number.POSITIVE_INFINITY);
        const isWell = labels['switchyard.local.health'] === undefined && clock.now() < applied.since + after * 1000;
        return { status: isWell ? 200 : 500, body: JSON.stringify({ tag: applied.serves }) };
      });
    }
  };
  return {
    builds: terraformBuilds(clock, () => handle, moduleOf),
    install,
    /** A person applies another tag from a laptop, and gives up where the state is locked. */
    async changeByHand({ place, tag }: Extract<Step, { readonly do: 'by-hand' }>): Promise<void> {
      const { service } = placeOf(place);
      const applied = modules.find((one) => one.service === service);
      if (applied === undefined || !(await lock(service))) return;
      const { serial, lineage } = await stateOf(service);
      await write(stateKey(service), stateWith(tag, serial + 1, lineage));
      serve(applied, tag);
      await unlock(service);
    },
    /** A person holds the lock of the state for a while. */
    async lockByHand({ place, seconds }: Extract<Step, { readonly do: 'lock' }>): Promise<void> {
      const { service } = placeOf(place);
      if (await lock(service)) clock.after(seconds * 1000, async () => void (await unlock(service)));
    },
  };
};
