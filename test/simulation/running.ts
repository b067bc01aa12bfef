import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs';
import { desk } from './desk.ts';
import { placeOf } from './plan.ts';
import type { Running } from './seen.ts';
import { MADE_FOR } from './watch.ts';

const { ecs } = desk.clients;

/** How a service deployment is over. */
const ENDS: readonly string[] = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'];

/** By what ECS itself remembers of a service's deployments. */
const rolledOutTo = async (
  cluster: string,
  service: string,
): Promise<{ readonly ids: readonly string[]; readonly over: boolean }> => {
  const { serviceDeployments: listed = [] } = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service }));
  const serviceDeploymentArns = listed.flatMap(({ serviceDeploymentArn = '' }) => serviceDeploymentArn).slice(0, 20);
  const { serviceDeployments = [] } = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
  const serviceRevisionArns = serviceDeployments.flatMap(({ targetServiceRevision }) => targetServiceRevision?.arn ?? []);
  const { serviceRevisions = [] } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
  const definitions = new Set(serviceRevisions.map(({ taskDefinition = '' }) => taskDefinition));
  const ids: string[] = [];
  for (const taskDefinition of definitions) {
    const { tags = [] } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
    ids.push(...tags.flatMap(({ key, value = '' }) => (key === MADE_FOR ? [value] : [])));
  }
  return { ids, over: ENDS.includes(listed[0]?.status ?? '') };
};

/** What a place runs, and what was ever rolled out there. */
export const runningAt = async (place: number): Promise<Running> => {
  const { cluster, service } = placeOf(place);
  const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: found?.taskDefinition }));
  const image = taskDefinition?.containerDefinitions?.[0]?.image;
  const { ids, over } = await rolledOutTo(cluster, service);
  const [only, ...others] = found?.deployments ?? [];
  return {
    place,
    digest: image?.split('@')[1],
    definition: found?.taskDefinition ?? '',
    // It is told of rolling deployments alone.
    steady: others.length === 0 && (only?.rolloutState === undefined ? over : only.rolloutState === 'COMPLETED'),
    rolledOut: ids,
  };
};
