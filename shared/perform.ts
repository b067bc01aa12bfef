import type { ECRClient } from '@aws-sdk/client-ecr';
import { countedAlarms } from './deployment/alarms.ts';
import { isLastNo } from './deployment/checking.ts';
import type { Effect, World } from './deployment/decision.ts';
import type { Checked, Input, Looked, RestoreAnswered, StartAnswered, Tried } from './deployment/input.ts';
import type { Observation, Reason, Revision, Rollout } from './deployment/observations.ts';
import { partsOf } from './deployment/parts.ts';
import type { Deployment } from './deployment/types.ts';
import { waveOf } from './deployment/waves.ts';
import { imageThere, resolveImage } from './registries/ecr.ts';
import { parseImageReference } from './registries/image-reference.ts';
import type { Runtime } from './runtime.ts';
import type { Whose } from './sharing.ts';
import { alarmsOf, alarmsThatAnswer } from './sites/alarms.ts';
import { type Asked, checksOf, healthOf } from './sites/checks.ts';
import type { Reach } from './sites/reach.ts';
import { NotYetError } from './targets/not-yet.ts';
import type { Job, Naming, Started, Target } from './targets/target.ts';

/** What the effects are performed with. */
export interface Tools {
  readonly runtime: Pick<Runtime, 'fetch' | 'timeout' | 'settings' | 'now'>;
  readonly targetOf: (deployment: Deployment) => Omit<Target, 'kind' | 'schema' | 'permissions'>;
  readonly reach: Reach;
  readonly ecr: ECRClient;
  readonly whose: Whose;
}

/** Performs what a state owes. "No" is an answer; what may be different next time is thrown. */
export const perform = (tools: Tools, effect: Effect, deployment: Deployment, world: World): Promise<Input> => {
  switch (effect.kind) {
    case 'look':
      return look(tools, deployment, world);
    case 'start':
      return start(tools, deployment);
    case 'observe':
      return observe(tools, deployment);
    case 'check':
      return deployment.state === 'verifying-rollback'
        ? checkRollback(tools, deployment)
        : check(tools, deployment, effect, world);
    case 'try':
      return tryOut(tools, deployment, effect, world);
    case 'look-back':
      return lookBack(tools, deployment, world);
    case 'restore':
      return restore(tools, deployment);
  }
};

const target = (tools: Tools, deployment: Deployment) => tools.targetOf(deployment);

const jobOf = (deployment: Deployment): Job => {
  const { asked, settings, image, before, rollout, restore: back, leaving, kind, startAttempts } = deployment;
  return {
    deployment: kind === 'rollback' ? (leaving?.deployment ?? deployment.id) : deployment.id,
    config: settings.target,
    allowedSeconds: Math.min(settings.rolloutSeconds, settings.rollbackSeconds),
    ...(image === undefined ? {} : { image, named: namingOf(deployment) }),
    ...(before === undefined ? {} : { before }),
    ...(rollout === undefined ? {} : { rollout }),
    ...(back === undefined ? {} : { restore: back }),
    ...(kind === 'rollback' ? { rollback: deployment.id } : { wave: waveOf(deployment) }),
    ...(kind === 'rollback' && asked.to !== undefined ? { exactly: true } : {}),
    again: startAttempts > 1 || (deployment.state === 'rolling-back' && startAttempts > 0 && rollout === undefined),
  };
};

/** The tag as it was asked for: it may have moved since. */
const namingOf = ({ asked: { image = '', version, commit } }: Deployment): Naming => {
  const reference = parseImageReference(image);
  const tag = 'problem' in reference ? undefined : reference.tag;
  return {
    ...(tag === undefined ? {} : { tag }),
    ...(version === undefined ? {} : { version }),
    ...(commit === undefined ? {} : { commit }),
  };
};

const look = async (tools: Tools, deployment: Deployment, world: World): Promise<Looked> => {
  const answer = await target(tools, deployment).current(jobOf(deployment));
  const current = answer.kind === 'refused' ? { refused: answer.failure } : { current: answer.current };
  if ('refused' in current || deployment.kind === 'rollback') return { kind: 'looked', current, alarms: [] };
  const [alarms, missing, well] = await Promise.all([
    readAlarms(tools, deployment, world),
    missingImage(tools, deployment),
    wantsHealth(deployment, world, current.current) ? healthOf(tools, deployment) : undefined,
  ]);
  return { kind: 'looked', current, alarms, ...(missing ? { missing } : {}), ...(well ? { health: well } : {}) };
};

/** Asked where it decides, before anything is begun: whether what others put there is adopted, and whether there is anything to do at all. */
const wantsHealth = ({ image, state }: Deployment, { service }: World, current: NonNullable<Deployment['before']>): boolean => {
  if (state !== 'starting' || !current.settled || current.desired === 0) return false;
  const { id, digest } = current.revision;
  const verified = service.verified.some(({ revision }) => revision.id === id);
  return !verified || (digest !== undefined && (image?.digest === digest || image?.platforms.includes(digest) === true));
};

const missingImage = async (tools: Tools, { image }: Deployment): Promise<Reason | undefined> => {
  if (image === undefined) return undefined;
  const answer = await imageThere(tools.ecr, image.repository, image.digest);
  return answer.there ? undefined : answer.reason;
};

const start = async (tools: Tools, deployment: Deployment): Promise<StartAnswered> => {
  const answer = await target(tools, deployment).start(jobOf(deployment));
  return {
    kind: 'start-answered',
    answer:
      answer.kind === 'started'
        ? startedOf(answer)
        : { refused: answer.failure, ...(answer.begun === undefined ? {} : { begun: answer.begun }) },
  };
};

