import { between, pick } from './chance.ts';
import { PLACES, SHARED, SHARING } from './places.ts';
import type { Dice, Meeting, Outage, Step } from './plan.ts';

/** What few days bring, with what is away meanwhile. */
export interface Rare {
  readonly steps: readonly Step[];
  readonly outages: readonly Outage[];
}

type Scene = (dice: Dice, place: number) => Rare;

/** Steps at one place, each so many seconds after the one before it, from and to. */
type Acts = readonly (readonly [from: number, to: number, step: Act])[];
export type Act =
  | { readonly do: 'deploy'; readonly tag: string; readonly request?: string; readonly force?: boolean; readonly age?: number }
  | { readonly do: 'rollback'; readonly from?: string; readonly to?: string; readonly age?: number }
  | { readonly do: 'by-hand'; readonly tag: string }
  | { readonly do: 'alarm'; readonly state: 'OK' | 'ALARM' }
  | { readonly do: 'scale'; readonly desired: number }
  | { readonly do: 'archive'; readonly tag: string }
  | { readonly do: 'deregister' }
  | { readonly do: 'cancel'; readonly request: string };

/** One of them; what is asked for is named by its place among them. */
export const stepOf = (
  dice: Dice,
  place: number,
  act: Act,
  { at, index }: { readonly at: number; readonly index: number },
): Step => {
  const request = `r${index}`;
  const times = dice('rare', index, 'twice') < 0.2 ? 2 : 1;
  switch (act.do) {
    case 'deploy':
      return { request, force: false, age: 0, ...act, at, place, times };
    case 'rollback':
      return { ...act, at, place, request, times };
    case 'cancel':
      return { ...act, at };
    default:
      return { ...act, at, place };
  }
};

const played = (dice: Dice, place: number, acts: Acts): readonly Step[] => {
  let at = 0;
  return acts.map(([from, to, act], index): Step => {
    at += between(dice('rare', index), from, to);
    return stepOf(dice, place, act, { at, index });
  });
};

const scene =
  (acts: Acts): Scene =>
  (dice, place) => ({ steps: played(dice, place, acts), outages: [] });

export const deploy = (tag: string, request?: string): Act => ({
  do: 'deploy',
  tag,
  ...(request === undefined ? {} : { request }),
});

/** How long a service of AWS is away, in seconds, from and to: longer than every clock of a deployment. */
const AWAY = [1300, 6000] as const;

/** So many that never start, one after the other until its own deadline, take longer than the next may wait. */
export const MANY = 6;

