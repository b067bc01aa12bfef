import { DeregisterTaskDefinitionCommand, RegisterTaskDefinitionCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { AwsError } from '../../../local/errors.ts';
import type { TargetModule } from '../../../shared/targets/module.ts';
import type { Job } from '../../../shared/targets/target.ts';
import type { Stage } from './contract.ts';
import { clientOf, digestOf, localService, REPOSITORY } from './local-ecs.ts';

type Local = Awaited<ReturnType<typeof localService>>;

const updated = ({ ecs }: Local, taskDefinition: string): Promise<unknown> =>
  ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 'api', taskDefinition }));

interface Options {
  readonly module: TargetModule;
  /** Of the target, beside cluster, service and container. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly setting?: Parameters<typeof localService>[0];
  /** How a person brings a revision, if not by UpdateService. */
  readonly bring?: (local: Local, taskDefinition: string) => Promise<unknown>;
  /** The call that rolls out. */
  readonly begins: string;
  /** What else may be missing, by its key and a name that there is not. */
  readonly missing?: readonly (readonly [key: string, name: string])[];
}

/** The service `api` of cluster `c` of the local ECS, as the contract wants it. */
export const ecsStage = async ({
  module,
  config,
  setting = {},
  bring = updated,
  begins,
  missing = [],
}: Options): Promise<Stage> => {
  const local = await localService(setting);
  const { ecs, codedeploy, clock, calls, faults } = local;
  const job: Job = {
    deployment: 'd-1',
    config: { kind: module.kind, cluster: 'c', service: 'api', container: 'api', ...config },
    image: { repository: REPOSITORY, digest: digestOf('good'), platforms: [] },
    again: false,
  };
  const target = () =>
    module.create({
      client: clientOf(ecs, codedeploy),
      now: clock.now,
      fetch: globalThis.fetch,
      signal: () => new AbortController().signal,
    });
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
    takeOver: async () => {
      const containerDefinitions = [{ name: 'api', image: `${REPOSITORY}:better`, portMappings: [{ containerPort: 8080 }] }];
      const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ family: 'api', containerDefinitions }));
      const theirs = taskDefinition?.taskDefinitionArn ?? '';
      await bring(local, theirs);
      await clock.advance(20_000);
      return theirs;
    },
    retire: async (taskDefinition) => {
      await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    },
    calls: () => calls.map(({ service, action }) => `${service}:${action}`),
    breakAt: (number, when, error) => {
      const from = calls.length;
      faults.next = (_, count) => (count === from + number ? { [when]: error } : undefined);
    },
    rollouts: () => calls.filter(({ action }) => action === begins).length,
    throttle: new AwsError('ThrottlingException', 'Rate exceeded'),
    missing: ([['cluster', 'nowhere'], ['service', 'nobody'], ...missing] as const).map(([key, name]) => ({
      job: { ...job, config: { ...job.config, [key]: name } },
      name,
    })),
  };
};
