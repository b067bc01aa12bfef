import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  BatchGetImageCommand,
  ImageAlreadyExistsException,
  PutImageCommand,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr';
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Clock } from '../../local/clock.ts';
import { ACCOUNT, REGION } from '../../local/service.ts';
import { isByCodeDeploy, servedBy, serviceAt, shiftByHand } from './code-deploy.ts';
import { askedBy, BUS, desk, redrive, URL } from './desk.ts';
import { changeFunction } from './functions-of-lambda.ts';
import { changeZip, deleteVersions } from './functions-of-zips.ts';
import { builtFrom } from './github.ts';
import { changeHost } from './hosts.ts';
import type { simulatedModules } from './modules-of-terraform.ts';
import { placeOf } from './places.ts';
import { isElsewhere, type Kind, type Step } from './plan.ts';
import type { Asked } from './seen.ts';

const { bus, cloudwatch, ecr, ecs, sqs } = desk.clients;

const put = async (type: string, detail: object, Time: Date): Promise<void> => {
  const entry = { EventBusName: BUS, Source: 'ci', DetailType: type, Detail: JSON.stringify(detail), Time };
  await bus.send(new PutEventsCommand({ Entries: [entry] }));
};

/** The reason of every cancel. */
export const CANCELLED = 'somebody has changed their mind';