const SCENES: readonly (readonly [weight: number, scene: Scene])[] = [
  // somebody else puts another image there, while ours is brought or watched
  [
    2,
    scene([
      [0, 0, deploy('good')],
      [2, 80, { do: 'by-hand', tag: 'better' }],
    ]),
  ],
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('endless')],
      [60, 500, { do: 'by-hand', tag: 'better' }],
    ]),
  ],
  // somebody else has put another image there, and ours is no good
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [380, 460, { do: 'by-hand', tag: 'better' }],
      [100, 140, deploy('crashing')],
    ]),
  ],
  // nothing is to run there for a while
  [
    2,
    scene([
      [0, 0, deploy('better')],
      [4, 60, { do: 'scale', desired: 0 }],
      [60, 120, deploy('good')],
      [60, 90, deploy('slow')],
      [60, 90, { do: 'rollback' }],
      [1, 90, { do: 'scale', desired: 1 }],
    ]),
  ],
  // a person names where to go, or what to leave
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('better')],
      [45, 60, deploy('slow')],
      [1, 20, { do: 'rollback', to: 'good' }],
    ]),
  ],
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('better')],
      [1, 70, { do: 'rollback', from: 'better' }],
    ]),
  ],
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('better')],
      [1, 70, { do: 'rollback', from: 'good' }],
    ]),
  ],
  // the same image is asked for once more, by CI or by a person who insists, while somebody goes back from it
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [2, 15, deploy('good')],
      [2, 25, { do: 'rollback' }],
    ]),
  ],
  [
    0.5,
    scene([
      [0, 0, deploy('good')],
      [2, 15, { do: 'deploy', tag: 'good', force: true }],
      [2, 25, { do: 'rollback' }],
    ]),
  ],
  // CI asks for it after somebody has gone back from it, which arrives late
  [
    0.5,
    scene([
      [0, 0, deploy('good')],
      [5, 25, { do: 'rollback' }],
      [2, 10, deploy('good')],
    ]),
  ],
  // a deployment and a rollback wait for the same rollback
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('better')],
      [3, 40, { do: 'rollback' }],
      [1, 8, deploy('slow')],
      [1, 8, { do: 'rollback' }],
    ]),
  ],
  // an alarm that rang before, and is heard of meanwhile
  [
    1,
    scene([
      [0, 0, { do: 'alarm', state: 'ALARM' }],
      [7, 30, deploy('good')],
    ]),
  ],
  // one that rang before, was over, and rings again when all seems well
  [
    1,
    scene([
      [0, 0, { do: 'alarm', state: 'ALARM' }],
      [7, 30, deploy('good')],
      [6, 20, { do: 'alarm', state: 'OK' }],
      [20, 70, { do: 'alarm', state: 'ALARM' }],
    ]),
  ],
  // one that rings when somebody goes back
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('better')],
      [40, 70, { do: 'rollback' }],
      [5, 60, { do: 'alarm', state: 'ALARM' }],
    ]),
  ],
  // a person meant what ran before, and is heard when something else does
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('better')],
      [5, 60, { do: 'rollback', age: 70 }],
    ]),
  ],
  // an image that is blamed is asked for again
  [
    1,
    scene([
      [0, 0, deploy('unhealthy')],
      [60, 120, deploy('unhealthy')],
      [60, 90, { do: 'deploy', tag: 'unhealthy', force: true }],
    ]),
  ],
  // somebody changes their mind while they wait
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [1, 4, deploy('better')],
      [4, 12, { do: 'cancel', request: 'r1' }],
    ]),
  ],
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('better')],
      [45, 60, { do: 'rollback' }],
      [1, 2, { do: 'rollback' }],
      [1, 3, { do: 'cancel', request: 'r3' }],
      [20, 60, deploy('slow')],
    ]),
  ],
  // CI's clock was fast
  [
    0.5,
    scene([
      [0, 0, { do: 'deploy', tag: 'good', age: -3000 }],
      [45, 90, deploy('better')],
    ]),
  ],
  // what was under way last has changed nothing, or is undone: somebody goes back from what runs
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('better')],
      [45, 60, deploy('slow')],
      [0, 2, { do: 'cancel', request: 'r2' }],
      [20, 60, { do: 'rollback' }],
    ]),
  ],
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('better')],
      [45, 60, deploy('unhealthy')],
      [120, 200, { do: 'rollback' }],
    ]),
  ],
  // an alarm while what replaces something is rolled out, within the window of that
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [35, 50, deploy('slow')],
      [8, 25, { do: 'alarm', state: 'ALARM' }],
    ]),
  ],
  // three who want the same lane
  [
    1,
    (dice) => ({
      steps: [
        ...played(dice, PLACES.indexOf(SHARED), [
          [0, 0, deploy('good')],
          [4, 9, deploy('better')],
        ]),
        ...played(dice, PLACES.indexOf(SHARING), [[14, 24, deploy('good', 'behind')]]),
      ],
      outages: [],
    }),
  ],
  // what is asked for runs already: nothing could be verified then, its alarm rings, or it is ill by now
  [
    1,
    scene([
      [0, 0, { do: 'scale', desired: 0 }],
      [10, 20, deploy('good')],
      [60, 90, { do: 'scale', desired: 1 }],
      [60, 90, deploy('good')],
    ]),
  ],
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [150, 200, { do: 'alarm', state: 'ALARM' }],
      [7, 30, deploy('good')],
    ]),
  ],
  [
    1,
    (dice) => ({
      steps: played(dice, PLACES.indexOf(SHARING), [
        [0, 0, deploy('late')],
        [100, 160, deploy('late')],
      ]),
      outages: [],
    }),
  ],
  // the way back is not what it was: its image cannot be pulled, its task definition is gone, or its alarm rings as it is replaced
  [
    1,
    scene([
      [0, 0, deploy('better')],
      [45, 60, deploy('good')],
      [45, 60, deploy('slow')],
      [50, 90, { do: 'archive', tag: 'good' }],
      [8, 60, { do: 'rollback' }],
    ]),
  ],
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [45, 60, deploy('better')],
      [45, 60, { do: 'deregister' }],
      [1, 40, { do: 'rollback' }],
    ]),
  ],
  [
    1,
    scene([
      [0, 0, deploy('better')],
      [45, 60, deploy('good')],
      [45, 60, deploy('crashing')],
      [0, 1, { do: 'alarm', state: 'ALARM' }],
    ]),
  ],
  // CI gives two requests one name
  [
    1,
    scene([
      [0, 0, deploy('good')],
      [0, 60, deploy('better', 'r0')],
    ]),
  ],
  // an image that never starts, and somebody who waits behind it
  [
    1,
    (dice, place) => ({
      steps: [
        ...played(dice, place, [[0, 0, deploy('endless')]]),
        ...played(dice, PLACES.indexOf(place === PLACES.indexOf(SHARED) ? SHARING : SHARED), [[5, 60, deploy('good', 'behind')]]),
      ],
      outages: [],
    }),
  ],
  // too many of them
  [
    0.3,
    (dice) => ({
      steps: played(
        dice,
        PLACES.indexOf(SHARED),
        Array.from({ length: MANY + 1 }, (_, index) => [1, 4, deploy(index < MANY ? 'endless' : 'good')] as const),
      ),
      outages: [],
    }),
  ],
  // a service of AWS is away for longer than a deployment may take
  [
    1.5,
    (dice, place) => {
      const second = dice('rare', 'second') < 0.5 ? deploy('crashing') : deploy('better');
      const from = between(dice('rare', 'from'), 40, 110);
      const service = pick(dice('rare', 'service'), [
        [4, 'ecs'],
        [1, 'cloudwatch'],
        [1, 'dynamodb'],
        [1, 'events'],
        [1, 'sqs'],
      ]);
      return {
        steps: played(dice, place, [
          [0, 0, deploy('good')],
          [45, 60, second],
          ...(dice('rare', 'back') < 0.5 ? ([[1, 60, { do: 'rollback' }]] as const) : []),
        ]),
        outages: [{ service, from, to: from + between(dice('rare', 'long'), ...AWAY) }],
      };
    },
  ],
];

