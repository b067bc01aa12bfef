import { describe, expect, it } from 'vitest';
import { blamedOnce, ofOneThatShares, ofWhatIsReplaced, ringsAgain } from './invariants/alarms.ts';
import { type Invariant, SHARE } from './invariants/events.ts';
import {
  goodIsNotBlamed,
  leftVerified,
  quarantineHolds,
  quarantineNeedsEvidence,
  ranAlready,
  ranWell,
  triedOftenEnough,
  verifiedByTasks,
} from './invariants/images.ts';
import { laneInOrder, oneDeployment, oneOfAName, rollbackGoesFirst, supersededByLater } from './invariants/order.ts';
import {
  asNamed,
  backToTheirs,
  backToVerified,
  leavesWhatItMeant,
  leavesWhatRuns,
  leftForGood,
  notToArchived,
  notToQuarantined,
  verifiedStill,
  waitersAnswered,
} from './invariants/rollbacks.ts';
import { inTime, nobodyWaitsForNothing, notTooSoon } from './invariants/time.ts';
import { cancelAnswered } from './invariants/verdicts.ts';
import { CANCELLED } from './people.ts';
import { PLACES, SHARING } from './places.ts';
import { MANY } from './rare-plan.ts';
import { BEGIN, type Item, type Seen, type Told } from './seen.ts';

