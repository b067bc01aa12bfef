import { describe, expect, it } from 'vitest';
import type { Invariant } from './invariants/events.ts';
import { triedOftenEnough, verifiedByTasks } from './invariants/images.ts';
import { oneDeployment, oneOfAName, rollbackGoesFirst } from './invariants/order.ts';
import { asNamed, backToTheirs, backToVerified, waitersAnswered } from './invariants/rollbacks.ts';
import { inTime, nobodyWaitsForNothing } from './invariants/time.ts';
import { PLACES } from './places.ts';
import { MANY } from './rare-plan.ts';
import { BEGIN, type Item, type Seen, type Told } from './seen.ts';

/** Each case: what holds, and the same with one thing changed that breaks it. */
const MINUTE = 60_000;
const [{ environment, service }] = PLACES;
const NOBODYS = { tags: new Map(), asked: [], told: [], items: [], plan: { steps: [], outages: [] } };

const seen = (over: object): Seen => ({ ...NOBODYS, ...over }) as unknown as Seen;

const event = (type: string, seconds: number, detail: object): Told => ({
  at: 0,
  type,
  detail: { eventId: `${type} ${seconds}`, service, environment, at: new Date(BEGIN + seconds * 1000).toISOString(), ...detail },
});

const verdict = (type: string, seconds: number, detail: object): Told =>
  event(type, seconds, { terminal: true, sequence: 9, changed: true, ...detail });

/** A deployment with its record: the states that it came to, and after how many seconds. */
const stored = (id: string, over: object, states: readonly (readonly [to: string, seconds: number])[]): readonly Item[] => [
  {
    pk: `deployment#${id}`,
    sk: 'state',
    id,
    kind: 'deploy',
    environment,
    service,
    lane: environment,
    acceptedAt: BEGIN,
    cause: { time: BEGIN, source: 'ci' },
    state: states.at(-1)?.[0],
    ...over,
  },
  ...states.map(([to, seconds], index) => ({
    pk: `deployment#${id}`,
    sk: `audit#${index}`,
    deployment: id,
    from: states[index - 1]?.[0] ?? 'requested',
    to,
    at: BEGIN + seconds * 1000,
  })),
];

const both = (invariant: Invariant, holds: object, breaks: object, says: RegExp): void => {
  expect(invariant(seen(holds))).toEqual([]);
  const [first, ...others] = invariant(seen(breaks));
  expect(first).toMatch(says);
  expect(others).toEqual([]);
};

