import { DeregisterTaskDefinitionCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { startPipeline } from '../scenarios/pipeline.ts';

type Pipeline = Awaited<ReturnType<typeof startPipeline>>;

export const SERVICE = 'adit-service-preprod';
const CLUSTER = 'adit-preprod';
const ALARM = 'adit-service-preprod-5xx';

const deploy = (pipeline: Pipeline, tag: string, more: object = {}) =>
  pipeline.deploy('preprod', `preprod:${tag}`, SERVICE, more);

const ended = async (pipeline: Pipeline, tag: string): Promise<string> => {
  await deploy(pipeline, tag);
  return (await pipeline.verdict(900)).type;
};

/** What nobody can read goes to the queue's dead letters, in the function's own role. */
const poison = async ({ sqs, pass }: Pipeline): Promise<void> => {
  for (const name of ['inbox', 'deploy.fifo', 'verify.fifo', 'rollback.fifo', 'promote.fifo', 'translate', 'measure']) {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `switchyard-${name}` }));
    const fifo = name.endsWith('.fifo') ? { MessageGroupId: 'preprod', MessageDeduplicationId: 'poison' } : {};
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"neither": "event nor wake"}', ...fifo }));
  }
  await pass(5);
};

/** Each function fails once, and lives to put its message off. */
const failOnce = (pipeline: Pipeline): void => {
  const failed = new Set<string>();
  pipeline.faults.failSoftly = true;
  pipeline.faults.crash = ({ function: name, action }) => {
    if (failed.has(name) || action === 'sqs:ChangeMessageVisibility' || name === 'sweep') return undefined;
    failed.add(name);
    return 'before';
  };
};

/** The answer of the start is lost, and what was begun is looked for among ECS's own deployments. */
const loseAnswer = (pipeline: Pipeline, of: string): void => {
  let lost = false;
  pipeline.faults.failSoftly = false;
  pipeline.faults.crash = ({ function: name, action }) => {
    if (lost || name !== of || action !== 'ecs:UpdateService') return undefined;
    lost = true;
    return 'after';
  };
};

const family = async ({ taskDefinition }: Pipeline): Promise<string> => (await taskDefinition(CLUSTER, SERVICE)).family ?? '';

/** Somebody puts the first revision back by hand while ours is under way. */
const othersChange = async (pipeline: Pipeline): Promise<string> => {
  await started(pipeline, 'better');
  const taskDefinition = `${await family(pipeline)}:1`;
  await pipeline.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, taskDefinition }));
  return (await pipeline.verdict(900)).type;
};

const started = async (pipeline: Pipeline, tag: string): Promise<string> => {
  const before = pipeline.told.length;
  await deploy(pipeline, tag);
  const event = await pipeline.until(
    (candidate) => candidate.type === 'DeploymentStarted' && pipeline.told.indexOf(candidate) >= before,
  );
  return event.detail.deployment;
};

/** One waits for the other, and a person gives it up. */
const cancelWaiting = async (pipeline: Pipeline): Promise<string> => {
  await started(pipeline, 'slow');
  const before = pipeline.told.length;
  await deploy(pipeline, 'good');
  const { detail } = await pipeline.until(
    (candidate) => candidate.type === 'DeploymentQueued' && pipeline.told.indexOf(candidate) >= before,
  );
  await pipeline.put('DeploymentCancelRequested', { environment: 'preprod', service: SERVICE, deployment: detail.deployment });
  return (await pipeline.verdicts(2, 900)).map(({ type }) => type).join(', ');
};

/** The start's answer and its message are lost, and ECS has undone the rollout by the time somebody looks. */
const undoneUnseen = async (pipeline: Pipeline): Promise<string> => {
  loseAnswer(pipeline, 'deploy');
  pipeline.faults.loseMessageOfCrash = true;
  await deploy(pipeline, 'crashing', { force: true, reason: 'to see it again' });
  const { type } = await pipeline.verdict(900);
  pipeline.faults.loseMessageOfCrash = false;
  return type;
};

