import { between, pick } from './chance.ts';
import { PLACES } from './places.ts';
import type { Dice, Meeting, Step } from './plan.ts';
import { type Act, deploy, stepOf } from './rare-plan.ts';

/** `then`: when what was asked for before it has ended; `soon`: while that is under way, or waits. */
type Day = readonly (readonly [when: 'soon' | 'then', act: Act])[];

const back: Act = { do: 'rollback' };

/** What is under way when something else meets one of its calls. */
const DAYS: readonly (readonly [weight: number, day: Day])[] = [
  [1, [['soon', deploy('good')]]],
  [1, [['soon', deploy('crashing')]]],
  [1, [['soon', deploy('unhealthy')]]],
  [
    2,
    [
      ['soon', deploy('good')],
      ['soon', deploy('better')],
    ],
  ],
  [
    3,
    [
      ['soon', deploy('good')],
      ['then', deploy('better')],
    ],
  ],
  [
    2,
    [
      ['soon', deploy('good')],
      ['then', deploy('crashing')],
    ],
  ],
  [
    1,
    [
      ['soon', deploy('good')],
      ['then', deploy('unhealthy')],
    ],
  ],
  [
    4,
    [
      ['soon', deploy('better')],
      ['then', deploy('good')],
      ['then', deploy('crashing')],
    ],
  ],
  [
    2,
    [
      ['soon', deploy('good')],
      ['then', deploy('better')],
      ['then', back],
    ],
  ],
  [
    1,
    [
      ['soon', deploy('good')],
      ['then', deploy('better')],
      ['soon', back],
    ],
  ],
];

/** What meets it. */
const MEETING: readonly (readonly [weight: number, act: Act])[] = [
  [3, { do: 'cancel', request: 'r0' }],
  [3, { do: 'cancel', request: 'r1' }],
  [1, { do: 'cancel', request: 'r2' }],
  [4, back],
  [1, { do: 'rollback', from: 'good' }],
  [1, { do: 'rollback', to: 'good' }],
  [7, { do: 'alarm', state: 'ALARM' }],
  [2, deploy('good', 'met')],
  [2, deploy('better', 'met')],
  [2, deploy('slow', 'met')],
  [1, { do: 'deploy', tag: 'good', request: 'met', force: true }],
  [2, { do: 'by-hand', tag: 'better' }],
  [1, { do: 'scale', desired: 0 }],
  [1, { do: 'archive', tag: 'good' }],
];

/** What is asked for when all of that is over: it shows what was kept of it. */
const AFTERWARDS: readonly (readonly [weight: number, day: Day])[] = [
  [3, []],
  [1, [['then', back]]],
  [1, [['then', deploy('good')]]],
  [1, [['then', deploy('better')]]],
  [1, [['then', deploy('crashing')]]],
  [
    1,
    [
      ['then', { do: 'alarm', state: 'OK' }],
      ['then', { do: 'alarm', state: 'ALARM' }],
    ],
  ],
  [
    1,
    [
      ['then', { do: 'alarm', state: 'OK' }],
      ['soon', deploy('crashing')],
    ],
  ],
];

type Call = Pick<Meeting, 'function' | 'action'> & {
  /** How many of them one deployment has, or one way back. */
  readonly most: number;
};

/** Calls between which a function has decided something, or has told or begun it. */
const FORWARD: readonly (readonly [weight: number, call: Call])[] = [
  [4, { function: 'deploy', action: 'TransactWriteItems', most: 4 }],
  [2, { function: 'deploy', action: 'UpdateService', most: 1 }],
  [1, { function: 'deploy', action: 'RegisterTaskDefinition', most: 1 }],
  [2, { function: 'deploy', action: 'DescribeServices', most: 2 }],
  [1, { function: 'deploy', action: 'DescribeAlarms', most: 1 }],
  [1, { function: 'deploy', action: 'PutEvents', most: 2 }],
  [3, { function: 'verify', action: 'TransactWriteItems', most: 3 }],
  [2, { function: 'verify', action: 'DescribeServices', most: 3 }],
  [1, { function: 'verify', action: 'DescribeAlarms', most: 2 }],
  [1, { function: 'verify', action: 'PutEvents', most: 2 }],
  [1, { function: 'route', action: 'SendMessage', most: 3 }],
];
const BACK: typeof FORWARD = [
  [3, { function: 'rollback', action: 'TransactWriteItems', most: 4 }],
  [3, { function: 'rollback', action: 'UpdateService', most: 1 }],
  [2, { function: 'rollback', action: 'DescribeServices', most: 3 }],
  [1, { function: 'rollback', action: 'DescribeAlarms', most: 2 }],
  [1, { function: 'rollback', action: 'PutEvents', most: 2 }],
];

const goesBack = (day: Day): boolean =>
  day.some(([, act]) => act.do === 'rollback' || (act.do === 'deploy' && ['crashing', 'unhealthy'].includes(act.tag)));

/** Seconds until what is done soon, and until what is done when all else has ended. */
const SOON = [1, 8] as const;
const THEN = [1, 30] as const;

/** Somebody does something while a certain call is under way, which chance brings about in one day of thousands. */
export const meetingDay = (dice: Dice): readonly Step[] => {
  const place = Math.floor(dice('meeting', 'place') * PLACES.length);
  const day = pick(dice('meeting', 'day'), DAYS);
  const backwards = goesBack(day) && dice('meeting', 'back') < 0.5;
  const { most, ...call } = pick(dice('meeting', 'call'), backwards ? BACK : FORWARD);
  const often = backwards ? 1 : day.filter(([, act]) => act.do === 'deploy').length;
  // Most meet the last of them, before which there is most to be lost.
  const least = dice('meeting', 'last') < 0.6 ? most * (often - 1) + 1 : 1;
  const meets: Meeting = {
    ...call,
    nth: between(dice('meeting', 'nth'), least, most * often),
    seconds: between(dice('meeting', 'seconds'), 2, 30),
    done: dice('meeting', 'done') < 0.5,
  };
  const act = pick(dice('meeting', 'act'), MEETING);
  const whole: Day = [...day, ['then', act], ...pick(dice('meeting', 'afterwards'), AFTERWARDS)];
  let at = 0;
  let last = '';
  return whole.map(([when, one], index) => {
    const after = when === 'then' && last !== '' ? { after: last } : {};
    const [from, to] = when === 'then' ? THEN : SOON;
    if (index > 0) at += between(dice('meeting', 'at', index), from, to);
    const step = stepOf(dice, place, one, { at, index });
    if ('request' in step && step.do !== 'cancel') last = step.request;
    return index === day.length ? { ...step, ...after, meets } : { ...step, ...after };
  });
};
