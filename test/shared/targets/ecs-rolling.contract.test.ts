import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { AwsError } from '../../../local/errors.ts';
import { ecsRolling } from '../../../shared/targets/ecs-rolling.ts';
import type { Job } from '../../../shared/targets/target.ts';
import { type Stage, targetContract } from './contract.ts';
import { clientOf, digestOf, localService, REPOSITORY } from './local-ecs.ts';

const open = async (base: 'service' | 'family'): Promise<Stage> => {
  const { ecs, clock, calls, faults } = await localService();
  const job: Job = {
    deployment: 'd-1',
    config: { kind: 'ecs-rolling', cluster: 'c', service: 'api', container: 'api', base },
    image: { repository: REPOSITORY, digest: digestOf('good'), platforms: [] },
    again: false,
  };
  return {
    target: () => ecsRolling.create({ client: clientOf(ecs), now: clock.now, signal: () => new AbortController().signal }),
    job,
    runs: async () => {
      const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'c', services: ['api'] }));
      return services?.[0]?.taskDefinition ?? '';
    },
    settle: () => clock.advance(20_000),
    calls: () => calls.map(({ action }) => `ecs:${action}`),
    breakAt: (number, when, error) => {
      const from = calls.length;
      faults.next = (_, count) => (count === from + number ? { [when]: error } : undefined);
    },
    rollouts: () => calls.filter(({ action }) => action === 'UpdateService').length,
    throttle: new AwsError('ThrottlingException', 'Rate exceeded'),
    missing: [
      { job: { ...job, config: { ...job.config, cluster: 'nowhere' } }, name: 'nowhere' },
      { job: { ...job, config: { ...job.config, service: 'nobody' } }, name: 'nobody' },
    ],
  };
};

targetContract(ecsRolling, () => open('service'), 2);

targetContract(ecsRolling, () => open('family'), 3);
