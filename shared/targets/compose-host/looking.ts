import type { Revision } from '../../deployment/observations.ts';
import type { TargetPorts } from '../module.ts';
import { NotYetError } from '../not-yet.ts';
import { RefusedError } from '../refused.ts';
import type { Job } from '../target.ts';
import { commentFor, type HostCalls, type Invocation, isUnderWay, type Output } from './calls.ts';
import { type Config, hostsOf } from './config.ts';
import { refusal } from './refusals.ts';
import { type Told, toldIn } from './script.ts';

export type OwnJob = Job<Config>;

/** What the target works with. */
export interface Work {
  readonly calls: HostCalls;
  readonly now: TargetPorts['now'];
}

/** What one host says of itself. */
export interface Seen {
  readonly host: string;
  readonly told: Told;
}

/** A look that is older tells of the past: the sweep alone asks each minute. */
const FRESH_MILLISECONDS = 90_000;
const FIRST_ANSWER_SECONDS = 2;
const NEXT_ANSWER_SECONDS = 4;

/**
 * What runs on each host. A look is a command like any other, and nobody sleeps: throws `NotYetError` until each has answered. Three calls,
 * and one for each host; two where it is sent. `after`: the command that has ended before. One that was asked for before that, or before a
 * rollback was, tells of what was there then, whenever it arrives, and is another.
 */
export const look = async (
  { calls, now }: Work,
  { config, deployment, rollback = deployment }: OwnJob,
  after?: string,
): Promise<readonly Seen[]> => {
  const hosts = await calls.hosts(config);
  const comment = commentFor(rollback, lookAfter(after));
  const [sent] = await calls.sent(config, (own) => own === comment, now() - FRESH_MILLISECONDS);
  if (sent === undefined) {
    await calls.send(config, hosts, { action: 'status', image: '', expect: [] }, comment);
    throw new NotYetError(FIRST_ANSWER_SECONDS, `${hostsOf(config)} are asked what runs there`);
  }
  const answers = await calls.invocations(sent.id);
  if (answers.length < sent.hosts || answers.some(isUnderWay))
    throw new NotYetError(NEXT_ANSWER_SECONDS, `${hostsOf(config)} have not said yet what runs there (command ${sent.id})`);
  return Promise.all(answers.map(async (answer) => seen(answer, await calls.output(sent.id, answer.host))));
};

const lookAfter = (command: string | undefined): string => (command === undefined ? 'look' : `look ${command}`);

const seen = ({ host, status }: Invocation, output: Output): Seen => {
  const told = toldIn(output.out);
  if (status === 'DeliveryTimedOut' || status === 'Undeliverable')
    throw new RefusedError(
      refusal('host-offline', `host ${host} did not take the command in time; start its agent, or take it out`),
    );
  if (told === undefined || told.code !== 'done')
    throw new RefusedError(
      refusal('host-unreadable', `host ${host} does not say what runs there: ${whyNot(status, output, told)}`),
    );
  return { host, told };
};

const whyNot = (status: string, { exit, err }: Output, told: Told | undefined): string =>
  told === undefined
    ? `${status}, exit code ${exit}: ${err.trim().slice(-1000) || 'it wrote nothing'}; set it up as infrastructure/compose-host/README.md says`
    : told.message;

/** As a revision's id: `none`, where nothing runs. */
const digestOf = ({ told }: Seen): string => (told.digest === '' ? 'none' : told.digest);

/** What all of them run; `differ`: they do not run the same. */
export const runningOn = (hosts: readonly Seen[]): { readonly revision: Revision; readonly differ: boolean } => {
  const [first, ...others] = hosts.toSorted((one, other) => one.host.localeCompare(other.host));
  if (first === undefined) throw new Error('no host was looked at');
  const id = digestOf(first);
  const differ = others.some((other) => digestOf(other) !== id);
  const { image } = first.told;
  if (differ)
    return { revision: { id: [first, ...others].map((one) => `${one.host}=${digestOf(one)}`).join(','), image }, differ };
  return { revision: { id, image, ...(id === 'none' ? {} : { digest: id }) }, differ };
};

/** Every digest that a revision's id names. */
export const digestsIn = (id: string): readonly string[] =>
  [...id.matchAll(/sha256:[0-9a-f]{64}|\bnone\b/g)].map(([digest]) => digest);