/** The revision to go back to has been deregistered meanwhile: the same is registered again. */
const deregistered = async (pipeline: Pipeline): Promise<string> => {
  const { taskDefinitionArn } = await pipeline.taskDefinition(CLUSTER, SERVICE);
  await ended(pipeline, 'better');
  await pipeline.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }));
  return rollBack(pipeline);
};

const rollBack = async (pipeline: Pipeline, more: object = {}): Promise<string> => {
  await pipeline.put('RollbackRequested', { environment: 'preprod', service: SERVICE, reason: 'to see it', ...more });
  return (await pipeline.verdict(900)).type;
};

/** The other services of the catalogue: environment, repository, name. */
const OTHERS = [
  ['prod', 'prod', 'adit-service-prod'],
  ['prod', 'conflicto-backend-prod', 'conflicto-backend-service-prod'],
  ['dev', 'conflicto-backend-dev', 'conflicto-backend-service-dev'],
  ['staging', 'conflicto-backend-staging', 'conflicto-backend-service-staging'],
] as const;

/** Each of the others crashes once, and goes back to what ran before. */
const crashElsewhere = async (pipeline: Pipeline): Promise<string> => {
  for (const [environment, repository, service] of OTHERS) await pipeline.deploy(environment, `${repository}:crashing`, service);
  const verdicts = await pipeline.verdicts(OTHERS.length, 900);
  return verdicts.map(({ type }) => type).join(', ');
};

/** A version is promoted, on CI's evidence, and deployed where it goes. */
const promoted = async (pipeline: Pipeline): Promise<string> => {
  await pipeline.put('EvidenceRecorded', { image: 'preprod:good', kind: 'tests', tool: 'vitest', passed: true });
  await pipeline.retag('preprod', 'good', 'v1.0.0');
  return (await pipeline.verdict(900)).type;
};

/** Its answer comes after the messages that wake for it are lost: only the sweep is left. */
const unwoken = async (pipeline: Pipeline): Promise<void> => {
  pipeline.faults.lose = ({ function: name, action, body }) =>
    name !== 'sweep' && name !== 'route' && action === 'sqs:SendMessage' && body.includes('wake');
  await ended(pipeline, '4f9c2d1e8b7a6053c4d5e6f708192a3b4c5d6e7f');
  pipeline.faults.lose = () => false;
};

/** A bad image whose way back loses its answer. */
const lostWayBack = async (pipeline: Pipeline): Promise<void> => {
  loseAnswer(pipeline, 'rollback');
  await ended(pipeline, 'crashing');
};

const alarmed = async (pipeline: Pipeline): Promise<void> => {
  await ended(pipeline, 'late');
  await pipeline.setAlarm(ALARM, 'ALARM');
  await pipeline.verdict(900);
  await pipeline.setAlarm(ALARM, 'OK');
};

const mistyped = async (pipeline: Pipeline): Promise<void> => {
  await pipeline.deploy('preprod', 'preprod:good', 'adit-servce-preprod');
  await pipeline.verdict(900);
};

/**
 * Everything that the pipeline may have to do, after a service's first deployment: good and bad images, alarms, people, others' changes,
 * lost answers, failures, messages that cannot be read.
 */
const STEPS: readonly ((pipeline: Pipeline) => Promise<unknown>)[] = [
  promoted,
  (pipeline) => ended(pipeline, 'unhealthy'),
  lostWayBack,
  (pipeline) => ended(pipeline, 'crashing'),
  undoneUnseen,
  alarmed,
  unwoken,
  (pipeline) => rollBack(pipeline, { to: 'preprod:good' }),
  (pipeline) => rollBack(pipeline, { to: 'preprod:better' }),
  othersChange,
  cancelWaiting,
  deregistered,
  crashElsewhere,
  mistyped,
  poison,
];

/** Takes those steps (counted from 0), or all; `after` is told of each that is done (the first deployment is -1). */
export const makeCalls = async (
  pipeline: Pipeline,
  only: readonly number[] = [...STEPS.keys()],
  after: (step: number) => void = () => undefined,
): Promise<void> => {
  failOnce(pipeline);
  await pipeline.earnFirst('preprod', SERVICE);
  after(-1);
  for (const [index, step] of STEPS.entries()) {
    if (!only.includes(index)) continue;
    await step(pipeline);
    after(index);
  }
};
