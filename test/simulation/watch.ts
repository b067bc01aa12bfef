import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { type AttributeValue, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { InterceptedCall } from '../../local/faults.ts';
import { groupOf, servedBy, serviceAt } from './code-deploy.ts';
import { BUS, desk } from './desk.ts';
import type { Run } from './functions.ts';
import { CHANGES_OF_FUNCTIONS, functionIn } from './functions-of-lambda.ts';
import { hostIn, isHostChanged } from './hosts.ts';
import { MARGIN } from './invariants/events.ts';
import { CHANGES_OF_MODULES, isBuildOfOurs, moduleIn } from './modules-of-terraform.ts';
import { PLACES, type Place, placeOf } from './places.ts';
import { isRolling, type Plan } from './plan.ts';
import { BEGIN, type Item } from './seen.ts';

/** Services that are asked about targets. */
const ASKS = ['ecs', 'codedeploy', 'lambda', 'ssm', 'cloudwatch', 'codebuild', 's3'];

const TARGETS = ['ecs', 'codedeploy'];

/** The tag by which a task definition tells for which deployment it was made. */
export const MADE_FOR = 'switchyard:deployment';

/** Calls that change a target. */
const CHANGES = [
  'CreateDeployment',
  'StopDeployment',
  'UpdateService',
  'StopServiceDeployment',
  'ContinueServiceDeployment',
  'StopTask',
];

const namedIn = ({ service, serviceDeploymentArn, deploymentGroupName }: Changing): string | undefined =>
  deploymentGroupName ?? serviceDeploymentArn?.split('/').at(-2) ?? service?.split('/').at(-1);

/** The group of a deployment of CodeDeploy. */
const shiftedBy = async (deploymentId: string): Promise<string | undefined> =>
  (await codedeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo?.deploymentGroupName;

const STOPS = ['StopDeployment', 'StopServiceDeployment', 'ContinueServiceDeployment'];

/** Whether a service deployment brings a revision that the pipeline has made. */
const isOurs = async (arn = ''): Promise<boolean> => {
  const { serviceDeployments: [found] = [] } = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
  );
  const serviceRevisionArns = [found?.targetServiceRevision?.arn ?? ''];
  const { serviceRevisions: [target] = [] } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
  const { tags = [] } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: target?.taskDefinition, include: ['TAGS'] }),
  );
  return tags.some(({ key }) => key === MADE_FOR);
};

const isShiftedByUs = async (deploymentId: string): Promise<boolean> => {
  const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId }));
  return deploymentInfo?.description?.startsWith('switchyard ') === true;
};

interface Changing {
  readonly deploymentGroupName?: string;
  readonly deploymentId?: string;
  readonly service?: string;
  readonly taskDefinition?: string;
  readonly serviceDeploymentArn?: string;
  readonly action?: string;
  readonly revision?: { readonly appSpecContent?: { readonly content?: string } };
}

const { cloudwatch, codedeploy, dynamodb, ecs } = desk.clients;

/** Since when the alarms fire that a run has read, by its request id and the alarm's ARN, as it read them last. */
type Readings = Map<string, Map<string, number>>;

/** What a transaction writes over the deployments it names, of the members that count here. */
const written = (input: string): Item[] => {
  const { TransactItems = [] } = JSON.parse(input) as {
    readonly TransactItems?: readonly { readonly Put?: { readonly Item: Record<string, AttributeValue> } }[];
  };
  const items = TransactItems.flatMap(({ Put }) => (Put === undefined ? [] : [unmarshall(Put.Item)]));
  return items.filter(({ pk, sk }) => String(pk).startsWith('deployment#') && sk === 'state');
};

/** From a look at what runs until the call that rests on it, in seconds: calls are late. */
const ON_THE_WAY = 150;

/**
 * What must hold at each call of a function, as the table says at that moment. `time`: seconds since the beginning. `plan`: who else changes
 * what.
 */
