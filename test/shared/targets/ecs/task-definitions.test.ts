import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { isLater, sameAgain, withImage } from '../../../../shared/targets/ecs/task-definitions.ts';
import { ecsRolling } from '../../../../shared/targets/ecs-rolling.ts';
import { clientOf, digestOf, localEcs, REPOSITORY } from '../local-ecs.ts';
import { everything } from './everything.ts';

const IMAGE = `${REPOSITORY}:initial`;

const deployed = async () => {
  const { ecs, clock, calls } = await localEcs();
  await ecs.send(new CreateClusterCommand({ clusterName: 'c' }));
  await ecs.send(new RegisterTaskDefinitionCommand(everything(IMAGE)));
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'c',
      serviceName: 'api',
      taskDefinition: 'all',
      desiredCount: 1,
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    }),
  );
  await clock.advance(10_000);
  const target = ecsRolling.create({
    client: clientOf(ecs),
    now: clock.now,
    fetch: globalThis.fetch,
    signal: () => new AbortController().signal,
  });
  const job = {
    deployment: 'd-1',
    config: { kind: 'ecs-rolling', cluster: 'c', service: 'api', container: 'api' },
    image: { repository: REPOSITORY, digest: digestOf('good'), platforms: [] },
    again: false,
  };
  const looked = await target.current(job);
  const started = await target.start({ ...job, ...(looked.kind === 'current' ? { before: looked.current } : {}) });
  if (started.kind === 'refused') throw new Error(started.failure.message);
  const { id } = started.rollout.revision;
  const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: id, include: ['TAGS'] }));
  const sent = calls.findLast(({ action }) => action === 'RegisterTaskDefinition')?.input;
  return { described, sent };
};

describe('a copy of a task definition (S5.1)', () => {
  it('preserves every member that can be registered, but the image', async () => {
    const { tags: _, containerDefinitions, ...rest } = everything(IMAGE);
    const { described, sent } = await deployed();
    const [first, ...others] = containerDefinitions ?? [];
    const expected = { ...rest, containerDefinitions: [{ ...first, image: `${REPOSITORY}@${digestOf('good')}` }, ...others] };
    expect(described.taskDefinition).toMatchObject(expected);
    expect(sent).toMatchObject(expected);
  });

  it('sends nothing that is only told', async () => {
    const { sent = {} } = await deployed();
    const known = Object.keys(everything(IMAGE) satisfies Required<RegisterTaskDefinitionCommandInput>);
    expect(Object.keys(sent).filter((member) => !known.includes(member))).toEqual([]);
  });

  it('keeps the tags, and replaces the tag of an older deployment', async () => {
    const { described } = await deployed();
    expect(described.tags).toEqual([
      { key: 'team', value: 'core' },
      { key: 'switchyard:deployment', value: 'd-1' },
    ]);
  });
});

const config = { kind: 'ecs-rolling', cluster: 'c', service: 'api', container: 'api' } as const;
const definition = { family: 'api', containerDefinitions: [{ name: 'api', image: IMAGE }] };
const tags = (count: number, prefix = 'tag') =>
  Array.from({ length: count }, (_, index) => ({ key: `${prefix}${index}`, value: '' }));

describe('the 50 tags that ECS allows', () => {
  it('leave room for ours beside 49 others, and not beside 50', () => {
    expect(withImage({ definition, tags: tags(49) }, config, 'image', 'd-1')).not.toHaveProperty('refused');
    expect(withImage({ definition, tags: tags(50) }, config, 'image', 'd-1')).toMatchObject({
      refused: { code: 'too-many-tags', message: expect.stringContaining('50 tags') },
    });
  });

  it('do not count those that AWS sets itself, which nobody else may', () => {
    const mixed = [...tags(49), ...tags(5, 'aws:cloudformation:')];
    const copy = withImage({ definition, tags: mixed }, config, 'image', 'd-1');
    expect('refused' in copy ? [] : copy.tags).toHaveLength(50);
    expect(sameAgain({ definition, tags: tags(1, 'aws:') })).not.toHaveProperty('tags');
  });
});

describe('a later revision', () => {
  const arn = (name: string) => `arn:aws:ecs:eu-west-1:123456789012:task-definition/${name}`;

  it('is one of the same family with a greater number', () => {
    expect(isLater(arn('api:10'), arn('api:9'))).toBe(true);
    expect(isLater(arn('api:9'), arn('api:9'))).toBe(false);
    expect(isLater(arn('api:9'), arn('api:10'))).toBe(false);
    expect(isLater(arn('web:10'), arn('api:9'))).toBe(false);
  });
});
