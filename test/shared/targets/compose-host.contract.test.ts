import { AwsError } from '../../../local/errors.ts';
import { composeHost } from '../../../shared/targets/compose-host.ts';
import { type Stage, targetContract } from './contract.ts';
import { digestOf, imageOf, localHosts } from './local-hosts.ts';

const open = async (setting: Parameters<typeof localHosts>[0] = {}): Promise<Stage> => {
  const local = await localHosts(setting);
  const { calls, clock, faults, hosts, job, target } = local;
  return {
    target,
    job,
    runs: async () => {
      const made = calls.length;
      // a look of a moment ago is one of the past
      await clock.advance(120_000);
      const looked = await target().current({ ...job, deployment: 'd-look' });
      calls.splice(made);
      return looked.kind === 'current' && looked.current.settled ? looked.current.revision.id : '';
    },
    settle: () => clock.advance(120_000),
    takeOver: async () => {
      await local.send(imageOf('better'));
      await clock.advance(120_000);
      return digestOf('better');
    },
    retire: async () => {
      for (const host of hosts) host.forgetIdle();
    },
    calls: () => calls.map(({ action }) => `ssm:${action}`),
    breakAt: (number, when, error) => {
      const from = calls.length;
      faults.next = (count) => (count === from + number ? { [when]: error } : undefined);
    },
    rollouts: local.rollouts,
    throttle: new AwsError('ThrottlingException', 'Rate exceeded'),
    comparesWhereItActs: true,
    namesByContent: true,
    missing: [
      { job: { ...job, config: { kind: composeHost.kind, instances: ['i-0123456789abcdef0'] } }, name: 'i-0123456789abcdef0' },
      { job: { ...job, config: { kind: composeHost.kind, tags: { Name: 'nobody' } } }, name: 'Name=nobody' },
      { job: { ...job, config: { ...job.config, document: 'nothing' } }, name: '"nothing"' },
    ],
  };
};

targetContract(composeHost, () => open(), 2);

targetContract(composeHost, () => open({ config: { tags: { Name: 'web' } } }), 2);
