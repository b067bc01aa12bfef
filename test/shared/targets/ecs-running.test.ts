import { ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { ecsRolling } from '../../../shared/targets/ecs-rolling.ts';
import { digestOf, localService, REPOSITORY } from './local-ecs.ts';

it('a rollout that ECS calls completed is not, while fewer tasks run than are wanted', async () => {
  const { ecs, clock } = await localService();
  const target = ecsRolling.create({ ecs, now: clock.now, signal: () => new AbortController().signal });
  const job = {
    deployment: 'd-1',
    config: { kind: 'ecs-rolling', cluster: 'c', service: 'api', container: 'api' },
    image: { repository: REPOSITORY, digest: digestOf('good'), platforms: [] },
    again: false,
  };
  const looked = await target.current(job);
  if (looked.kind === 'refused') throw new Error(looked.failure.message);
  const started = await target.start({ ...job, before: looked.current });
  if (started.kind === 'refused') throw new Error(started.failure.message);
  await clock.advance(10_000);
  expect(await target.observe(job, started.rollout)).toEqual({ phase: 'completed', desired: 1 });
  const { taskArns: [task] = [] } = await ecs.send(new ListTasksCommand({ cluster: 'c', serviceName: 'api' }));
  await ecs.send(new StopTaskCommand({ cluster: 'c', task }));
  await clock.advance(300);
  expect(await target.observe(job, started.rollout)).toEqual({ phase: 'in-progress' });
  await clock.advance(10_000);
  expect(await target.observe(job, started.rollout)).toEqual({ phase: 'completed', desired: 1 });
});
