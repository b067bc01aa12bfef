import type { Action } from '../../service.ts';
import { definitionAnswer } from '../answers.ts';
import { secondsNow } from '../identifiers.ts';
import { client, definitionArn, text } from '../lookup.ts';
import type { ContainerDefinition, EcsStore, Tag, TaskDefinition } from '../model.ts';

/** Developer Guide, "Amazon ECS service quotas": containers, and bytes of a task definition. */
const MOST_CONTAINERS = 10;
const MOST_BYTES = 64 * 1024;

interface RawContainer extends Readonly<Record<string, unknown>> {
  readonly name?: string;
  readonly image?: string;
  readonly essential?: boolean;
}

/** What ECS fills in (DescribeTaskDefinition of a definition that was registered without them). */
const withDefaults = (container: RawContainer) => ({
  cpu: 0,
  portMappings: [],
  essential: true,
  environment: [],
  mountPoints: [],
  volumesFrom: [],
  systemControls: [],
  ...container,
});

const containersOf = (raw: unknown): readonly RawContainer[] => {
  if (!Array.isArray(raw) || raw.length === 0) throw client('Container list cannot be empty.');
  if (raw.length > MOST_CONTAINERS) throw client(`A task definition has at most ${MOST_CONTAINERS} containers.`);
  const names = (raw as RawContainer[]).map(({ name }) => name);
  if (new Set(names).size < names.length) throw client('Container.name should be unique within a task definition.');
  for (const { name, image } of raw as RawContainer[]) {
    if (name === undefined || name === '') throw client('Container.name should not be null or empty.');
    if (image === undefined || image === '') throw client('Container.image should not be null or empty.');
  }
  return raw;
};

/** Every member is kept and told again; the SDK's model has refused what is none by now. */
export const registerTaskDefinition: Action<EcsStore> = (store, input) => {
  const family = text(input, 'family') ?? '';
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(family)) throw client('Invalid family.');
  const containers = containersOf(input['containerDefinitions']).map(withDefaults);
  const { tags = [], containerDefinitions: _, ...rest } = input;
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes > MOST_BYTES) throw client(`Actual length: '${bytes}'. Max allowed length is '${MOST_BYTES}' bytes.`);
  const revisions = store.definitions.get(family) ?? [];
  const revision = (revisions.at(-1)?.revision ?? 0) + 1;
  const definition: TaskDefinition = {
    arn: definitionArn(store, family, revision),
    family,
    revision,
    body: { volumes: [], placementConstraints: [], ...rest, containerDefinitions: containers },
    containers: containers as readonly unknown[] as readonly ContainerDefinition[],
    tags: tags as readonly Tag[],
    status: 'ACTIVE',
    registeredAt: secondsNow(store),
  };
  store.definitions.set(family, [...revisions, definition]);
  return { taskDefinition: definitionAnswer(definition), tags: definition.tags };
};