/** Each case: what holds, and the same with one thing changed that breaks it. */
const MINUTE = 60_000;
const [{ environment, service }] = PLACES;
const NOBODYS = {
  deaths: 0,
  tags: new Map(),
  asked: [],
  told: [],
  items: [],
  cancels: [],
  ran: [],
  running: [],
  plan: { steps: [], outages: [] },
};

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
    const died = (deaths: number) => ({ ...took(697 + 901), deaths });
    both(inTime, died(3), died(2), /^I1: d-1 took/);
  });

  it('one that ends for want of time before that time is over', () => {
    const ended = (code: string, states: readonly (readonly [string, number])[]) => ({
      items: stored('d-1', { outcome: { at: BEGIN + (states.at(-1)?.[1] ?? 0) * 1000, reason: { code } } }, states),
    });
    const waited = (seconds: number) =>
      ended('waited-too-long', [
        ['queued', 0],
        ['expired', seconds],
      ]);
    both(notTooSoon, waited(3594), waited(3593), /^I1: d-1 ended for waited-too-long after 3593000 ms/);
    // Ten minutes of rollout and 87 s of checks; as long and 115 s to go back.
    const began = (seconds: number) =>
      ended('deadline', [
        ['starting', 0],
        ['rolling-back', seconds],
        ['rolled-back', 9000],
      ]);
    both(notTooSoon, began(681), began(680), /^I1: d-1 ended for deadline after 680000 ms/);
    const went = (seconds: number) =>
      ended('rollback-deadline', [
        ['starting', 0],
        ['rolling-back', 700],
        ['failed', 700 + seconds],
      ]);
    both(notTooSoon, went(709), went(708), /^I1: d-1 ended for rollback-deadline after 708000 ms/);
  });

  it('an alarm that rings once more, and is not answered', () => {
    const flapping = (over: number, again: number) => ({
      plan: {
        outages: [],
        steps: [
          { do: 'alarm', state: 'ALARM', place: 0, at: 0 },
          { do: 'deploy', place: 0, at: 10 },
          { do: 'alarm', state: 'OK', place: 0, at: over },
          { do: 'alarm', state: 'ALARM', place: 0, at: again },
        ],
      },
      items: stored('d-1', {}, [
        ['starting', 12],
        ['baking', 40],
        ['succeeded', 51],
      ]),
      told: [verdict('DeploymentSucceeded', 51, { deployment: 'd-1', verified: true })],
    });
    // Seen as over only if that was before the last look; within the window, which is a minute.
    both(ringsAgain, flapping(44, 70), flapping(43, 70), /^I3: d-1 was left alone/);
    both(ringsAgain, flapping(30, 56), flapping(30, 57), /^I3: d-1 was left alone/);
    both(ringsAgain, flapping(30, 106), flapping(30, 105), /^I3: d-1 was left alone/);
    const [answered, alone] = [flapping(30, 70), flapping(30, 70)];
    const rollback = event('RollbackStarted', 72, { deployment: 'r-1' });
    both(ringsAgain, { ...answered, told: [...answered.told, rollback] }, alone, /^I3: d-1 was left alone/);
  });

  it('a quarantine without evidence, be it that of what could not be undone', () => {
    const refused = (code: string, message: string) => ({
      told: [
        verdict('DeploymentFailed', 40, { deployment: 'd-1', digest: 'sha256:1', reason: { code, message } }),
        verdict('DeploymentRejected', 60, {
          deployment: 'd-2',
          digest: 'sha256:1',
          reason: { code: 'quarantined', message: 'since deployment d-1' },
        }),
      ],
    });
    const says = /^I4: d-2 was refused as quarantined/;
    both(quarantineNeedsEvidence, refused('health-check', 'it was ill'), refused('cancelled', CANCELLED), says);
    const undone = (first: string) => refused('taken-over', `${first}; and it could not be undone: others have changed it`);
    for (const first of [CANCELLED, 'it did not come to an end in the time that was stated for it'])
      both(quarantineNeedsEvidence, undone('it was ill'), undone(first), says);
    both(quarantineNeedsEvidence, undone('it was ill'), refused('taken-over', 'others have changed it'), says);
  });

  it('an alarm of what is replaced that is held against what replaces it, or against nothing', () => {
    const replaced = (rang: number, code: string, over: object = {}) => ({
      plan: { steps: [{ at: rang, do: 'alarm', place: 0, state: 'ALARM' }], outages: [] },
      told: [
        verdict('DeploymentSucceeded', 40, { deployment: 'd-1', digest: 'sha256:1', verified: true, running: { id: 'r:1' } }),
        event('DeploymentStarted', 70, { deployment: 'd-2' }),
        verdict('DeploymentSucceeded', 99, { deployment: 'd-2', digest: 'sha256:2', verified: true, reason: { code } }),
      ],
      items: [
        { pk: `service#${environment}#${service}`, sk: 'quarantine#sha256:1' },
        { pk: `service#${environment}#${service}`, sk: 'state', verified: [{ revision: { id: 'r:2' } }] },
      ],
      ...over,
    });
    // It was in its window, and a while before the next began.
    for (const rang of [46, 63])
      both(ofWhatIsReplaced, replaced(rang, 'verified'), replaced(rang, 'alarm'), /^I3: d-2 was blamed for an alarm of d-1/);
    for (const rang of [45, 64]) expect(ofWhatIsReplaced(seen(replaced(rang, 'alarm')))).toEqual([]);
    // The target had begun with it before that was told.
    const began = (second: number) => ({ running: [{ place: 0, begun: { 'd-2': BEGIN + second * 1000 } }] });
    both(ofWhatIsReplaced, replaced(60, 'alarm', began(60)), replaced(60, 'alarm', began(61)), /^I3: d-2 was blamed/);
    const [blamed, known] = replaced(50, 'verified').items;
    const of = (...items: readonly unknown[]) => replaced(50, 'verified', { items });
    const still = { ...known, verified: [{ revision: { id: 'r:1' } }] };
    const other = { ...blamed, sk: 'quarantine#sha256:2' };
    both(ofWhatIsReplaced, of(blamed, known), of(known), /^I3: d-1 was replaced as its alarm rang/);
    both(ofWhatIsReplaced, of(blamed, known), of(blamed, still), /^I3: d-1 was replaced as its alarm rang/);
    both(ofWhatIsReplaced, of(blamed, known), of(blamed, other, known), /^I3: the alarm of d-1 was held against d-2/);
  });

  it('one alarm for which what was gone back to is left, too', () => {
    const left = (state: string, deployment: string) => ({
      plan: { steps: [{ at: 50, do: 'alarm', place: 0, state: 'ALARM' }], outages: [] },
      told: [
        event('RollbackStarted', 51, { deployment: 'd-2', left: { deployment: 'd-2' }, reason: { code: 'alarm' } }),
        verdict(state, 60, { deployment: 'd-2', reason: { code: 'alarm' } }),
        event('RollbackStarted', 90, { deployment: 'r-1', left: { deployment }, reason: { code: 'alarm' } }),
      ],
    });
    const twice = left('DeploymentRolledBack', 'd-1');
    both(blamedOnce, left('DeploymentRolledBack', 'd-2'), twice, /^I3: d-2 and d-1 were both left for one alarm/);
    both(blamedOnce, left('DeploymentFailed', 'd-1'), twice, /^I3: d-2 and d-1/);
  });

  it('an alarm that two services share, which is held against the wrong one', () => {
    const [one, two] = SHARE.map((place) => ({ environment: 'prod', service: PLACES[place]?.service }));
    const rolledBack = [70, 'DeploymentRolledBack', { reason: { code: 'alarm' } }] as const;
    const good = [50, 'DeploymentSucceeded', { verified: true }] as const;
    /** `d-1` is in the first from second 10 on, `d-2` in the second from 45 on. */
    const shared = (
      rang: number,
      ends: readonly [number, readonly [number, string, object]],
      over: Partial<Record<'told' | 'answer', readonly Told[]>> & {
        readonly items?: readonly Item[];
        readonly began?: number;
      } = {},
    ) => {
      const [first, [to, type, detail]] = ends;
      return {
        plan: { steps: [{ at: rang, do: 'alarm', place: SHARE[0], state: 'ALARM' }], outages: [] },
        running: [
          { place: SHARE[0], begun: { 'd-1': BEGIN + 10_000 } },
          { place: SHARE[1], begun: { 'd-2': BEGIN + (over.began ?? 45) * 1000 } },
        ],
        told: [
          event('DeploymentStarted', 11, { ...one, deployment: 'd-1' }),
          verdict('DeploymentSucceeded', first, { ...one, deployment: 'd-1', verified: true }),
          event('DeploymentStarted', 46, { ...two, deployment: 'd-2' }),
          verdict(type, to, { ...two, ...detail, deployment: 'd-2' }),
          ...(over.answer ?? [event('RollbackStarted', 121, { ...two, deployment: 'r-2', reason: { code: 'alarm' } })]),
          ...(over.told ?? []),
        ],
        items: over.items ?? [],
      };
    };
    const left = { told: [event('RollbackStarted', 120, { ...one, deployment: 'r-1', reason: { code: 'alarm' } })] };
    const held = (code: string, of = one) => ({
      items: [{ pk: `service#prod#${of?.service}`, sk: 'quarantine#sha256:1', deployment: 'd-1', reason: { code } }],
    });
    const tells = /^I3: r-1 tells of an alarm that rang for d-2, which has it too/;
    const quarantined = /^I3: the image of d-1 is quarantined for an alarm that rang for d-2/;
    // The second is under way, or was found good last.
    for (const [rang, ends] of [
      [60, [30, rolledBack]],
      [60, [30, good]],
      [103, [30, good]],
    ] as const) {
      both(ofOneThatShares, shared(rang, ends), shared(rang, ends, left), tells);
      both(ofOneThatShares, shared(rang, ends, held('health-check')), shared(rang, ends, held('alarm')), quarantined);
      both(ofOneThatShares, shared(rang, ends, held('alarm', two)), shared(rang, ends, held('alarm')), quarantined);
    }
    const alone = /^I3: d-2 was left alone after an alarm that rang for d-2/;
    for (const rang of [60, 103])
      both(ofOneThatShares, shared(rang, [30, good]), shared(rang, [30, good], { answer: [] }), alone);
    expect(ofOneThatShares(seen(shared(60, [30, rolledBack], { answer: [] })))).toEqual([]);
    const nothing = [
      // of the first, which is under way, too, or was found good last
      shared(60, [67, rolledBack], left),
      shared(60, [52, good], { ...left, answer: [] }),
      // too close to the beginning, the end, or the end of the window, to tell
      shared(52, [30, rolledBack], left),
      shared(39, [30, rolledBack], left),
      shared(64, [30, rolledBack], left),
      shared(55, [30, good], left),
      shared(104, [30, good], left),
      // not begun, or begun after it rang
      shared(60, [30, [70, 'DeploymentFailed', {}]], { ...left, began: 80 }),
      // not good
      shared(60, [30, [50, 'DeploymentRolledBack', {}]], left),
      // somebody has gone back before
      shared(60, [30, good], { told: [...left.told, event('RollbackSucceeded', 58, { ...two, deployment: 'r-2' })] }),
    ];
    for (const one of nothing) expect(ofOneThatShares(seen(one))).toEqual([]);
  });

  it('what was left once and is left again, unless who waited for that was cancelled', () => {
    const late = (state: string) => ({
      plan: { steps: [], outages: [] },
      items: ['r-1', 'r-2'].flatMap((id, index) =>
        stored(
          id,
          { kind: 'rollback', leaving: { deployment: 'd-1' }, outcome: { at: BEGIN + index, changed: true, reason: {} } },
          [[index === 0 ? 'rolled-back' : state, 60 + index]],
        ),
      ),
    });
    for (const state of ['rejected', 'cancelled'])
      both(leftForGood, late(state), late('rolled-back'), /^I4: r-2 ended as rolled-back, and r-1 had left d-1 before/);
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

  it('a rollback that is told that what runs is left already', () => {
    const told = (code: string, until: number) => ({
      asked: [{ at: BEGIN + 100_000, step: { do: 'rollback', place: 0, request: 'r' } }],
      items: stored('d-1', {}, [
        ['starting', 10],
        ['succeeded', until],
      ]),
      told: [
        verdict('DeploymentSucceeded', until, { deployment: 'd-1' }),
        verdict('RollbackRejected', 110, { deployment: 'r-1', kind: 'rollback', asked: { requestId: 'r' }, reason: { code } }),
      ],
    });
    both(leavesWhatRuns, told('no-destination', 50), told('already-left', 50), /^I4: r-1 says already-left/);
    both(leavesWhatRuns, told('already-left', 89), told('already-left', 88), /^I4: r-1 says already-left/);
  });

  it('a rollback that leaves what was asked for after it', () => {
    const left = (meant: number, from?: string) => ({
      asked: [
        { at: BEGIN + 50_000, step: { do: 'deploy', place: 0, request: 'd' } },
        { at: BEGIN + meant * 1000, step: { do: 'rollback', place: 0, request: 'r', from } },
      ],
      items: stored('d-1', { asked: { requestId: 'd' } }, [['succeeded', 90]]),
      told: [verdict('RollbackSucceeded', 200, { deployment: 'r-1', asked: { requestId: 'r' }, left: { deployment: 'd-1' } })],
    });
    both(leavesWhatItMeant, left(45), left(44), /^I4: r-1 left d-1, which was asked for after it/);
    both(leavesWhatItMeant, left(44, 'good'), left(44), /^I4: r-1 left d-1/);
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

  it('a cancel that nobody answers', () => {
    const cancelled = (type: string, code: string, message: string) => ({
      cancels: ['d-1', 'd-1'],
      told: [
        verdict('DeploymentSucceeded', 9, { deployment: 'd-1' }),
        event(type, 9, { deployment: 'd-1', reason: { code, message } }),
      ],
    });
    const unanswered = cancelled('VerificationFailed', 'alarm', 'it rings');
    both(cancelAnswered, cancelled('CancelRejected', 'cancel-too-late', 'it has ended'), unanswered, /^I1: .* cancel d-1/);
    both(cancelAnswered, cancelled('RollbackStarted', 'cancelled', CANCELLED), unanswered, /^I1: .* cancel d-1/);
  });

  it('who overtakes in a lane', () => {
    const waiting = (second: number) => ({
      items: [
        ...stored('d-1', { acceptedAt: BEGIN + 10_000, cause: { time: BEGIN + 10_000 } }, [
          ['queued', 10],
          ['starting', 100],
        ]),
        ...stored('d-2', { acceptedAt: BEGIN + 20_000, cause: { time: BEGIN + 20_000 } }, [
          ['queued', 20],
          ['starting', second],
        ]),
      ],
    });
    both(laneInOrder, waiting(101), waiting(90), /^I5: d-2 started before d-1/);
  });

  it('what is superseded by what was asked for before it', () => {
    const superseded = (time: number, accepted = 60) => ({
      items: [
        ...stored('d-1', { cause: { time: BEGIN + 50_000 }, acceptedAt: BEGIN + accepted * 1000 }, [['succeeded', 90]]),
        ...stored('d-2', { cause: { time: BEGIN + time * 1000 }, outcome: { supersededBy: 'd-1' } }, [['superseded', 90]]),
      ],
    });
    both(supersededByLater, superseded(49), superseded(50), /^I5: d-2 was superseded by d-1/);
    both(supersededByLater, superseded(30, 44), superseded(30, 43), /^I5: d-2 was superseded by d-1/);
  });

  it('a good image that is blamed', () => {
    const failed = (image: string) => ({
      told: [event('VerificationFailed', 9, { deployment: 'd-1', asked: { image }, reason: { code: 'task-stopped' } })],
    });
    both(goodIsNotBlamed, failed('repository:sick'), failed('repository:slow'), /^I3: d-1 of repository:slow failed/);
  });

  it('what runs in the end, and nobody has verified', () => {
    const runs = (digest: string, over: object) => ({
      ran: [{ place: 0, digest: 'sha256:old' }],
      running: [{ place: 0, digest }],
      told: [verdict('DeploymentSucceeded', 9, { deployment: 'd-1', digest: 'sha256:new', ...over })],
    });
    const cancelled = { told: [verdict('DeploymentCancelled', 9, { deployment: 'd-1', digest: 'sha256:new' })] };
    both(leftVerified, runs('sha256:new', {}), { ...runs('sha256:new', {}), ...cancelled }, /^I4: sha256:new runs in/);
    both(leftVerified, { ...runs('sha256:old', {}), ...cancelled }, runs('sha256:other', {}), /^I4: sha256:other runs in/);
    const failed = { told: [verdict('DeploymentFailed', 9, { deployment: 'd-1', digest: 'sha256:new' })] };
    both(leftVerified, { ...runs('sha256:new', {}), ...failed }, runs('sha256:other', {}), /^I4: sha256:other runs in/);
  });

  it('what starts though evidence speaks against it, and who insists and is refused for it', () => {
    const digest = 'sha256:bad';
    const blamed = (reason: string, asked: object, between: readonly Told[] = []) => ({
      told: [
        verdict('DeploymentRolledBack', 9, { deployment: 'd-1', digest, reason: { code: reason } }),
        ...between,
        event('DeploymentStarted', 60, { deployment: 'd-2', digest, asked }),
      ],
    });
    const lifted = [verdict('DeploymentSucceeded', 30, { deployment: 'd-3', digest, verified: true })];
    both(quarantineHolds, blamed('cancelled', {}), blamed('alarm', {}), /^I4: d-2 was started, though d-1/);
    both(quarantineHolds, blamed('alarm', { force: true }), blamed('alarm', {}), /^I4: d-2 was started/);
    both(quarantineHolds, blamed('alarm', {}, lifted), blamed('alarm', {}), /^I4: d-2 was started/);
    const refused = (asked: object) => ({
      told: [verdict('DeploymentRejected', 9, { deployment: 'd-2', digest, asked, reason: { code: 'quarantined' } })],
    });
    both(quarantineHolds, refused({}), refused({ force: true }), /^I4: d-2 was insisted on/);
  });

  it('what is said to run already, and was never verified, or is ill', () => {
    const already = (id: string, seconds: number) => ({
      told: [
        event('DeploymentStarted', 5, { deployment: 'd-1', service: SHARING.service }),
        verdict('DeploymentSucceeded', 9, {
          deployment: 'd-1',
          service: SHARING.service,
          verified: true,
          running: { id: 'one' },
        }),
        verdict('DeploymentSucceeded', seconds, {
          deployment: 'd-2',
          service: SHARING.service,
          asked: { image: 'repository:late' },
          verified: true,
          running: { id },
          reason: { code: 'runs-already' },
        }),
      ],
    });
    both(ranAlready, already('one', 60), already('two', 60), /^I3: d-2 says that two was verified/);
    both(ranWell, already('one', 65), already('one', 66), /^I3: d-2 says that all is well/);
  });

  it('a way back to what cannot be pulled, or is quarantined', () => {
    const digest = 'sha256:gone';
    const back = (gone: number) => ({
      plan: { outages: [], steps: [{ do: 'archive', place: 0, tag: 'good', at: gone }] },
      items: stored('r-1', { kind: 'rollback', acceptedAt: BEGIN + 100_000 }, []),
      told: [
        verdict('DeploymentSucceeded', 9, { deployment: 'd-1', asked: { image: 'repository:good' }, digest }),
        event('RollbackStarted', 110, { deployment: 'r-1', by: 'switchyard', destination: { digest } }),
      ],
    });
    both(notToArchived, back(94), back(93), /^I4: r-1 went back to sha256:gone/);
    const blamed = (since: number, other: string) => ({
      items: [{ sk: 'quarantine#sha256:gone', digest, environment, service, at: BEGIN + since * 1000 }],
      told: [
        verdict('DeploymentSucceeded', 9, { deployment: 'd-0', verified: true, digest: other, running: { id: 'zero' } }),
        verdict('DeploymentSucceeded', 50, { deployment: 'd-1', verified: true, digest, running: { id: 'one' } }),
        event('RollbackStarted', 110, { deployment: 'd-2', by: 'switchyard' }),
        verdict('DeploymentRolledBack', 130, { deployment: 'd-2', running: { digest }, left: { revision: 'two' } }),
      ],
    });
    both(notToQuarantined, blamed(104, 'sha256:old'), blamed(103, 'sha256:old'), /^I4: d-2 went back to sha256:gone/);
    both(notToQuarantined, blamed(103, digest), blamed(103, 'sha256:old'), /^I4: d-2 went back to sha256:gone/);
  });

  it('that what was verified is said not to be, when it was gone back to', () => {
    const went = (verified: boolean) => ({
      told: [
        verdict('DeploymentSucceeded', 9, { deployment: 'd-1', verified: true, digest: 'sha256:a' }),
        verdict('RollbackSucceeded', 90, { deployment: 'r-1', verified, running: { id: 'anew', digest: 'sha256:a' } }),
      ],
    });
    both(verifiedStill, went(true), went(false), /^I3: r-1 says that anew was never verified/);
  });
});