const startedOf = ({ kind: _, ...started }: Extract<Started, { kind: 'started' }>) => started;

const observe = async (tools: Tools, deployment: Deployment): Promise<Input> => {
  const rollout = required(deployment.rollout, deployment);
  return { kind: 'observed', observation: await seen(tools, deployment, rollout) };
};

/** A target that has asked, and has no answer yet, has not failed to answer. */
const seen = async (tools: Tools, deployment: Deployment, rollout: Rollout): Promise<Observation> => {
  try {
    return await target(tools, deployment).observe(jobOf(deployment), rollout);
  } catch (error) {
    if (error instanceof NotYetError) return { phase: 'asked', lookInSeconds: error.seconds };
    throw error;
  }
};

/** The service is asked first; the target last, since the verdict rests on it, or the blame: what answers badly may be another's, or nobody. */
const check = async (
  tools: Tools,
  deployment: Deployment,
  effect: Extract<Effect, { kind: 'check' }>,
  world: World,
): Promise<Checked> => {
  const asked = effect.health ? await checksOf(tools, deployment, 'production') : {};
  const alarms = await readAlarms(tools, deployment, world);
  const answered = { kind: 'checked', alarms, ...asked } as const;
  if (!(allPassed(asked) ? effect.observe : isLastNo(deployment, asked))) return answered;
  const rollout = required(deployment.rollout, deployment);
  return { ...answered, observation: await seen(tools, deployment, rollout) };
};

const readAlarms = async ({ reach, whose }: Tools, { settings, id }: Deployment, { service }: World) =>
  whose(service, await alarmsOf(settings, reach, id));

const allPassed = ({ health: well, smoke: tested = [] }: Asked): boolean =>
  well?.healthy !== false && tested.every(({ passed }) => passed);

/** The alarms are read last: an answer lets traffic through. */
const tryOut = async (
  tools: Tools,
  deployment: Deployment,
  effect: Extract<Effect, { kind: 'try' }>,
  world: World,
): Promise<Tried> => {
  const { pause, traffic } = effect;
  const asked = await checksOf(tools, deployment, traffic, partsOf(pause));
  const alarms = await readAlarms(tools, deployment, world);
  if (allPassed(asked) && countedAlarms(deployment, alarms).length === 0)
    await target(tools, deployment).proceed?.(jobOf(deployment), required(deployment.rollout, deployment), pause);
  return { kind: 'tried', traffic, alarms, ...asked };
};

/** Whether the destination runs decides whether anything else is worth asking. */
const checkRollback = async (tools: Tools, deployment: Deployment): Promise<Checked> => {
  const rollout = required(deployment.restore, deployment);
  const observation = await seen(tools, deployment, rollout);
  if (observation.phase !== 'completed') return { kind: 'checked', alarms: [], observation };
  const well = observation.desired === 0 ? undefined : await healthOf(tools, deployment);
  const alarms = await alarmsOf(deployment.settings, tools.reach, deployment.id);
  return { kind: 'checked', alarms, observation, ...(well === undefined ? {} : { health: well }) };
};

const required = (rollout: Rollout | undefined, { id, state }: Deployment): Rollout => {
  if (rollout === undefined) throw new Error(`deployment ${id} is ${state} without a rollout`);
  return rollout;
};

const lookBack = async (tools: Tools, deployment: Deployment, { service }: World): Promise<Looked> => {
  const [readings, missing] = await Promise.all([
    alarmsThatAnswer(deployment.settings, tools.reach, deployment.id),
    missingDestination(tools, deployment.destination),
  ]);
  const alarms = await tools.whose(service, readings);
  return { kind: 'looked', alarms, ...(missing ? { missing } : {}) };
};

/** Only a registry that can be asked can say no; an image from elsewhere is the target's to pull. */
const missingDestination = async ({ ecr, runtime }: Tools, destination: Revision | undefined): Promise<Reason | undefined> => {
  if (destination === undefined) return undefined;
  const reference = parseImageReference(destination.image);
  if ('problem' in reference || reference.ecr === undefined) return undefined;
  const { account, region } = runtime.settings;
  if (reference.ecr.account !== account || reference.ecr.region !== region) return undefined;
  const resolved = await resolveImage(ecr, reference);
  return 'problem' in resolved ? resolved.problem : undefined;
};

const restore = async (tools: Tools, deployment: Deployment): Promise<RestoreAnswered> => {
  const { destination } = deployment;
  if (destination === undefined) throw new Error(`deployment ${deployment.id} is ${deployment.state} without a destination`);
  const answer = await target(tools, deployment).restore(jobOf(deployment), destination);
  switch (answer.kind) {
    case 'called':
      return { kind: 'restore-answered', answer: { did: 'called', rollout: answer.rollout } };
    case 'nothing':
      return {
        kind: 'restore-answered',
        answer: { did: 'nothing', settled: answer.settled, ...(answer.rollout === undefined ? {} : { rollout: answer.rollout }) },
      };
    case 'watch':
      return { kind: 'restore-answered', answer: { did: 'watch' } };
    case 'taken-over':
      return { kind: 'restore-answered', answer: { did: 'taken-over', running: answer.running, message: answer.message } };
    case 'refused':
      return { kind: 'restore-answered', answer: { did: 'refused', failure: answer.failure } };
  }
};
