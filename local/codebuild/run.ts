import { accessKeyOf } from '../lambda/identity.ts';
import type { BuildMachine } from '../ports.ts';
import { type Buildspec, BuildspecError, isInline, PHASES, type Phase, readBuildspec } from './buildspec.ts';
import { tell } from './events.ts';
import type { Build, CodeBuildStore, PhaseRecord, PhaseType } from './model.ts';

/** What a phase takes that only AWS has work in, in milliseconds. */
const QUEUED = 1000;
const PROVISIONING = 3000;

const MINUTE = 60_000;

/** A phase that ends a build, as its context tells it. */
class PhaseError extends Error {
  override readonly name = 'PhaseError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Whoever has the build's credentials acts in the project's role, in a session of the build's name. */
const sessionOf = ({ id }: Build): string => `AWSCodeBuild-${id.slice(id.indexOf(':') + 1)}`;

const open = (store: CodeBuildStore, build: Build): BuildMachine => {
  if (store.host === undefined) throw new Error('this local cloud has no host for builds');
  store.permissions.open(sessionOf(build), build.serviceRole);
  const machine = store.host.open({
    id: build.id,
    region: store.place.region,
    endpoint: build.endpoint,
    accessKeyId: accessKeyOf(sessionOf(build), store.place),
    source: build.source,
  });
  store.machines.set(build.id, machine);
  return machine;
};

const closed = (store: CodeBuildStore, { id }: Build): void => {
  const machine = store.machines.get(id);
  store.machines.delete(id);
  if (machine !== undefined) void store.clock.track(machine.close());
};

const isOver = ({ status }: Build): boolean => status !== 'IN_PROGRESS';

const begin = ({ clock }: CodeBuildStore, { phases }: Build, type: PhaseType): PhaseRecord => {
  const phase: PhaseRecord = { type, startedAt: clock.now() };
  phases.push(phase);
  return phase;
};

/** The last word: later ones say nothing. */
export const endBuild = (
  store: CodeBuildStore,
  build: Build,
  status: Exclude<Build['status'], 'IN_PROGRESS'>,
  context?: PhaseRecord['context'],
): void => {
  if (isOver(build)) return;
  const now = store.clock.now();
  const last = build.phases.at(-1);
  if (last !== undefined && last.endedAt === undefined) {
    last.endedAt = now;
    last.status = status;
    if (context !== undefined) last.context = context;
  }
  build.status = status;
  build.endedAt = now;
  build.phases.push({ type: 'COMPLETED', startedAt: now });
  closed(store, build);
  tell(store, build);
};

/** One phase; `false`: it failed, and says why, or the build is over meanwhile. */
const phase = async (store: CodeBuildStore, build: Build, type: PhaseType, work: () => Promise<void>): Promise<boolean> => {
  if (isOver(build)) return false;
  const record = begin(store, build, type);
  let failed: PhaseError | undefined;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PhaseError)) throw error;
    failed = error;
  }
  if (isOver(build)) return false;
  record.endedAt = store.clock.now();
  record.status = failed === undefined ? 'SUCCEEDED' : 'FAILED';
  if (failed !== undefined) record.context = { code: failed.code, message: failed.message };
  return failed === undefined;
};

const pass = ({ clock }: CodeBuildStore, milliseconds: number): Promise<void> =>
  new Promise((resolve) => void clock.after(milliseconds, resolve));

/** In this order: what the project or the call says counts before the buildspec (User Guide, "Environment variables in build environments"). */
const environmentOf = (store: CodeBuildStore, build: Build, spec: Buildspec): Readonly<Record<string, string>> => ({
  ...spec.variables,
  ...Object.fromEntries(build.variables.map(({ name, value }) => [name, value])),
  CODEBUILD_BUILD_ID: build.id,
  CODEBUILD_BUILD_ARN: build.arn,
  CODEBUILD_BUILD_NUMBER: String(build.number),
  CODEBUILD_INITIATOR: build.initiator,
  CODEBUILD_START_TIME: String(build.startedAt),
  CI: 'true',
  AWS_REGION: store.place.region,
  AWS_DEFAULT_REGION: store.place.region,
});

