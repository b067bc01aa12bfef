import { describe, expect, it } from 'vitest';
import { ecsBlueGreen } from '../../../shared/targets/ecs-blue-green.ts';
import { type Answer, clientOf, localService } from './local-ecs.ts';

it('a service deployment without a status is not taken as settled', async () => {
  const { ecs, clock, faults } = await localService({ shifts: { strategy: 'BLUE_GREEN' } });
  const target = ecsBlueGreen.create({
    client: clientOf(ecs),
    now: clock.now,
    fetch: globalThis.fetch,
    signal: () => new AbortController().signal,
  });
  const config = { kind: 'ecs-blue-green', cluster: 'c', service: 'api', container: 'api' };
  const settled = async () => {
    const looked = await target.current({ deployment: 'd-1', config, again: false });
    return looked.kind === 'current' && looked.current.settled;
  };
  expect(await settled()).toBe(true);
  const unsaid = ({ status: _, ...deployment }: Answer): Answer => deployment;
  const change = (answer: Answer) => ({ ...answer, serviceDeployments: (answer['serviceDeployments'] as Answer[]).map(unsaid) });
  faults.next = (action) => (action === 'DescribeServiceDeployments' ? { change } : undefined);
  expect(await settled()).toBe(false);
});

/**
 * API reference, CanaryConfiguration: one wait of 10 minutes, unless told otherwise, before the rest is shifted. LinearConfiguration: 10 %
 * and 6 minutes; "not applied after reaching 100 percent traffic". CloudFormation, AWS::ECS::Service LinearConfiguration: so many waits are
 * 100 / percent - 1 where that divides evenly, and otherwise 100 / percent, rounded down: 9 with 11 %.
 */
describe('the least seconds of a rollout, by its own plan', () => {
  it.each([
    ['all at once', {}, 0],
    ['all at once, the old revision kept', { strategy: 'BLUE_GREEN', bakeMinutes: 5 }, 5 * 60],
    ['all at once, with steps that are not made', { stepPercent: 10, stepMinutes: 5 }, 0],
    ['a canary', { strategy: 'CANARY' }, 10 * 60],
    ['a canary that does not wait', { strategy: 'CANARY', stepMinutes: 0 }, 0],
    ['a canary of its own', { strategy: 'CANARY', stepPercent: 20, stepMinutes: 5, bakeMinutes: 10 }, (5 + 10) * 60],
    ['equal steps', { strategy: 'LINEAR' }, 9 * 6 * 60],
    ['halves', { strategy: 'LINEAR', stepPercent: 50, stepMinutes: 15 }, 15 * 60],
    ['steps of an eighth', { strategy: 'LINEAR', stepPercent: 12.5, stepMinutes: 2 }, 7 * 2 * 60],
    ['steps that do not divide', { strategy: 'LINEAR', stepPercent: 11, stepMinutes: 1 }, 9 * 60],
    ['the smallest steps', { strategy: 'LINEAR', stepPercent: 3, stepMinutes: 1, bakeMinutes: 2 }, (33 + 2) * 60],
    ['one step', { strategy: 'LINEAR', stepPercent: 100 }, 0],
    ['a pause, which may be answered at once', { pause: { stage: 'POST_SCALE_UP', minutes: 30 } }, 0],
  ])('%s', (_, more, seconds) => {
    const config = { kind: 'ecs-blue-green', cluster: 'c', service: 'api', container: 'api', ...more };
    expect(ecsBlueGreen.leastSeconds?.(config)).toBe(seconds);
  });
});
