import { DescribeServicesCommand, ListTasksCommand, StopTaskCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { ecsRolling } from '../../../shared/targets/ecs-rolling.ts';
import { clientOf, digestOf, localService, REPOSITORY } from './local-ecs.ts';

const rolledOut = async (tag: string) => {
  const { ecs, clock } = await localService();
  const target = ecsRolling.create({
    client: clientOf(ecs),
    now: clock.now,
    fetch: globalThis.fetch,
    signal: () => new AbortController().signal,
  });
  const job = {
    deployment: 'd-1',
    config: { kind: 'ecs-rolling', cluster: 'c', service: 'api', container: 'api' },
    image: { repository: REPOSITORY, digest: digestOf(tag), platforms: [] },
    again: false,
  };
  const looked = await target.current(job);
  if (looked.kind === 'refused') throw new Error(looked.failure.message);
  const started = await target.start({ ...job, before: looked.current });
  if (started.kind === 'refused') throw new Error(started.failure.message);
  return { ecs, clock, target, job, rollout: started.rollout, before: looked.current };
};

it('a rollout that ECS calls completed is not, while fewer tasks run than are wanted', async () => {
  const { ecs, clock, target, job, rollout } = await rolledOut('good');
  await clock.advance(10_000);
  expect(await target.observe(job, rollout)).toEqual({ phase: 'completed', desired: 1 });
  const { taskArns: [task] = [] } = await ecs.send(new ListTasksCommand({ cluster: 'c', serviceName: 'api' }));
  await ecs.send(new StopTaskCommand({ cluster: 'c', task }));
  await clock.advance(300);
  expect(await target.observe(job, rollout)).toEqual({ phase: 'in-progress' });
  await clock.advance(10_000);
  expect(await target.observe(job, rollout)).toEqual({ phase: 'completed', desired: 1 });
});

it('a task that ended by itself after the rollout is found, though its event never came and another runs in its place', async () => {
  const { ecs, clock, target, job, rollout, before } = await rolledOut('fragile');
  await clock.advance(3_000);
  expect(await target.observe(job, rollout)).toEqual({ phase: 'completed', desired: 1 });
  await clock.advance(6_000);
  expect(await target.observe(job, rollout)).toEqual({
    phase: 'failed',
    failure: {
      code: 'task-stopped',
      message: 'a task stopped after the rollout: Essential container in task exited (exit code 1)',
      evidence: true,
    },
    running: rollout.revision,
  });
  // Another revision's tasks say nothing of ours, and neither does a service that grows.
  await ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 'api', taskDefinition: before.revision.id }));
  await clock.advance(10_000);
  await ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 'api', desiredCount: 3 }));
  await clock.advance(5_000);
  const { services: [service] = [] } = await ecs.send(new DescribeServicesCommand({ cluster: 'c', services: ['api'] }));
  const id = service?.deployments?.[0]?.id ?? '';
  expect(await target.observe(job, { ...rollout, id, revision: before.revision })).toEqual({
    phase: 'completed',
    desired: 3,
  });
});
