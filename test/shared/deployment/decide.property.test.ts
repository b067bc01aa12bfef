import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../shared/deployment/decide.ts';
import type { Decision, World } from '../../../shared/deployment/decision.ts';
import type { Input, InputKind, Moment } from '../../../shared/deployment/input.ts';
import { isActive, isTerminal } from '../../../shared/deployment/owner.ts';
import type { Deployment, Lane, Service } from '../../../shared/deployment/types.ts';
import { alarm, arrival, inputs, lane, moment, NOW, revision, service } from './builders.ts';

/** A table in memory, as small as can be: what is committed is what the next decision sees. */
interface Books {
  readonly deployments: Map<string, Deployment>;
  lane: Lane;
  service: Service;
}

const worldFor = (books: Books, id: string): World => {
  const known = books.deployments.get(id);
  const active =
    books.service.active === undefined || books.service.active === id ? undefined : books.deployments.get(books.service.active);
  return {
    lane: books.lane,
    service: books.service,
    waiters: books.lane.waiting.flatMap((waiter) => (waiter.id === id ? [] : (books.deployments.get(waiter.id) ?? []))),
    ...(known === undefined ? {} : { deployment: known }),
    ...(active === undefined ? {} : { active }),
  };
};

const write = (books: Books, { deployment, others, lane: after, service: served }: Decision): void => {
  for (const changed of deployment === undefined ? others : [deployment, ...others]) {
    books.deployments.set(changed.id, { ...changed, version: changed.version + 1 });
  }
  if (after !== undefined) books.lane = after;
  if (served !== undefined) books.service = served;
};

const IDS = ['d-1', 'd-2', 'd-3', 'r-1', 'r-2'] as const;

const anyObservation = fc.constantFrom(
  { phase: 'in-progress' } as const,
  { phase: 'completed', desired: 2 } as const,
  { phase: 'completed', desired: 0 } as const,
  { phase: 'undoing', failure: { code: 'breaker', message: 'no', evidence: true } } as const,
  { phase: 'undone', failure: { code: 'breaker', message: 'no', evidence: true }, running: revision(1, 'a') } as const,
  { phase: 'failed', failure: { code: 'breaker', message: 'no', evidence: false }, running: revision(1, 'a') } as const,
  { phase: 'taken-over', running: revision(9, 'c'), message: 'theirs' } as const,
  { phase: 'gone', message: 'gone' } as const,
);

const anyInput = (id: string): fc.Arbitrary<Input> => {
  const isRollback = id.startsWith('r');
  const request: Input = isRollback
    ? { ...inputs['rollback-requested'], arrival: arrival(id, { asked: { reason: 'bad' } }) }
    : {
        ...inputs['deploy-requested'],
        arrival: arrival(id, { cause: { ...arrival(id).cause, time: NOW + Number(id.slice(2)) } }),
      };
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(request) },
    { weight: 6, arbitrary: fc.constant<Input>({ kind: 'woken' }) },
    { weight: 2, arbitrary: anyObservation.map((observation): Input => ({ kind: 'observed', observation })) },
    {
      weight: 4,
      arbitrary: fc.record({ observation: anyObservation, healthy: fc.boolean(), firing: fc.boolean() }).map(
        ({ observation, healthy, firing }): Input => ({
          kind: 'checked',
          observation,
          health: { healthy, detail: 'x' },
          alarms: [alarm({ state: firing ? 'ALARM' : 'OK', at: NOW + 1 })],
        }),
      ),
    },
    {
      weight: 6,
      arbitrary: fc
        .constantFrom<InputKind>(
          'looked',
          'start-answered',
          'restore-answered',
          'cancel-requested',
          'alarm-changed',
          'task-stopped',
          'rollout-told',
          'erred',
        )
        .map((kind): Input => inputs[kind]),
    },
    {
      weight: 1,
      arbitrary: fc.constant<Input>({
        kind: 'start-answered',
        answer: { refused: { code: 'no', message: 'no', evidence: false } },
      }),
    },
    { weight: 1, arbitrary: fc.constant<Input>({ kind: 'restore-answered', answer: { did: 'nothing', settled: true } }) },
  );
};