/** Meetings that chance would not bring about in thousands of days. */
export const rareDay = (dice: Dice): Rare => {
  const place = Math.floor(dice('rare', 'place') * PLACES.length);
  return pick(dice('rare', 'scene'), SCENES)(dice, place);
};

/**
 * An alarm that two services have rings, and stays, while one of them is deployed, or just after that, or while the other, which was left
 * well a moment before, is about to begin once more.
 */
export const sharedDay = (dice: Dice): readonly Step[] => {
  const [shared, sharing] = [PLACES.indexOf(SHARED), PLACES.indexOf(SHARING)];
  const [first, second] = dice('shared', 'first') < 0.5 ? [shared, sharing] : [sharing, shared];
  const rings: Act = { do: 'alarm', state: 'ALARM' };
  const of = (place: number, act: Act, at: number, index: number) => stepOf(dice, place, act, { at, index });
  const good = of(first, deploy('good'), 0, 0);
  const which = dice('shared', 'which');
  if (which < 0.4) {
    const at = between(dice('shared', 'at'), 45, 60);
    return [good, of(second, deploy('slow'), at, 1), of(shared, rings, at + between(dice('shared', 'rings'), 4, 25), 2)];
  }
  // The window of what was left well first is open yet.
  const other = of(second, deploy('better'), between(dice('shared', 'other'), 1, 5), 1);
  const then = other.at + between(dice('shared', 'then'), 1, 8);
  const again = (at: number, index: number): Step => ({ ...of(first, deploy('better'), at, index), after: 'r1' });
  if (which < 0.7)
    return [good, other, { ...of(shared, rings, then, 2), after: 'r1' }, again(then + between(dice('shared', 'again'), 1, 8), 3)];
  const seconds = between(dice('shared', 'late'), 10, 30);
  const meets: Meeting = { function: 'deploy', action: 'UpdateService', nth: 3, seconds, done: false };
  return [good, other, again(then, 2), { ...of(shared, rings, then + 30, 3), meets }];
};