describe('an invariant sees', () => {
  it('a deployment that ends after the time that was stated for it, be something away or not', () => {
    const took = (seconds: number) => ({
      items: stored('d-1', {}, [
        ['starting', 0],
        ['succeeded', seconds],
      ]),
    });
    // Ten minutes of rollout, ten seconds of bake, 87 s of checks; a quarter of an hour of patience.
    both(inTime, took(697 + 900), took(697 + 901), /^I1: d-1 took 1598000 ms/);
    const outages = (away: string) => ({
      ...took(697 + 901),
      plan: { steps: [], outages: [{ service: away, from: 0, to: 60 }] },
    });
    both(inTime, outages('dynamodb'), outages('ecs'), /^I1: d-1 took/);
  });

  it('one that begins, or is refused, long after it was to wait', () => {
    const began = (seconds: number) => ({
      items: stored('d-1', {}, [
        ['queued', 0],
        ['starting', seconds],
        ['failed', seconds],
      ]),
    });
    both(inTime, began(3606), began(3607), /^I1: d-1 began after/);
    const expired = (seconds: number) => ({
      items: stored('d-1', { outcome: { at: BEGIN + seconds * 1000 } }, [['expired', seconds]]),
    });
    both(inTime, expired(4500), expired(4501), /^I1: d-1 ended long after/);
  });

  it('who waits for nothing until it expires', () => {
    const told = [verdict('DeploymentExpired', 3600, { deployment: 'd-1', reason: { code: 'waited-too-long' } })];
    const endless = (count: number) => ({
      told,
      plan: { outages: [], steps: Array.from({ length: count }, () => ({ do: 'deploy', tag: 'endless', place: 1 })) },
    });
    both(nobodyWaitsForNothing, endless(MANY), endless(MANY - 1), /^I7: d-1/);
    const away = (to: number) => ({ told, plan: { steps: [], outages: [{ service: 'sqs', from: 0, to }] } });
    both(nobodyWaitsForNothing, away(1300), away(180), /^I7: d-1/);
  });

  it('what is verified without tasks, and what is not verified with some', () => {
    const scaled = (desired: number, verified: boolean) => ({
      plan: { outages: [], steps: [{ do: 'scale', place: 0, at: 10, desired }] },
      told: [verdict('DeploymentSucceeded', 200, { deployment: 'd-1', verified })],
    });
    both(verifiedByTasks, scaled(0, false), scaled(0, true), /^I3: d-1 says that it was verified, and 0/);
    both(verifiedByTasks, scaled(1, true), scaled(1, false), /^I3: d-1 says that it was not verified, and 1/);
  });

  it('a health check that counts too soon', () => {
    const failed = (checkAttempts: number) => ({
      told: [event('VerificationFailed', 9, { deployment: 'd-1', checkAttempts, reason: { code: 'health-check' } })],
    });
    both(triedOftenEnough, failed(4), failed(3), /^I3: d-1 failed after 3/);
  });

  it('two requests of one name that are both taken, and one request that is two deployments', () => {
    const asked = (image: string) => ({ asked: { requestId: 'r', image } });
    const other = (over: object) => ({
      items: [
        ...stored('d-1', asked('a:1'), [['succeeded', 1]]),
        ...stored('d-2', { ...asked('a:2'), ...over }, [['rejected', 1]]),
      ],
    });
    const refused = { outcome: { reason: { code: 'request-id-reused' } } };
    both(
      oneOfAName,
      other(refused),
      other({ outcome: { reason: { code: 'verified' } } }),
      /^I5: of 2 requests with the name r, 2/,
    );
    both(oneDeployment, other({}), other(asked('a:1')), /^I5: request r deploy a:1 became 2/);
  });

  it('a deployment that starts while a rollback waits', () => {
    const started = (seconds: number) => ({
      items: [
        ...stored('r-1', { kind: 'rollback' }, [
          ['queued', 10],
          ['starting', 60],
          ['rolled-back', 90],
        ]),
        ...stored('d-1', {}, [
          ['queued', 1],
          ['starting', seconds],
          ['succeeded', 200],
        ]),
      ],
    });
    both(rollbackGoesFirst, started(91), started(40), /^I5: d-1 started .* while r-1 waited/);
  });

  it('a rollback that does not go where it was told, or leaves something else', () => {
    const tags = new Map([
      ['preprod:good', 'sha256:g'],
      ['preprod:better', 'sha256:b'],
    ]);
    const told = (running: string, left: string) => ({
      tags,
      asked: [{ at: 0, step: { do: 'rollback', place: 0, request: 'r', from: 'better', to: 'good' } }],
      told: [
        verdict('RollbackSucceeded', 9, {
          deployment: 'r-1',
          asked: { requestId: 'r' },
          running: { digest: running },
          left: { digest: left },
        }),
      ],
    });
    both(
      asNamed,
      told('sha256:g', 'sha256:b'),
      told('sha256:x', 'sha256:b'),
      /^I4: r-1 was to go to sha256:g, and went to sha256:x/,
    );
    both(
      asNamed,
      told('sha256:g', 'sha256:b'),
      told('sha256:g', 'sha256:y'),
      /^I4: r-1 was to leave sha256:b, and left sha256:y/,
    );
  });

  it('that what others put there is not gone back to', () => {
    const back = (id: string) => ({
      plan: {
        outages: [],
        steps: [
          { do: 'by-hand', place: 0, at: 0 },
          { do: 'deploy', place: 0, at: 90 },
        ],
      },
      told: [
        event('DeploymentStarted', 100, { deployment: 'd-1', sequence: 1, before: { id: 'theirs' } }),
        verdict('DeploymentRolledBack', 200, { deployment: 'd-1', running: { id } }),
      ],
    });
    both(backToTheirs, back('theirs'), back('older'), /^I4: d-1 replaced theirs/);
  });

  it('that a rollback goes to what was never verified, while something else was', () => {
    const went = (id: string) => ({
      plan: { outages: [], steps: [{ do: 'scale', place: 0, at: 50, desired: 0 }] },
      told: [
        verdict('DeploymentSucceeded', 20, { deployment: 'd-1', verified: true, running: { id: 'one' } }),
        verdict('DeploymentSucceeded', 120, { deployment: 'd-2', verified: false, running: { id: 'two' } }),
        verdict('RollbackSucceeded', 300, { deployment: 'r-1', running: { id }, left: { revision: 'three' } }),
      ],
    });
    both(backToVerified, went('one'), went('two'), /^I4: r-1 went back to two, which was never verified, and one was/);
  });

  it('who waits for what a person has left, and starts; who insists, or asks later, and is refused', () => {
    const left = {
      kind: 'rollback',
      leaving: { digest: 'sha256:a' },
      acceptedAt: BEGIN + MINUTE,
      cause: { time: BEGIN + MINUTE, source: 'ci' },
    };
    const waiter = (over: object, states: readonly (readonly [string, number])[]) => ({
      items: [
        ...stored('r-1', left, [
          ['starting', 60],
          ['rolled-back', 90],
        ]),
        ...stored('d-1', { asked: {}, image: { digest: 'sha256:a' }, ...over }, states),
      ],
    });
    const refused = { outcome: { reason: { code: 'left-by-person', message: 'r-1 left the image' } } };
    const ends = [
      ['queued', 1],
      ['rejected', 60],
    ] as const;
    const starts = [
      ['queued', 1],
      ['starting', 100],
      ['succeeded', 200],
    ] as const;
    both(waitersAnswered, waiter(refused, ends), waiter({}, starts), /^I4: d-1 waited to deploy what r-1 left/);
    const insists = { asked: { force: true } };
    both(waitersAnswered, waiter(insists, starts), waiter({ ...insists, ...refused }, ends), /^I4: d-1 was insisted on/);
    const later = { cause: { time: BEGIN + 2 * MINUTE, source: 'ci' } };
    both(waitersAnswered, waiter(later, starts), waiter({ ...later, ...refused }, ends), /^I4: d-1 was asked for after r-1/);
  });
});