const anyEvent = fc.constantFrom(...IDS).chain((id) =>
  fc.record({
    id: fc.constant(id),
    input: anyInput(id),
    function: fc.constantFrom<Moment['function']>('deploy', 'verify', 'rollback'),
    invocation: fc.constantFrom('one', 'two'),
    later: fc.nat({ max: 200_000 }),
  }),
);

interface Seen {
  readonly verdicts: Map<string, number>;
  readonly sequences: Map<string, number[]>;
}

const play = (
  history: readonly { id: string; input: Input; function: Moment['function']; invocation: string; later: number }[],
) => {
  const books: Books = { deployments: new Map(), lane: lane(), service: service() };
  const seen: Seen = { verdicts: new Map(), sequences: new Map() };
  let now = NOW;
  for (const { id, input, function: name, invocation, later } of history) {
    now += later;
    const before = worldFor(books, id);
    const decision = decide(before, input, moment({ now, function: name, invocation }));
    check(before, decision, now, invocation);
    write(books, decision);
    checkBooks(books);
    for (const { deployment, sequence, extra } of decision.events) {
      seen.sequences.set(deployment.id, [...(seen.sequences.get(deployment.id) ?? []), sequence]);
      if (extra['terminal'] === true) seen.verdicts.set(deployment.id, (seen.verdicts.get(deployment.id) ?? 0) + 1);
    }
  }
  return { books, seen };
};

/** What holds for every single step. */
const check = (before: World, { deployment, effect, service: after }: Decision, now: number, invocation: string): void => {
  if (deployment === undefined) return;
  if (before.deployment !== undefined && isTerminal(before.deployment.state))
    expect(deployment.state).toBe(before.deployment.state);
  expect(isTerminal(deployment.state)).toBe(deployment.wakeAt === undefined);
  if (effect !== undefined && ['look', 'start', 'look-back', 'restore'].includes(effect.kind)) {
    expect(after?.lease).toMatchObject({ by: invocation });
    expect(after?.lease?.until).toBeGreaterThan(now);
  }
  const lease = before.service.lease;
  const othersCall = lease !== undefined && lease.until > now && lease.by !== invocation;
  if (othersCall && after !== undefined) expect(after.lease?.by).toBe(lease.by);
  if (othersCall && before.deployment !== undefined && isActive(before.deployment.state))
    expect(isTerminal(deployment.state)).toBe(false);
};

/** I2, and that lane and service name nobody who has ended. */
const checkBooks = ({ deployments, lane: { holder, waiting }, service: served }: Books): void => {
  const active = [...deployments.values()].filter(({ state }) => isActive(state));
  expect(active.length).toBeLessThanOrEqual(1);
  expect(active[0]?.id).toBe(served.active);
  for (const id of [holder?.id, ...waiting.map((waiter) => waiter.id), ...served.waiting]) {
    if (id !== undefined) expect(isTerminal(deployments.get(id)?.state ?? 'failed')).toBe(false);
  }
  for (const { id, kind, state } of deployments.values()) {
    if (kind !== 'deploy' || isTerminal(state)) continue;
    expect(holder?.id === id || waiting.some((waiter) => waiter.id === id)).toBe(true);
  }
};

describe('any inputs in any order', () => {
  it('never have two active deployments, two verdicts, a gap in the events, or a call without the lease', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 5, maxLength: 60 }), (history) => {
        const { seen } = play(history);
        for (const count of seen.verdicts.values()) expect(count).toBe(1);
        for (const sequence of seen.sequences.values()) expect(sequence).toEqual(sequence.map((_, index) => index + 1));
      }),
      { numRuns: 1500 },
    );
  });

  it('give the same answer for the same question', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 20 }), (history) => {
        expect(play(history).books).toEqual(play(history).books);
      }),
      { numRuns: 100 },
    );
  });

  it('come to an end for everybody once the deadlines have passed and somebody looks', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 40 }), (history) => {
        const { books } = play(history);
        let now = NOW + 60 * 200_000;
        for (let round = 0; round < 60; round += 1) {
          now += 3_600_000;
          for (const id of books.deployments.keys()) {
            for (const name of ['deploy', 'verify', 'rollback'] as const) {
              write(books, decide(worldFor(books, id), { kind: 'woken' }, moment({ now, function: name, invocation: 'last' })));
              now += 200_000;
            }
          }
        }
        const left = [...books.deployments.values()].filter(({ state }) => !isTerminal(state));
        expect(left.map(({ id, state }) => `${id} ${state}`)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
