import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs';
import { isByCodeDeploy, servedBy, serviceAt, shiftedTo } from './code-deploy.ts';
import { desk } from './desk.ts';
import { runningInFunction } from './functions-of-lambda.ts';
import { runningOnHost } from './hosts.ts';
import { runningInModule } from './modules-of-terraform.ts';
import { placeOf, SHARING } from './places.ts';
import { isElsewhere, type Kind, SITES } from './plan.ts';
import type { Running } from './seen.ts';
import { MADE_FOR } from './watch.ts';

/** How a service deployment is over. */
const ENDS: readonly string[] = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'];

/** What was rolled out to a service; `begun`: when first, in milliseconds, where ECS tells it. */
interface RolledOut {
  readonly definitions: readonly string[];
  readonly begun?: ReadonlyMap<string, number>;
  readonly over: boolean;
}

/** By what ECS itself remembers of a service's deployments. */
const rolledOutTo = async (ecs: ECSClient, cluster: string, service: string): Promise<RolledOut> => {
  const { serviceDeployments: listed = [] } = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service }));
  const serviceDeploymentArns = listed.flatMap(({ serviceDeploymentArn = '' }) => serviceDeploymentArn).slice(0, 20);
  const { serviceDeployments = [] } = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
  const serviceRevisionArns = serviceDeployments.flatMap(({ targetServiceRevision }) => targetServiceRevision?.arn ?? []);
  const { serviceRevisions = [] } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
  const definitions = serviceRevisions.map(({ taskDefinition = '' }) => taskDefinition);
  const begun = new Map<string, number>();
  for (const { serviceRevisionArn, taskDefinition = '' } of serviceRevisions) {
    const of = serviceDeployments.filter(({ targetServiceRevision }) => targetServiceRevision?.arn === serviceRevisionArn);
    const times = of.flatMap(({ createdAt }) => createdAt?.getTime() ?? []);
    begun.set(taskDefinition, Math.min(begun.get(taskDefinition) ?? Number.POSITIVE_INFINITY, ...times));
  }
  return { definitions, begun, over: ENDS.includes(listed[0]?.status ?? '') };
};

interface Made {
  readonly definition: string;
  readonly deployment: string;
}

const madeFor = async (ecs: ECSClient, definitions: Iterable<string>): Promise<readonly Made[]> => {
  const made: Made[] = [];
  for (const definition of definitions) {
    const { tags = [] } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: definition, include: ['TAGS'] }));
    made.push(...tags.flatMap(({ key, value = '' }) => (key === MADE_FOR ? [{ definition, deployment: value }] : [])));
  }
  return made;
};

/** What a place runs, and what was ever rolled out there; of several sites all of it, by the site's name. */
export const runningAt = async (place: number, kind: Kind | undefined, fetch: typeof globalThis.fetch): Promise<Running> => {
  if (isElsewhere(place, kind)) {
    if (kind === 'terraform') return runningInModule(place);
    return kind === 'hosts' ? runningOnHost(place, fetch) : runningInFunction(place, kind === 'alias' || kind === 'zip-alias');
  }
  if (kind !== 'sites' || placeOf(place) === SHARING) return runningIn(place, desk.clients.ecs);
  const sites = await Promise.all(
    SITES.map(async ({ name, region }) => ({ name, ...(await runningIn(place, desk.ecsIn(region))) })),
  );
  const digests = new Set(sites.map(({ digest }) => digest));
  return {
    place,
    digest: digests.size === 1 ? sites[0]?.digest : undefined,
    definition: sites.map(({ name, definition }) => `${name}=${definition}`).join(' '),
    steady: sites.every(({ steady }) => steady),
    rolledOut: sites.flatMap(({ name, rolledOut }) => rolledOut.map((id) => `${name} ${id}`)),
  };
};

const runningIn = async (place: number, ecs: ECSClient): Promise<Running> => {
  const { cluster, service } = placeOf(place);
  const found = await serviceAt(cluster, service, ecs);
  const definition = servedBy(found);
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: definition }));
  const image = taskDefinition?.containerDefinitions?.[0]?.image;
  const shown: RolledOut = isByCodeDeploy(found) ? await shiftedTo(service) : await rolledOutTo(ecs, cluster, service);
  const { definitions, begun, over } = shown;
  const made = await madeFor(ecs, isByCodeDeploy(found) ? definitions : new Set(definitions));
  const [only, ...others] = isByCodeDeploy(found) ? (found.taskSets ?? []) : (found.deployments ?? []);
  const state = only !== undefined && 'rolloutState' in only ? only.rolloutState : undefined;
  return {
    place,
    digest: image?.split('@')[1],
    definition,
    // The state is told of rolling deployments alone.
    steady: others.length === 0 && (state === undefined ? over : state === 'COMPLETED'),
    rolledOut: made.map(({ deployment }) => deployment),
    ...(begun === undefined
      ? {}
      : { begun: Object.fromEntries(made.map(({ deployment, definition }) => [deployment, begun.get(definition) ?? 0])) }),
  };
};