export const watching = (time: () => number, wrong: string[], plan: Plan) => {
  const itemOf = async (pk: string): Promise<Item | undefined> => {
    const Key = { pk: { S: pk }, sk: { S: 'state' } };
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: BUS, Key, ConsistentRead: true }));
    return Item === undefined ? undefined : unmarshall(Item);
  };

  /** I4: what others have put there since the deployment looked, or began, is not replaced. */
  const requireTheirsStays = async (place: Place, active: string, run: Run): Promise<void> => {
    const hands = plan.steps.filter((step) => step.do === 'by-hand' && placeOf(step.place) === place);
    if (hands.length === 0 || !isRolling(plan)) return;
    const { before, rollout, baselineAt } = (await itemOf(`deployment#${active}`)) ?? {};
    const since = rollout?.startedAt ?? baselineAt;
    if (since === undefined || before === undefined || (rollout === undefined && !before.settled)) return;
    const from = (since - BEGIN + MARGIN) / 1000;
    if (!hands.some((step) => step.at > from && step.at < time() - ON_THE_WAY)) return;
    const taskDefinition = servedBy(await serviceAt(place.cluster, place.service));
    const { tags = [] } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
    if (taskDefinition !== before.revision.id && !tags.some(({ key }) => key === MADE_FOR))
      wrong.push(`I4: ${run.name} replaced ${taskDefinition} at ${time()} s, which others had put there`);
  };

  /** Answers the deployment that has the service; `undefined`: none, or it is no place of the plan. */
  const requireLeaseOf = async (name: string | undefined, run: Run, action: string): Promise<string | undefined> => {
    const place = PLACES.find((one) => name === one.service || name === groupOf(one.service));
    if (place === undefined) return undefined;
    const { lease, active } = (await itemOf(`service#${place.environment}#${place.service}`)) ?? {};
    if (lease?.by !== run.requestId)
      wrong.push(`I2: ${run.name} called ${action} at ${time()} s, and the lease of ${name} is ${JSON.stringify(lease)}`);
    if (active === undefined) wrong.push(`I2: ${run.name} called ${action} at ${time()} s, and ${name} has no active deployment`);
    return active;
  };

  /** I2: a function changes a target only while it holds the service's lease, and only for the deployment that has the service. */
  const requireLease = async (run: Run, action: string, input: string): Promise<void> => {
    const { taskDefinition: given, revision, ...rest } = JSON.parse(input) as Changing;
    const taskDefinition =
      given ?? /arn:aws:ecs:[^"]*:task-definition\/[^"\\]*/.exec(revision?.appSpecContent?.content ?? '')?.[0];
    // A pause's name is a token: to answer it with "go on" too late does nothing.
    if (rest.action === 'CONTINUE') return;
    const name = rest.deploymentId === undefined ? namedIn(rest) : await shiftedBy(rest.deploymentId);
    const active = await requireLeaseOf(name, run, action);
    if (active === undefined) return;
    const place = PLACES.find(({ service }) => service === name);
    if (place !== undefined && action === 'UpdateService') await requireTheirsStays(place, active, run);
    if (!run.name.startsWith('deploy') || taskDefinition === undefined) return;
    const [, , , region = ''] = taskDefinition.split(':');
    const { tags = [] } = await desk.ecsIn(region).send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
    const made = tags.find(({ key }) => key === MADE_FOR)?.value;
    if (made !== active)
      wrong.push(`I2: ${run.name} started ${made} at ${time()} s, and it is ${active} that is active in ${name}`);
  };

  /** I2: what somebody else has begun is theirs: it is not stopped. */
  const requireOwn = async (run: Run, action: string, input: string): Promise<void> => {
    const { serviceDeploymentArn, deploymentId, ...rest } = JSON.parse(input) as Changing;
    if (rest.action === 'CONTINUE') return;
    const own = deploymentId === undefined ? await isOurs(serviceDeploymentArn) : await isShiftedByUs(deploymentId);
    if (!own)
      wrong.push(
        `I2: ${run.name} called ${action} at ${time()} s, of ${serviceDeploymentArn ?? deploymentId}, which it did not begin`,
      );
  };

  const requireOwnBuild = async (run: Run, input: string): Promise<void> => {
    const { id } = JSON.parse(input) as { readonly id: string };
    if (!(await isBuildOfOurs(id))) wrong.push(`I2: ${run.name} stopped build ${id} at ${time()} s, which it did not begin`);
  };

  const readings: Readings = new Map();

  const rememberReading = async (run: Run, input: string): Promise<void> => {
    const { AlarmNames = [] } = JSON.parse(input) as { readonly AlarmNames?: string[] };
    const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames }));
    const read = readings.get(run.requestId) ?? new Map<string, number>();
    for (const { AlarmArn = '', StateValue, StateTransitionedTimestamp } of MetricAlarms) {
      if (StateValue === 'ALARM') read.set(AlarmArn, StateTransitionedTimestamp?.getTime() ?? 0);
      else read.delete(AlarmArn);
    }
    readings.set(run.requestId, read);
  };

  /** I3: a function that has itself read an alarm that speaks against what runs does not say that all is well. */
  const requireQuietAlarms = (run: Run, input: string): void => {
    const read = readings.get(run.requestId);
    if (read === undefined) return;
    for (const { id, state, settings, baseline, rollout, restore } of written(input)) {
      // Of one that ran already nothing was started, and nothing may fire.
      const since: number | undefined =
        state === 'succeeded' ? (rollout?.startedAt ?? 0) : state === 'rolled-back' ? restore?.startedAt : undefined;
      if (since === undefined) continue;
      const own = (settings.alarms as string[]).filter((arn) => !baseline.includes(arn));
      for (const arn of own.filter((one) => (read.get(one) ?? 0) > since))
        wrong.push(`I3: ${run.name} found ${id} ${state} at ${time()} s, and had just read that ${arn} fires`);
    }
  };

  return {
    async arriving(run: Run, { service, action, input, request }: InterceptedCall): Promise<void> {
      // A step goes on from what was seen: whatever has changed since, and be it the way back, makes Lambda refuse it.
      const isStep = action === 'UpdateAlias' && run.name.startsWith('verify') && /"RevisionId":"[^"]+"/.test(input);
      if (service === 'lambda' && CHANGES_OF_FUNCTIONS.includes(action) && !isStep)
        await requireLeaseOf(functionIn(request.path), run, action);
      if (isHostChanged(service, action, input)) await requireLeaseOf(hostIn(input), run, action);
      if (service === 'codebuild' && CHANGES_OF_MODULES.includes(action)) await requireLeaseOf(moduleIn(input), run, action);
      if (service === 'codebuild' && action === 'StopBuild') await requireOwnBuild(run, input);
      if (TARGETS.includes(service) && CHANGES.includes(action)) await requireLease(run, action, input);
      if (TARGETS.includes(service) && STOPS.includes(action)) await requireOwn(run, action, input);
      if (action === 'DescribeAlarms') await rememberReading(run, input);
      if (action === 'TransactWriteItems') requireQuietAlarms(run, input);
      if (run.overtaken && ASKS.includes(service))
        wrong.push(`I9: ${run.name} called ${service}:${action} at ${time()} s, for a wake that was overtaken`);
    },
  };
};

/** I9: a wake carries a number, and does nothing once the deployment has another. */
export const isOvertaken = async (event: unknown): Promise<boolean> => {
  const { Records: [record, ...others] = [] } = event as { readonly Records?: readonly { readonly body: string }[] };
  if (record === undefined || others.length > 0 || !record.body.startsWith('{"wake"')) return false;
  const { wake } = JSON.parse(record.body) as { readonly wake?: { readonly deployment?: string; readonly number?: number } };
  if (wake?.deployment === undefined || wake.number === undefined) return false;
  const Key = { pk: { S: `deployment#${wake.deployment}` }, sk: { S: 'state' } };
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: BUS, Key, ConsistentRead: true }));
  return Item !== undefined && unmarshall(Item)['wakeNumber'] > wake.number;
};
