import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, describe, expect, it } from 'vitest';
import { imageOf, openEcs } from './ecs-town.ts';
import { leftOut, openEndpoint, uniqueName } from './endpoint.ts';

const { ecs, register, close } = openEcs(await openEndpoint());

afterAll(close);

const describeOne = async (taskDefinition: string) =>
  (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition;

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html, API_DescribeTaskDefinition.html,
// API_DeregisterTaskDefinition.html, API_ListTaskDefinitions.html, API_ListTaskDefinitionFamilies.html
describe.skipIf(leftOut('ecs'))('a task definition (skipped where CONFORMANCE_SKIP names ecs)', () => {
  it('is the next revision of its family', async () => {
    const family = uniqueName('conformance-family');
    const [one, two] = [await register(family), await register(family, 'better')];
    expect(one).toMatch(new RegExp(`^arn:aws:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/${family}:1$`));
    expect(two).toBe(one.replace(/1$/, '2'));
  });

  it('is described by its family, its family and revision, or its ARN', async () => {
    const family = uniqueName('conformance-family');
    const [one, two] = [await register(family), await register(family, 'better')];
    // "family for the latest ACTIVE revision, family:revision for a specific revision, or the full ARN"
    expect([await describeOne(family), await describeOne(`${family}:1`), await describeOne(two)]).toMatchObject([
      { taskDefinitionArn: two, revision: 2, status: 'ACTIVE', containerDefinitions: [{ image: imageOf('better') }] },
      { taskDefinitionArn: one, revision: 1, containerDefinitions: [{ image: imageOf('good') }] },
      { taskDefinitionArn: two },
    ]);
  });

  it('keeps what it was registered with, and what ECS fills in', async () => {
    const family = uniqueName('conformance-family');
    const arn = await register(family, 'good', { tags: [{ key: 'team', value: 'core' }] });
    const { taskDefinition, tags } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ['TAGS'] }),
    );
    expect(tags).toEqual([{ key: 'team', value: 'core' }]);
    expect(taskDefinition).toMatchObject({
      family,
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [{ name: 'app', essential: true, portMappings: [{ containerPort: 8080 }], environment: [] }],
    });
    expect(taskDefinition?.registeredAt).toBeInstanceOf(Date);
  });

  it('that is deregistered is inactive, and still described', async () => {
    const family = uniqueName('conformance-family');
    const [one, two] = [await register(family), await register(family)];
    const { taskDefinition } = await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: `${family}:2` }));
    expect(taskDefinition).toMatchObject({ taskDefinitionArn: two, status: 'INACTIVE' });
    expect(await describeOne(two)).toMatchObject({ status: 'INACTIVE' });
    expect(await describeOne(family)).toMatchObject({ taskDefinitionArn: one });
    expect(await register(family)).toMatch(/:3$/);
  });

  it('is listed by family and status, in either order, page by page', async () => {
    const family = uniqueName('conformance-family');
    const arns: string[] = [];
    for (let count = 0; count < 5; count += 1) arns.push(await register(family));
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: `${family}:3` }));
    const active = arns.filter((arn) => !arn.endsWith(':3'));
    const list = async (more: object) =>
      (await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: family, ...more }))).taskDefinitionArns;
    expect(await list({})).toEqual(active);
    expect(await list({ sort: 'DESC' })).toEqual([...active].reverse());
    expect(await list({ status: 'INACTIVE' })).toEqual([arns[2]]);
    const pages: (readonly string[])[] = [];
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const page = await ecs.send(
        new ListTaskDefinitionsCommand({ familyPrefix: family, maxResults: 3, ...(token && { nextToken: token }) }),
      );
      pages.push(page.taskDefinitionArns ?? []);
      token = page.nextToken;
    }
    expect(pages.map(({ length }) => length)).toEqual([3, 1]);
    expect(pages.flat()).toEqual(active);
  });

  it('is of a family that is listed, as active while one of its revisions is', async () => {
    const prefix = uniqueName('conformance-family');
    await register(`${prefix}-a`);
    const arn = await register(`${prefix}-b`);
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
    const list = async (more: object = {}) =>
      (await ecs.send(new ListTaskDefinitionFamiliesCommand({ familyPrefix: prefix, ...more }))).families;
    expect(await list()).toEqual([`${prefix}-a`, `${prefix}-b`]);
    expect(await list({ status: 'ACTIVE' })).toEqual([`${prefix}-a`]);
    expect(await list({ status: 'INACTIVE' })).toEqual([`${prefix}-b`]);
  });

  it.each<[string, object]>([
    ['without containers', { containerDefinitions: [] }],
    ['with a container without a name', { containerDefinitions: [{ image: 'x', memory: 128 }] }],
    ['with a container without an image', { containerDefinitions: [{ name: 'x', memory: 128 }] }],
    ['with two containers of one name', { containerDefinitions: ['x', 'x'].map((name) => ({ name, image: 'x', memory: 128 })) }],
    ['of a family with a space', { family: 'a b' }],
    ['of a family of 256 characters', { family: 'f'.repeat(256) }],
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html: 10 containers, 64 KB.
    [
      'with 11 containers',
      { containerDefinitions: Array.from({ length: 11 }, (_, n) => ({ name: `c${n}`, image: 'x', memory: 128 })) },
    ],
    ['of more than 64 KB', { containerDefinitions: [{ name: 'x', image: 'x', memory: 128, command: ['c'.repeat(65_536)] }] }],
  ])('%s is refused', async (_, wrong) => {
    const good = { family: uniqueName('conformance-family'), containerDefinitions: [{ name: 'app', image: 'x', memory: 128 }] };
    await expect(ecs.send(new RegisterTaskDefinitionCommand({ ...good, ...wrong }))).rejects.toMatchObject({
      name: 'ClientException',
    });
  });

  it('that is not there is not described, and only a revision is deregistered', async () => {
    await expect(describeOne(uniqueName('conformance-nobody'))).rejects.toMatchObject({
      name: 'ClientException',
      message: 'Unable to describe task definition.',
    });
    const family = uniqueName('conformance-family');
    await register(family);
    await expect(describeOne(`${family}:2`)).rejects.toMatchObject({ name: 'ClientException' });
    await expect(ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: family }))).rejects.toMatchObject({
      name: expect.stringMatching(/^(ClientException|InvalidParameterException)$/),
    });
  });
});
