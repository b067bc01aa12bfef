import type { Revision, Rollout } from '../deployment/observations.ts';
import type { TargetSettings } from '../deployment/settings.ts';
import { answers, refuse } from './answering.ts';
import { commentFor, hostCalls, isUnderWay, type Sent } from './compose-host/calls.ts';
import { type Config, hostsOf, kind, schema } from './compose-host/config.ts';
import { hostEvents, hostSubject } from './compose-host/events.ts';
import { digestsIn, look, type OwnJob, runningOn, type Work } from './compose-host/looking.ts';
import { failureOf, NEXT_LOOK, observe } from './compose-host/observing.ts';
import { hostPermissions } from './compose-host/permissions.ts';
import { refusal } from './compose-host/refusals.ts';
import type { TargetModule, TargetPorts } from './module.ts';
import { NotYetError } from './not-yet.ts';
import type { Looked, Restored, Started, Target } from './target.ts';

/** Until a command that was cancelled has ended; in seconds. */
const CANCELLING = 5;

/** Hosts that do not run the same are not settled: nothing is gone back to there. */
const current =
  (work: Work) =>
  async (job: OwnJob): Promise<Looked> => {
    const hosts = await look(work, job);
    const { revision, differ } = runningOn(hosts);
    const settled = !differ && revision.id !== 'none' && hosts.every(({ told }) => !told.busy);
    return { kind: 'current', current: { revision, settled, desired: hosts.length } };
  };

/**
 * One host after another, and none after one that failed: a delivery that times out would not count as an error of one command for all of
 * them (User Guide, "Understanding command statuses"). The script compares, and swaps: what is active has to be what was looked at.
 */
const start =
  (work: Work) =>
  async (job: OwnJob): Promise<Started> => {
    const { config, before, deployment, image } = job;
    if (before === undefined || image === undefined)
      throw new Error(`deployment ${deployment} is started without an image, or a look at what runs`);
    const hosts = await work.calls.hosts(config);
    const revision = { id: image.digest, image: `${image.repository}@${image.digest}`, digest: image.digest };
    const order = { action: 'deploy', image: revision.image, expect: digestsIn(before.revision.id) } as const;
    const begun = job.again ? await work.calls.sent(config, isStartOf(deployment)) : [];
    for (const host of hosts) {
      const comment = startComment(deployment, host);
      const known = begun.find((sent) => sent.comment === comment);
      const startedAt = known?.at ?? work.now();
      const id = known?.id ?? (await work.calls.send(config, [host], order, comment));
      const rollout: Rollout = { revision, id, startedAt };
      if (host === hosts.at(-1)) return { kind: 'started', rollout, desired: hosts.length, lookInSeconds: NEXT_LOOK };
      const failure = known === undefined ? notYet(host, id) : await failureOf(work, job, rollout);
      if (failure === 'under-way') return notYet(host, id);
      if (failure !== undefined) return { kind: 'refused', failure, begun: true };
    }
    throw new Error(`there is no host to deploy to: ${hostsOf(config)}`);
  };

const startComment = (deployment: string, host: string): string => commentFor(deployment, `start ${host}`);

const isStartOf = (deployment: string) => (comment: string) => comment.startsWith(commentFor(deployment, 'start '));

const notYet = (host: string, id: string): never => {
  throw new NotYetError(NEXT_LOOK, `host ${host} is at it (command ${id}), and the others come after it`);
};

const rolloutOf = ({ id, at }: Sent, revision: Revision): Rollout => ({ revision, id, startedAt: at });

/** A command of ours that is under way is ended first; then one command goes back, unless something else is active. */
const restore =
  (work: Work) =>
  async (job: OwnJob, to: Revision): Promise<Restored> => {
    const { config, deployment } = job;
    if (to.digest === undefined || digestsIn(to.id).length !== 1)
      return refuse(refusal('nothing-to-go-back-to', `there is no one revision to bring back on ${hostsOf(config)}: ${to.id}`));
    const comment = commentFor(deployment, `back ${to.digest.slice('sha256:'.length, 19)}`);
    const [begun] = await work.calls.sent(config, (own) => own === comment);
    if (begun !== undefined) {
      const found = await bringing(work, begun, to);
      if (found !== undefined) return found;
    }
    await endStart(work, job);
    const hosts = await work.calls.hosts(config);
    const expect = [
      ...new Set(
        [job.rollout?.revision.id, job.image?.digest, job.before?.revision.id, to.id].flatMap((id) => digestsIn(id ?? '')),
      ),
    ];
    const startedAt = work.now();
    const id = await work.calls.send(config, hosts, { action: 'rollback', image: imageOf(to), expect }, comment);
    return { kind: 'called', rollout: { revision: to, id, startedAt } };
  };

/** A digest alone is completed by the host, which knows where it came from. */
const imageOf = ({ image, digest = '' }: Revision): string => (image.endsWith(`@${digest}`) ? image : digest);

/** One that failed is sent again. */
const bringing = async ({ calls }: Work, begun: Sent, to: Revision): Promise<Restored | undefined> => {
  const invocations = await calls.invocations(begun.id);
  const rollout = rolloutOf(begun, to);
  if (invocations.length < begun.hosts || invocations.some(isUnderWay)) return { kind: 'nothing', settled: false, rollout };
  return invocations.every(({ status }) => status === 'Success') ? { kind: 'nothing', settled: true, rollout } : undefined;
};

/** Two commands would wait for one lock; and one that is delivered late must not come after the way back. */
const endStart = async ({ calls }: Work, { config, deployment }: OwnJob): Promise<void> => {
  for (const { id, hosts } of await calls.sent(config, isStartOf(deployment))) {
    const seen = await calls.invocations(id);
    const waiting = seen.filter(isUnderWay);
    if (seen.length === hosts && waiting.length === 0) continue;
    if (seen.length < hosts || waiting.some(({ status }) => status !== 'Cancelling')) await calls.cancel(id);
    throw new NotYetError(CANCELLING, `command ${id} is being cancelled on ${hostsOf(config)}`);
  }
};

/** The catalogue's validator has checked it against the schema. */
const checked = (config: TargetSettings): Config => config as Config;

const permissions: Target['permissions'] = (config, where) => hostPermissions(checked(config), where);

const create = (ports: TargetPorts): Target => {
  const work: Work = { calls: hostCalls(ports), now: ports.now };
  const methods = { current: current(work), start: start(work), observe: observe(work), restore: restore(work) };
  return { kind, schema, permissions, ...answers<Config>(methods) };
};

/** Blue/green with Docker Compose on hosts, by SSM Run Command (S3.2 to S3.5): one script, which does it all, or changes nothing. */
export const composeHost: TargetModule = {
  kind,
  schema,
  permissions,
  example: {
    kind,
    instances: ['i-0123456789abcdef0'],
    document: 'switchyard-compose-host',
    output: { logGroup: '/switchyard/compose-host' },
  },
  events: hostEvents,
  subjects: (config) => (checked(config).instances ?? []).map(hostSubject),
  create,
};
