import type { Failure, Observation, Revision, Rollout } from '../../deployment/observations.ts';
import { NotYetError } from '../not-yet.ts';
import { RefusedError } from '../refused.ts';
import { type Invocation, isUnderWay } from './calls.ts';
import { type Config, hostsOf, planOf } from './config.ts';
import { look, type OwnJob, runningOn, type Seen, type Work } from './looking.ts';
import type { HostFailure } from './refusals.ts';
import { failureTold, toldIn } from './script.ts';

/** Events may never come (best effort); in seconds. */
export const NEXT_LOOK = 15;
const NEXT_ASK = 20;

/** The command first; when it has ended well everywhere, what runs is asked of the hosts themselves. */
export const observe =
  (work: Work) =>
  async (job: OwnJob, rollout: Rollout): Promise<Observation> => {
    if (rollout.id === '') return looked(work, job, rollout);
    const ended = await endOf(work, job, rollout);
    if (ended === 'under-way') return { phase: 'in-progress', lookInSeconds: NEXT_LOOK };
    return ended ?? looked(work, job, rollout, rollout.id);
  };

/** What became of the command; `undefined`: it has ended well everywhere. */
const endOf = async (work: Work, job: OwnJob, rollout: Rollout): Promise<Observation | 'under-way' | undefined> => {
  const invocations = await work.calls.invocations(rollout.id);
  // Eventual consistency: a moment after SendCommand there may be none.
  if (invocations.length === 0 || invocations.some(isUnderWay)) return 'under-way';
  const failed = worstOf(invocations);
  return failed === undefined ? undefined : ended(work, job, rollout, failed);
};

/** The same, of a host whose end the next one waits for. */
export const failureOf = async (work: Work, job: OwnJob, rollout: Rollout): Promise<Failure | 'under-way' | undefined> => {
  const ended = await endOf(work, job, rollout);
  if (ended === 'under-way' || ended === undefined) return ended;
  if (ended.phase === 'failed') return ended.failure;
  return failure('host-stopped', 'message' in ended ? ended.message : ended.phase);
};

/** `Terminated`: those that were never asked, since an earlier one failed. */
const worstOf = (invocations: readonly Invocation[]): Invocation | undefined => {
  const failed = invocations.filter(({ status }) => status !== 'Success');
  return failed.find(({ status }) => status !== 'Terminated') ?? failed[0];
};

/** A host that cannot be asked now may be asked later; the deployment's deadline ends that. */
const looked = async (work: Work, job: OwnJob, { revision }: Rollout, after?: string): Promise<Observation> => {
  const hosts = await look(work, job, after).catch((error: unknown) => {
    if (error instanceof RefusedError) throw new NotYetError(NEXT_ASK, error.message);
    throw error;
  });
  const { revision: running } = runningOn(hosts);
  const busy = hosts.some(({ told }) => told.busy);
  if (running.id === revision.id) return busy ? { phase: 'in-progress', lookInSeconds: NEXT_LOOK } : settled(hosts, running);
  return { phase: 'taken-over', running, message: takenOver(job.config, running) };
};

const settled = (hosts: readonly Seen[], running: Revision): Observation => {
  const ended = hosts.find(({ told }) => told.state !== 'running');
  if (ended === undefined) return { phase: 'completed', desired: hosts.length };
  const message = `host ${ended.host}: the active container is ${ended.told.state}; look at its logs there`;
  return { phase: 'failed', failure: failure('host-unhealthy', message, true), running };
};

export const takenOver = (config: Config, { id }: Revision): string =>
  `somebody else has changed ${hostsOf(config)} meanwhile: what runs is ${id}`;

const failure = (code: HostFailure, message: string, evidence = false): Failure => ({ code, message, evidence });

/** What a command that did not end well says; what runs is what the script says, or is left as it was. */
const ended = async (
  { calls }: Work,
  { config, before }: OwnJob,
  { id, revision }: Rollout,
  { host, status }: Invocation,
): Promise<Observation> => {
  const output = await calls.output(id, host);
  const told = toldIn(output.out);
  const running =
    told === undefined || told.digest === ''
      ? (before?.revision ?? revision)
      : { id: told.digest, image: '', digest: told.digest };
  if (told?.code === 'taken-over') return { phase: 'taken-over', running, message: `host ${host}: ${told.message}` };
  const why =
    told === undefined || told.code === 'done'
      ? byStatus(config, host, status, output.exit, output.err)
      : failureTold(host, told);
  return { phase: 'failed', failure: why, running };
};

const byStatus = (config: Config, host: string, status: string, exit: number, err: string): Failure => {
  const { deliverySeconds, executionSeconds } = planOf(config);
  switch (status) {
    case 'DeliveryTimedOut':
    case 'Undeliverable':
      return failure(
        'host-not-delivered',
        `host ${host} did not take the command within ${deliverySeconds} s and does not run it any more; start its agent`,
      );
    case 'ExecutionTimedOut':
      return failure(
        'host-timed-out',
        `host ${host}: the script took longer than ${executionSeconds} s: see deploy-trace/ there, or raise "executionSeconds"`,
      );
    case 'Cancelled':
    case 'Canceled':
    case 'Terminated':
      return failure('host-stopped', `host ${host}: the command was ended (${status}) before the script had`);
    default:
      return failure(
        'host-script',
        `host ${host}: ${status}, exit code ${exit}: ${err.trim().slice(-2000) || 'the script wrote nothing'}`,
      );
  }
};
