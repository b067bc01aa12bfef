import { isDeepStrictEqual } from 'node:util';
import type { RegisterTaskDefinitionCommandInput, Tag, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Failure, Revision } from '../../deployment/observations.ts';
import { containersOf, type EcsConfig } from './config.ts';
import { refusal } from './refusals.ts';

/** The tag by which a task definition tells which deployment made it. */
export const DEPLOYMENT_TAG = 'switchyard:deployment';

/** ECS allows 50 tags; those that AWS sets itself do not count (API reference, RegisterTaskDefinition). */
const MOST_TAGS = 50;

/** A task definition and its tags, as DescribeTaskDefinition tells them. */
export interface Described {
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
}

/** What is told of a definition and cannot be registered. The type is computed, so a new member of the SDK does not compile here. */
const READ_ONLY: Readonly<Record<Exclude<keyof TaskDefinition, keyof RegisterTaskDefinitionCommandInput>, true>> = {
  taskDefinitionArn: true,
  revision: true,
  status: true,
  requiresAttributes: true,
  compatibilities: true,
  registeredAt: true,
  registeredBy: true,
  deregisteredAt: true,
  deleteRequestedAt: true,
};

/** `repository@sha256:…` names its digest; a tag does not. */
const digestIn = (image: string): string | undefined => /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];

export const deploymentIn = ({ tags }: Described): string | undefined => tags.find(({ key }) => key === DEPLOYMENT_TAG)?.value;

/** The revision as others know it: by the image of the first container that the catalogue names, if it has that one. */
export const revisionOf = ({ definition }: Described, config: EcsConfig): Revision => {
  const containers = definition.containerDefinitions ?? [];
  const found = containers.find(({ name }) => name === containersOf(config)[0]);
  const image = found?.image ?? '';
  const digest = digestIn(image);
  return { id: definition.taskDefinitionArn ?? '', image, ...(digest === undefined ? {} : { digest }) };
};

/** AWS sets tags of its own, which nobody else may. */
const ownTags = ({ tags }: Described): readonly Tag[] => tags.filter(({ key }) => key?.toLowerCase().startsWith('aws:') !== true);

/** The same definition, to be registered once more: every member that may be, and its tags. */
export const sameAgain = (described: Described): RegisterTaskDefinitionCommandInput => {
  const { definition } = described;
  const members = Object.entries(definition).filter(([member]) => !(member in READ_ONLY));
  const tags = ownTags(described);
  return {
    ...Object.fromEntries(members),
    family: definition.family,
    containerDefinitions: definition.containerDefinitions,
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
  };
};

/** What is inactive cannot be rolled out: the same is registered again, and has another ARN then. */
export const activeAgain = async (
  { register }: { readonly register: (input: RegisterTaskDefinitionCommandInput) => Promise<Described> },
  described: Described,
): Promise<Described> => (described.definition.status === 'ACTIVE' ? described : register(sameAgain(described)));

/** Whether one is the other, registered once more. */
export const isSame = (one: Described, other: Described): boolean => isDeepStrictEqual(sameAgain(one), sameAgain(other));

/** S5.1: the base with the named containers' image replaced, and our tag; every other setting is preserved, whatever it is. */
export const withImage = (
  base: Described,
  config: EcsConfig,
  image: string,
  deployment: string,
): RegisterTaskDefinitionCommandInput | { readonly refused: Failure } => {
  const { family, containerDefinitions = [] } = base.definition;
  const containers = containersOf(config);
  const there = containerDefinitions.map(({ name }) => name ?? '');
  const missing = containers.filter((name) => !there.includes(name));
  if (missing.length > 0) {
    const message = `cannot make a new revision of task definition "${family}": it has no container "${missing.join('", "')}", only "${there.join('", "')}"; correct "container" in the catalogue`;
    return { refused: refusal('container-missing', message) };
  }
  const tags = [...ownTags(base).filter(({ key }) => key !== DEPLOYMENT_TAG), { key: DEPLOYMENT_TAG, value: deployment }];
  if (tags.length > MOST_TAGS) {
    const message = `cannot tag a new revision of task definition "${family}" with ${DEPLOYMENT_TAG}: it has ${MOST_TAGS} tags already, which is all that ECS allows; remove one`;
    return { refused: refusal('too-many-tags', message) };
  }
  const replaced = containerDefinitions.map((container) =>
    containers.includes(container.name ?? '') ? { ...container, image } : container,
  );
  return { ...sameAgain(base), containerDefinitions: replaced, tags };
};

/** `arn:…:task-definition/<family>:<revision>` */
const familyAndRevision = (arn: string): readonly [string, number] => {
  const [family = '', revision = ''] = arn.slice(arn.lastIndexOf('/') + 1).split(':');
  return [family, Number(revision)];
};

/** Revisions are numbered as they are registered: what was made after `before` ran has a greater number. */
export const isLater = (arn: string, before: string): boolean => {
  const [family, revision] = familyAndRevision(arn);
  const [formerFamily, former] = familyAndRevision(before);
  return family === formerFamily && revision > former;
};