const specOf = async ({ source: { buildspec = 'buildspec.yml' } }: Build, machine: BuildMachine): Promise<Buildspec> => {
  try {
    await machine.download();
  } catch (error) {
    throw new PhaseError('CLIENT_ERROR', error instanceof Error ? error.message : String(error));
  }
  const found = isInline(buildspec) ? buildspec : await machine.file(buildspec);
  if (found === undefined) throw new PhaseError('YAML_FILE_ERROR', `stat ${buildspec}: no such file or directory`);
  try {
    return readBuildspec(found);
  } catch (error) {
    if (error instanceof BuildspecError) throw new PhaseError('YAML_FILE_ERROR', error.message);
    throw error;
  }
};

interface Running {
  readonly machine: BuildMachine;
  readonly spec: Buildspec;
  readonly environment: Readonly<Record<string, string>>;
}

/** A phase's commands until one fails, then those that come in any case. */
const commandsOf = async ({ machine, spec, environment }: Running, name: Phase, succeeding: boolean): Promise<void> => {
  const given = spec.phases.get(name);
  if (given === undefined) return;
  const about = { ...environment, CODEBUILD_BUILD_SUCCEEDING: succeeding ? '1' : '0' };
  const { shell } = spec;
  const failed = (await machine.run({ phase: name, commands: given.commands, environment: about, shell })).failed;
  const after = (await machine.run({ phase: name, commands: given.finally, environment: about, shell })).failed;
  const worst = failed ?? after;
  if (worst !== undefined)
    throw new PhaseError(
      'COMMAND_EXECUTION_ERROR',
      `Error while executing command: ${worst.command}. Reason: exit status ${worst.exitCode}`,
    );
};

/**
 * Phase by phase: one that fails ends the build, unless its `on-failure` is CONTINUE; POST_BUILD comes after a BUILD that failed too (User
 * Guide, "Build phase transitions").
 */
const ownPhases = async (store: CodeBuildStore, build: Build, running: Running): Promise<boolean> => {
  let succeeding = true;
  for (const name of PHASES) {
    const type = name.toUpperCase() as Uppercase<Phase>;
    const went = await phase(store, build, type, () => commandsOf(running, name, succeeding));
    if (isOver(build)) return false;
    succeeding &&= went;
    const onFailure = running.spec.phases.get(name)?.onFailure;
    const goesOn = went || onFailure === 'CONTINUE' || (name === 'build' && onFailure === undefined);
    if (!goesOn) break;
  }
  return succeeding;
};

const work = async (store: CodeBuildStore, build: Build): Promise<void> => {
  await phase(store, build, 'SUBMITTED', async () => undefined);
  await phase(store, build, 'QUEUED', () => pass(store, QUEUED));
  if (!(await phase(store, build, 'PROVISIONING', () => pass(store, PROVISIONING)))) return;
  const machine = open(store, build);
  if (machine.log !== undefined) build.log = machine.log;
  let spec: Buildspec | undefined;
  await phase(store, build, 'DOWNLOAD_SOURCE', async () => {
    spec = await specOf(build, machine);
  });
  const went =
    spec !== undefined && (await ownPhases(store, build, { machine, spec, environment: environmentOf(store, build, spec) }));
  await phase(store, build, 'UPLOAD_ARTIFACTS', async () => undefined);
  await phase(store, build, 'FINALIZING', async () => undefined);
  endBuild(store, build, went ? 'SUCCEEDED' : 'FAILED');
};

/** Runs it to its end; what takes longer than the project's time is ended then. */
export const runBuild = (store: CodeBuildStore, build: Build): void => {
  tell(store, build);
  const stop = store.clock.after(build.timeoutInMinutes * MINUTE, () =>
    endBuild(store, build, 'TIMED_OUT', { code: 'BUILD_TIMED_OUT', message: 'Build has timed out. ' }),
  );
  const fault = (error: unknown): void =>
    endBuild(store, build, 'FAULT', {
      code: 'INTERNAL_SERVICE_ERROR',
      message: error instanceof Error ? error.message : String(error),
    });
  // Not work that the clock tracks: it waits for the clock itself. What its host does is the host's to track.
  store.clock.after(0, () => void work(store, build).catch(fault).finally(stop));
};
