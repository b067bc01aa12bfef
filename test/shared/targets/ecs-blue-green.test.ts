import { expect, it } from 'vitest';
import { ecsBlueGreen } from '../../../shared/targets/ecs-blue-green.ts';
import { type Answer, clientOf, localService } from './local-ecs.ts';

it('a service deployment without a status is not taken as settled', async () => {
  const { ecs, clock, faults } = await localService({ shifts: { strategy: 'BLUE_GREEN' } });
  const target = ecsBlueGreen.create({ client: clientOf(ecs), now: clock.now, signal: () => new AbortController().signal });
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
