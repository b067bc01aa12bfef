import { AwsError, refuseOthers } from '../errors.ts';
import { placeIn } from '../place.ts';
import { ecsArn } from './identifiers.ts';
import type { Cluster, EcsStore, Service, TaskDefinition } from './model.ts';

export type Input = Readonly<Record<string, unknown>>;

export const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);

export const client = (message: string): AwsError => new AwsError('ClientException', message);

/** A name, or the last part of an ARN; another region's is refused, as users report it of ECS. */
export const nameIn = ({ place }: Pick<EcsStore, 'place'>, nameOrArn: string): string => {
  const { account, region } = placeIn(nameOrArn, place);
  if (region !== place.region) throw invalid('Invalid Region in ARN');
  if (account !== place.account) throw invalid('Invalid Account in ARN');
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
};

export const text = (input: Input, member: string): string | undefined =>
  typeof input[member] === 'string' ? (input[member] as string) : undefined;

export const texts = (input: Input, member: string): readonly string[] =>
  Array.isArray(input[member]) ? (input[member] as string[]) : [];

/** Refuses by name what this cloud does not do. */
export const onlyKnown = refuseOthers('InvalidParameterException');

export const clusterOf = (store: EcsStore, input: Input): Cluster => {
  const name = nameIn(store, text(input, 'cluster') ?? 'default');
  const found = store.clusters.get(name);
  if (found === undefined) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  return found;
};

export const findService = (store: EcsStore, cluster: Cluster, nameOrArn: string): Service | undefined =>
  store.services.get(`${cluster.name}/${nameIn(store, nameOrArn)}`);

export const serviceOf = (store: EcsStore, input: Input): Service => {
  const cluster = clusterOf(store, input);
  const found = findService(store, cluster, text(input, 'service') ?? '');
  if (found === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  if (found.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  return found;
};

/** Whose service deployment it is. */
export const serviceOfRecord = (store: EcsStore, arn: string): Service => {
  const found = [...store.services.values()].find(({ records }) => records.some((record) => record.arn === arn));
  if (found === undefined) throw new AwsError('ServiceDeploymentNotFoundException', 'The service deployment was not found.');
  return found;
};

/** `family`, `family:revision` or an ARN; a family alone means its newest active revision. */
export const definitionOf = (store: EcsStore, nameOrArn: string): TaskDefinition => {
  const [family = '', revision] = nameIn(store, nameOrArn).split(':');
  const all = store.definitions.get(family) ?? [];
  const found =
    revision === undefined
      ? all.findLast(({ status }) => status === 'ACTIVE')
      : all.find((definition) => String(definition.revision) === revision);
  if (found === undefined) throw client('Unable to describe task definition.');
  return found;
};

/** A definition that may be rolled out. */
export const activeDefinitionOf = (store: EcsStore, nameOrArn: string): TaskDefinition => {
  const [family = '', revision] = nameIn(store, nameOrArn).split(':');
  const found = store.definitions.get(family)?.find((definition) => String(definition.revision) === revision);
  if (revision === undefined || found?.status === 'ACTIVE') return definitionOf(store, nameOrArn);
  throw client(found === undefined ? 'TaskDefinition not found.' : 'TaskDefinition is inactive');
};

export const definitionArn = (store: EcsStore, family: string, revision: number): string =>
  ecsArn(store, `task-definition/${family}:${revision}`);
