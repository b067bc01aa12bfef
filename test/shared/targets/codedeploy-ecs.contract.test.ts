import { AwsError } from '../../../local/errors.ts';
import { codeDeployEcs } from '../../../shared/targets/codedeploy-ecs.ts';
import type { Job } from '../../../shared/targets/target.ts';
import { type Stage, targetContract } from './contract.ts';
import { clientOf, digestOf, localService, REPOSITORY } from './local-ecs.ts';

/** What answers in production, with the revision of that image: each is made of one. */
const open = async (base: 'service' | 'family'): Promise<Stage> => {
  const { ecs, codedeploy, clock, calls, faults } = await localService({ byCodeDeploy: {} });
  const job: Job = {
    deployment: 'd-1',
    config: {
      kind: 'codedeploy-ecs',
      cluster: 'c',
      service: 'api',
      container: 'api',
      application: 'shop',
      deploymentGroup: 'api',
      base,
    },
    image: { repository: REPOSITORY, digest: digestOf('good'), platforms: [] },
    again: false,
  };
  const target = () =>
    codeDeployEcs.create({ client: clientOf(ecs, codedeploy), now: clock.now, signal: () => new AbortController().signal });
  return {
    target,
    job,
    runs: async () => {
      const made = calls.length;
      const looked = await target().current(job);
      calls.splice(made);
      return looked.kind === 'current' && looked.current.settled ? looked.current.revision.id : '';
    },
    settle: () => clock.advance(20_000),
    calls: () => calls.map(({ service, action }) => `${service}:${action}`),
    breakAt: (number, when, error) => {
      const from = calls.length;
      faults.next = (_, count) => (count === from + number ? { [when]: error } : undefined);
    },
    rollouts: () => calls.filter(({ action }) => action === 'CreateDeployment').length,
    throttle: new AwsError('ThrottlingException', 'Rate exceeded'),
    missing: [
      { job: { ...job, config: { ...job.config, cluster: 'nowhere' } }, name: 'nowhere' },
      { job: { ...job, config: { ...job.config, service: 'nobody' } }, name: 'nobody' },
      { job: { ...job, config: { ...job.config, application: 'nothing' } }, name: 'nothing' },
      { job: { ...job, config: { ...job.config, deploymentGroup: 'none' } }, name: 'none' },
    ],
  };
};

targetContract(codeDeployEcs, () => open('service'), 4);

targetContract(codeDeployEcs, () => open('family'), 5);