const byHand = async ({ place, tag }: Extract<Step, { readonly do: 'by-hand' }>): Promise<void> => {
  const { cluster, service, repository } = placeOf(place);
  const found = await serviceAt(cluster, service);
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: servedBy(found) }));
  const {
    family,
    containerDefinitions = [],
    networkMode,
    requiresCompatibilities,
    cpu,
    memory,
    executionRoleArn,
    taskRoleArn,
  } = taskDefinition ?? {};
  const image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${repository}:${tag}`;
  const same = { family, networkMode, requiresCompatibilities, cpu, memory, executionRoleArn, taskRoleArn };
  const changed = { ...same, containerDefinitions: containerDefinitions.map((one) => ({ ...one, image })) };
  const registered = await ecs.send(new RegisterTaskDefinitionCommand(changed));
  const { taskDefinitionArn = '' } = registered.taskDefinition ?? {};
  if (isByCodeDeploy(found)) await shiftByHand(service, found, taskDefinitionArn);
  else await ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition: taskDefinitionArn }));
};

const deregister = async ({ place }: Extract<Step, { readonly do: 'deregister' }>): Promise<void> => {
  const { cluster, service } = placeOf(place);
  const runs = servedBy(await serviceAt(cluster, service));
  const familyPrefix = runs.slice(runs.lastIndexOf('/') + 1).split(':')[0];
  const { taskDefinitionArns = [] } = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix, status: 'ACTIVE' }));
  for (const taskDefinition of taskDefinitionArns)
    if (taskDefinition !== runs) await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
};

export interface PeopleOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly kind: Kind | undefined;
  readonly modules: Pick<ReturnType<typeof simulatedModules>, 'changeByHand' | 'lockByHand'>;
  /** The functions and their catalogue are replaced. */
  readonly replaceFunctions: () => void;
}

/** What people, CI and the alarms' cause do, a step of the plan at a time. `asked`: what was put on the bus; `cancels`: of which deployments. */
export const people = ({ clock, kind, modules, replaceFunctions }: PeopleOptions) => {
  const asked: Asked[] = [];
  const cancels: string[] = [];
  const promotions: Extract<Step, { readonly do: 'promote' }>[] = [];
  const changeByHand = (step: Extract<Step, { readonly do: 'by-hand' }>): Promise<void> => {
    if (!isElsewhere(step.place, kind)) return byHand(step);
    switch (kind) {
      case 'hosts':
        return changeHost(step);
      case 'terraform':
        return modules.changeByHand(step);
      case 'alias':
      case 'function':
        return changeFunction(step, kind === 'alias');
      case 'zip-alias':
      case 'zip-function':
        return changeZip(step, kind === 'zip-alias');
    }
  };
  const perform = async (step: Step): Promise<void> => {
    const now = new Date(clock.now());
    switch (step.do) {
      case 'deploy': {
        const { environment, service, repository } = placeOf(step.place);
        const insisting = step.force ? { force: true, reason: 'simulated' } : {};
        const image = `${repository}:${step.tag}`;
        const built = kind === 'github' ? builtFrom(step.tag) : {};
        const detail = { environment, service, image, requestId: step.request, ...built, ...insisting };
        const at = new Date(clock.now() - step.age * 1000);
        for (let time = 0; time < step.times; time += 1) await put('DeployRequested', detail, at);
        asked.push({ step, at: Math.min(at.getTime(), clock.now()) });
        return;
      }
      case 'wrong-name': {
        const { environment } = placeOf(step.place);
        await put('DeployRequested', { environment, service: 'nobody', image: 'x:y', requestId: step.request }, now);
        asked.push({ step, at: now.getTime() });
        return;
      }
      case 'rollback': {
        const { environment, service, repository } = placeOf(step.place);
        const { from, to, age = 0 } = step;
        const at = new Date(clock.now() - age * 1000);
        const named = {
          ...(from === undefined ? {} : { from: `${repository}:${from}` }),
          ...(to === undefined ? {} : { to: `${repository}:${to}` }),
        };
        const detail = { environment, service, reason: 'simulated', requestId: step.request, ...named };
        for (let time = 0; time < step.times; time += 1) await put('RollbackRequested', detail, at);
        asked.push({ step, at: at.getTime() });
        return;
      }
      case 'cancel': {
        const [known] = await askedBy(step.request);
        if (known === undefined) return;
        const { environment, service, id: deployment } = known;
        await put('DeploymentCancelRequested', { environment, service, deployment, reason: CANCELLED }, now);
        cancels.push(deployment);
        return;
      }
      case 'alarm': {
        const AlarmName = `${placeOf(step.place).service}-5xx`;
        await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: step.state, StateReason: 'simulated' }));
        return;
      }
      case 'by-hand':
        return changeByHand(step);
      case 'scale': {
        const { cluster, service } = placeOf(step.place);
        await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: step.desired }));
        return;
      }
      case 'archive': {
        const { repository: repositoryName } = placeOf(step.place);
        const imageId = { imageTag: step.tag };
        await ecr.send(new UpdateImageStorageClassCommand({ repositoryName, imageId, targetStorageClass: 'ARCHIVE' }));
        return;
      }
      case 'deregister':
        return deregister(step);
      case 'lock':
        return modules.lockByHand(step);
      case 'delete-versions':
        return deleteVersions(step);
      case 'move-tag': {
        const { repository: repositoryName } = placeOf(step.place);
        const imageIds = [{ imageTag: step.tag }];
        const { images: [image] = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds }));
        await ecr.send(new PutImageCommand({ repositoryName, imageManifest: image?.imageManifest, imageTag: 'moving' }));
        return;
      }
      case 'push': {
        const { repository: repositoryName } = placeOf(step.place);
        const { images: [image] = [] } = await ecr.send(
          new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: step.tag }] }),
        );
        if (image === undefined) return;
        const { imageManifest, imageManifestMediaType } = image;
        const again = (error: unknown) => {
          if (!(error instanceof ImageAlreadyExistsException)) throw error;
        };
        await ecr
          .send(new PutImageCommand({ repositoryName, imageManifest, imageManifestMediaType, imageTag: step.as }))
          .catch(again);
        return;
      }
      case 'promote': {
        const detail = { image: `${placeOf(0).repository}:${step.tag}`, to: placeOf(step.place).environment, tag: step.as };
        for (let time = 0; time < step.times; time += 1)
          await put('PromotionRequested', { ...detail, requestId: step.request }, now);
        promotions.push(step);
        return;
      }
      case 'evidence': {
        const image = `${placeOf(step.place).repository}:${step.tag}`;
        await put('EvidenceRecorded', { image, kind: 'tests', tool: 'simulated', passed: step.passed }, now);
        return;
      }
      case 'garbage':
        await sqs.send(new SendMessageCommand({ QueueUrl: `${URL}switchyard-inbox`, MessageBody: step.what }));
        return;
      case 'redrive':
        return redrive();
      case 'replace-functions':
        replaceFunctions();
    }
  };
  return { asked, cancels, promotions, perform };
};
