import { REGION } from '../../local/service.ts';
import { between, chance, pick } from './chance.ts';
import { meetingDay } from './meeting-plan.ts';
import { PLACES, placeOf, SHARING } from './places.ts';
import { promotionSteps } from './promotion-plan.ts';
import { rareDay, sharedDay } from './rare-plan.ts';
import { AUDIENCES } from './receivers.ts';

/** One call of a function that takes so long that something else happens meanwhile. */
export interface Meeting {
  readonly function: string;
  readonly action: string;
  /** Of the function's calls of this action since the beginning; from 1. */
  readonly nth: number;
  /** How long it takes, in seconds. */
  readonly seconds: number;
  /** Whether it is the answer that takes so long: what was asked for is done already. */
  readonly done: boolean;
}

/**
 * What people, CI and alarms do, `at` seconds after the beginning. `after`: it and what follows wait until that request has ended, and are as
 * much later. `meets`: while that call is under way, if it comes before. `place` is an index of `PLACES`.
 */
export type Step = { readonly at: number; readonly after?: string; readonly meets?: Meeting } & (
  | {
      readonly do: 'deploy';
      readonly place: number;
      readonly tag: string;
      readonly request: string;
      /** How often CI puts it. */
      readonly times: number;
      /** How old it is when it arrives, in seconds; less than 0: by a clock that is fast. */
      readonly age: number;
      /** Whether a person insists, with a reason. */
      readonly force: boolean;
    }
  | {
      readonly do: 'rollback';
      readonly place: number;
      readonly request: string;
      readonly times: number;
      /** Absent: it arrives at once. */
      readonly age?: number;
      /** The images that a person names, by tag: what to leave, and where to go. */
      readonly from?: string;
      readonly to?: string;
    }
  | { readonly do: 'wrong-name'; readonly place: number; readonly request: string }
  | { readonly do: 'cancel'; readonly request: string }
  | { readonly do: 'alarm'; readonly place: number; readonly state: 'OK' | 'ALARM' }
  | { readonly do: 'by-hand'; readonly place: number; readonly tag: string }
  /** Somebody wants so many tasks of a service of ECS. */
  | { readonly do: 'scale'; readonly place: number; readonly desired: number }
  /** Somebody puts an image into ECR's archive, from where nothing can be pulled. */
  | { readonly do: 'archive'; readonly place: number; readonly tag: string }
  /** Somebody deregisters every task definition that the service does not run. */
  | { readonly do: 'deregister'; readonly place: number }
  /** Somebody holds the lock of a module's state for so long. */
  | { readonly do: 'lock'; readonly place: number; readonly seconds: number }
  /** Somebody deletes the versions of a function that no alias needs. */
  | { readonly do: 'delete-versions'; readonly place: number }
  /** The tag `moving` names the image of this one from now on. */
  | { readonly do: 'move-tag'; readonly place: number; readonly tag: string }
  /** CI gives an image of the place another tag. */
  | { readonly do: 'push'; readonly place: number; readonly tag: string; readonly as: string }
  | {
      readonly do: 'promote';
      /** Where to. */
      readonly place: number;
      /** Of the image, in the repository below. */
      readonly tag: string;
      /** At the destination. */
      readonly as: string;
      readonly request: string;
      readonly times: number;
    }
  | { readonly do: 'evidence'; readonly place: number; readonly tag: string; readonly passed: boolean }
  | { readonly do: 'garbage'; readonly what: string }
  | { readonly do: 'redrive' }
  | { readonly do: 'replace-functions' }
);

/** A service of AWS, or somebody who is told, that fails every call of the functions from `from` to `to`, in seconds. */
export interface Outage {
  readonly service: string;
  readonly from: number;
  readonly to: number;
}

/** How likely each kind of misfortune is, at each point where it may happen. */
export interface Rates {
  readonly delay: number;
  readonly refuse: number;
  readonly reset: number;
  readonly crash: number;
  readonly twice: number;
  readonly lateEvent: number;
  readonly lostEvent: number;
  /** Of a call to the target: that it takes seconds. */
  readonly slowTarget: number;
}

export interface Plan {
  readonly seed: number;
  readonly steps: readonly Step[];
  readonly outages: readonly Outage[];
  readonly rates: Rates;
  /** Milliseconds by which each function's clock is wrong. */
  readonly skew: Readonly<Record<string, number>>;
  /** Seconds until all misfortune ends. */
  readonly healed: number;
  /** Absent: the catalogue's own targets. */
  readonly kind?: Kind;
}

const CALM: Rates = { delay: 0.1, refuse: 0, reset: 0, crash: 0, twice: 0.05, lateEvent: 0.1, lostEvent: 0, slowTarget: 0 };

/** Kinds of days: each seed has one, so that rare misfortunes meet often enough. */
const DAYS: readonly (readonly [weight: number, rates: Rates])[] = [
  [1, CALM],
  [2, { ...CALM, crash: 0.03, twice: 0.1 }],
  [2, { ...CALM, reset: 0.05, refuse: 0.05, delay: 0.2 }],
  [2, { ...CALM, lostEvent: 0.4, lateEvent: 0.3, twice: 0.2 }],
  [2, { ...CALM, twice: 0.3, crash: 0.01, slowTarget: 0.5 }],
  [3, { delay: 0.25, refuse: 0.03, reset: 0.03, crash: 0.02, twice: 0.15, lateEvent: 0.3, lostEvent: 0.2, slowTarget: 0.1 }],
];

const TAGS: readonly (readonly [weight: number, tag: string])[] = [
  [5, 'good'],
  [5, 'better'],
  [2, 'slow'],
  [2, 'crashing'],
  [2, 'unhealthy'],
  [1, 'late'],
  [1, 'sick'],
  [0.7, 'fragile'],
  [0.5, 'not-there'],
];

const KINDS: readonly (readonly [weight: number, kind: Step['do']])[] = [
  [8, 'deploy'],
  [4, 'rollback'],
  [0.5, 'wrong-name'],
  [2, 'cancel'],
  [3, 'alarm'],
  [0.7, 'by-hand'],
  [0.5, 'garbage'],
  [0.5, 'redrive'],
  [0.5, 'replace-functions'],
];

/** What happens one after another at one place: each after so many seconds, from and to. */
type Scene = readonly (readonly [kind: Step['do'], from: number, to: number, tag?: string, force?: boolean])[];

/** Meetings that matter and that chance alone would hardly bring about; most seeds have none. */
const SCENES: readonly (readonly [weight: number, scene: Scene])[] = [
  [12, []],
  // going back twice, from two that were verified
  [
    1,
    [
      ['deploy', 0, 0, 'good'],
      ['deploy', 30, 60, 'better'],
      ['rollback', 40, 70],
      ['rollback', 20, 60],
    ],
  ],
  // two people press the same button, and an alarm rings when they have
  [
    1,
    [
      ['deploy', 0, 0, 'good'],
      ['deploy', 35, 60, 'better'],
      ['rollback', 40, 60],
      ['rollback', 0, 4],
      ['alarm', 12, 40],
    ],
  ],
  // a rollback that may be late, and means what others have replaced twice by then; and one that fails after all of them
  [
    1,
    [
      ['deploy', 0, 0, 'good'],
      ['rollback', 35, 45],
      ['deploy', 1, 3, 'better'],
      ['deploy', 35, 50, 'slow'],
      ['deploy', 40, 60, 'crashing'],
    ],
  ],
  // an image that was blamed is insisted on, proves itself, and is asked for like any other again
  [
    0.5,
    [
      ['deploy', 0, 0, 'good'],
      ['alarm', 5, 20],
      ['deploy', 50, 70, 'good', true],
      ['deploy', 40, 60, 'better'],
      ['deploy', 40, 60, 'good'],
    ],
  ],
  // somebody changes their mind as it starts
  [
    1,
    [
      ['deploy', 0, 0],
      ['cancel', 1, 12],
    ],
  ],
  [
    1,
    [
      ['deploy', 0, 0],
      ['rollback', 1, 12],
    ],
  ],
  // an alarm after the verdict
  [
    1,
    [
      ['deploy', 0, 0, 'good'],
      ['alarm', 30, 80],
    ],
  ],
  // the image is another by the time of its turn
  [
    0.7,
    [
      ['deploy', 0, 0, 'slow'],
      ['deploy', 0, 3, 'moving'],
      ['move-tag', 0, 10, 'better'],
    ],
  ],
];

/** Seconds; the catalogue allows an hour. */
export const TOO_OLD = 4000;

const FUNCTIONS = ['route', 'deploy', 'verify', 'rollback', 'sweep', 'promote'] as const;
const SERVICES = ['sqs', 'dynamodb', 'events', 'ecs', 'ecr', 'cloudwatch'] as const;
const GARBAGE = ['{', 'null', '{"detail-type":"DeployRequested","detail":{}}', '{"wake":{"function":"deploy"}}'] as const;

export type Dice = (...names: readonly (string | number)[]) => number;

/** From this seed on, what is planned is about promotions. */
export const PROMOTIONS_FROM = 1_000_000;

/** From this seed on, the services have other targets than the catalogue's, one kind after the other. */
export const TARGETS_FROM = 2_000_000;

/** What the first two places are deployed by, instead. */
export type Kind = 'blue-green' | 'canary' | 'linear' | 'codedeploy' | 'sites' | keyof typeof AUDIENCES | Elsewhere;
type Elsewhere = 'alias' | 'function' | 'hosts' | 'terraform' | Zips;
type Zips = 'zip-alias' | 'zip-function';
export const TARGETS: readonly Kind[] = ['blue-green', 'canary', 'linear', 'codedeploy', 'sites'];

/** From this seed on, they are no services of ECS, one kind after the other. */
export const ELSEWHERE_FROM = 3_000_000;
export const ELSEWHERE: readonly Kind[] = ['alias', 'function', 'hosts'];

/** From this seed on, they are modules of Terraform. */
export const TERRAFORM_FROM = 4_000_000;

/** From this seed on, people and other systems are told what becomes of requests. */
export const SUBSCRIBERS_FROM = 5_000_000;

/** From this seed on, they are functions of zip archives, without an alias and with one. */
export const ZIPS_FROM = 6_000_000;
export const ZIPS: readonly Zips[] = ['zip-function', 'zip-alias'];

export const isOfZips = (kind: Kind | undefined): kind is Zips => kind === 'zip-function' || kind === 'zip-alias';

/** From this seed on, GitHub is. */
export const GITHUB_FROM = 7_000_000;

/** Which services of AWS are asked and told there, where ECS is with others. */
const INSTEAD: Readonly<Record<Elsewhere, readonly string[]>> = {
  alias: ['lambda'],
  function: ['lambda'],
  hosts: ['ssm'],
  terraform: ['codebuild', 's3'],
  'zip-alias': ['lambda', 'downloads'],
  'zip-function': ['lambda', 'downloads'],
};

const isOfNoEcs = (kind: Kind | undefined): kind is Elsewhere => kind !== undefined && kind in INSTEAD;

/** Whether ECS has nothing to do with the place: it is a function of Lambda, runs on a host, or is what a module makes. */
export const isElsewhere = (place: number, kind: Kind | undefined): kind is Elsewhere =>
  isOfNoEcs(kind) && placeOf(place) !== SHARING;

/** Where they are, of the kind `sites`: in two regions of the account, one after the other. */
export const SITES = [
  { name: 'home', region: REGION, wave: 0 },
  { name: 'us', region: 'us-east-1', wave: 1 },
] as const;

/** Everything that a seed decides before it begins. */
export const planOf = (seed: number): Plan => {
  const dice: Dice = (...names) => chance(seed, 'plan', ...names);
  if (seed < PROMOTIONS_FROM) return firstPlan(seed, dice);
  if (seed < TARGETS_FROM) return framed(seed, dice, promotionSteps(dice));
  if (seed >= ZIPS_FROM && seed < GITHUB_FROM) {
    const kind = seed % 2 === 0 ? 'zip-function' : 'zip-alias';
    return { ...framed(seed, dice, zipSteps(dice, kind), kind), kind };
  }
  if (seed >= SUBSCRIBERS_FROM) {
    const kind = seed >= GITHUB_FROM ? 'github' : 'subscribers';
    const plan = framed(seed, dice, seed % 5 === 0 ? promotionSteps(dice) : deploymentSteps(dice), kind);
    return { ...plan, outages: [...plan.outages, ...silences(dice, plan.healed, AUDIENCES[kind].receivers)], kind };
  }
  if (seed >= TERRAFORM_FROM) {
    const kind = 'terraform';
    return { ...framed(seed, dice, [...deploymentSteps(dice), ...lockSteps(dice)], kind), kind };
  }
  const kinds = seed < ELSEWHERE_FROM ? TARGETS : ELSEWHERE;
  const kind = kinds[seed % kinds.length];
  return { ...framed(seed, dice, deploymentSteps(dice), kind), ...(kind === undefined ? {} : { kind }) };
};

/** Whether the services have rolling deployments, and no other clocks than the catalogue's. */
export const isRolling = ({ kind }: Pick<Plan, 'kind'>): boolean =>
  kind === undefined || kind === 'subscribers' || kind === 'github';

/**
 * How many of the first plans are of what chance would not bring about, how many of the others of what meets a certain call, and how many of
 * what is left of an alarm that two services have.
 */
const RARE = 0.2;
const MEETING = 0.125;
const SHARED_ALARM = 0.02;

const firstPlan = (seed: number, dice: Dice): Plan => {
  if (dice('rare') < RARE) return rarePlan(seed, dice);
  if (dice('meeting') >= MEETING)
    return framed(seed, dice, dice('shared') < SHARED_ALARM ? sharedDay(dice) : deploymentSteps(dice));
  const plan = framed(seed, dice, meetingDay(dice));
  // Most days are calm: it comes when it should. On some of them AWS tells of little.
  const rates = dice('meeting', 'lost') < 0.4 ? { ...CALM, lostEvent: 0.5 } : CALM;
  return dice('meeting', 'calm') < 0.7 ? { ...plan, rates, outages: [] } : plan;
};

/** Misfortune ends with the last service that is away. */
const rarePlan = (seed: number, dice: Dice): Plan => {
  const { steps, outages } = rareDay(dice);
  const plan = framed(seed, dice, steps);
  const healed = Math.max(plan.healed, ...outages.map(({ to }) => to));
  return { ...plan, outages: [...plan.outages, ...outages], healed };
};

/** In one of five, those who are told do not answer, for a minute or for many. */
const silences = (dice: Dice, healed: number, receivers: readonly string[]): readonly Outage[] => {
  const service = receivers[Math.floor(dice('silence', 'of') * receivers.length)];
  if (dice('silence') >= 0.2 || service === undefined) return [];
  const from = between(dice('silence', 'from'), 0, healed);
  return [{ service, from, to: from + between(dice('silence', 'long'), 5, 300) }];
};

/** In one of five, somebody else is at a state, for a minute or for many. */
const lockSteps = (dice: Dice): readonly Step[] => {
  if (dice('lock') >= 0.2) return [];
  const seconds = pick(dice('lock', 'held'), [
    [3, between(dice('lock', 'short'), 5, 90)],
    [1, between(dice('lock', 'long'), 90, 900)],
  ]);
  return [{ at: between(dice('lock', 'at'), 0, 120), do: 'lock', place: dice('lock', 'place') < 0.5 ? 0 : 1, seconds }];
};

/** In one of eight, what was verified is deleted before somebody goes back to it, which chance would hardly bring about. */
const zipSteps = (dice: Dice, kind: Kind): readonly Step[] => {
  const steps = deploymentSteps(dice);
  if (dice('deletes') >= 0.25 || dice('deletes', 'verified') < 0.5) return [...steps, ...deletingSteps(dice, steps, kind)];
  const place = dice('deletes', 'place') < 0.5 ? 0 : 1;
  const again = between(dice('deletes', 'again'), 90, 140);
  const at = again + between(dice('deletes', 'at'), 60, 140);
  const common = { place, times: 1 } as const;
  return [
    { at: 0, do: 'deploy', tag: 'good', request: 'r0', age: 0, force: false, ...common },
    { at: again, do: 'deploy', tag: 'better', request: 'r1', age: 0, force: false, ...common },
    { at, do: 'delete-versions', place },
    { at: at + between(dice('deletes', 'back at'), 0, 40), do: 'rollback', request: 'back', ...common },
  ];
};

/**
 * In one of four, somebody deletes versions, soon after something has happened to their function, and in half of those somebody else goes back
 * then.
 */
const deletingSteps = (dice: Dice, steps: readonly Step[], kind: Kind): readonly Step[] => {
  const acted = steps.flatMap((step) => ('place' in step && isElsewhere(step.place, kind) ? [step] : []));
  const step = acted[Math.floor(dice('deletes', 'after') * acted.length)];
  if (dice('deletes') >= 0.25 || step === undefined) return [];
  const { place } = step;
  const at = step.at + between(dice('deletes', 'at'), 1, 120);
  const back = { at: at + between(dice('deletes', 'back at'), 0, 40), do: 'rollback', place, request: 'back', times: 1 } as const;
  return [{ at, do: 'delete-versions', place }, ...(dice('deletes', 'back') < 0.5 ? [back] : [])];
};

const deploymentSteps = (dice: Dice): readonly Step[] => {
  const places = between(dice('places'), 1, PLACES.length);
  const count = pick(dice('steps'), [
    [4, 1],
    [4, 2],
    [2, 3],
    [1, 4],
    [0.5, 6],
  ]);
  const scene = pick(dice('scene'), SCENES);
  const scenePlace = Math.floor(dice('scene', 'place') * places);
  const requests: string[] = [];
  const steps: Step[] = [];
  let at = 0;
  for (let index = 0; index < Math.max(scene.length, count - scene.length); index += 1) {
    const of = (name: string) => dice('step', index, name);
    const acted = scene[index];
    at +=
      acted === undefined
        ? pick(of('pause'), [
            [3, 0],
            [3, between(of('short'), 1, 4)],
            [4, between(of('long'), 5, 40)],
          ])
        : between(of('pause'), acted[1], acted[2]);
    const kind = acted?.[0] ?? (index === 0 ? 'deploy' : pick(of('kind'), KINDS));
    const place = acted === undefined ? Math.floor(of('place') * places) : scenePlace;
    const request = `r${index}`;
    const times = pick(of('times'), [
      [5, 1],
      [1, 2],
    ]);
    switch (kind) {
      case 'deploy':
        requests.push(request);
        steps.push({
          at,
          do: kind,
          place,
          tag: acted?.[3] ?? pick(of('tag'), TAGS),
          request,
          times,
          age: pick(of('old'), [
            [88, 0],
            [10, between(of('age'), 1, 60)],
            [2, TOO_OLD],
          ]),
          force: acted?.[4] ?? of('force') < 0.15,
        });
        break;
      case 'wrong-name':
        steps.push({ at, do: kind, place, request });
        break;
      case 'rollback':
        requests.push(request);
        steps.push({ at, do: kind, place, request, times });
        break;
      case 'cancel':
        steps.push({ at, do: kind, request: requests[Math.floor(of('which') * requests.length)] ?? 'r0' });
        break;
      case 'alarm':
        steps.push({ at, do: kind, place, state: 'ALARM' });
        if (of('flaps') < 0.6) steps.push({ at: at + between(of('back'), 1, 30), do: kind, place, state: 'OK' });
        break;
      case 'by-hand':
        steps.push({ at, do: kind, place, tag: pick(of('tag'), TAGS.slice(0, 2)) });
        break;
      case 'move-tag':
        steps.push({ at, do: kind, place, tag: acted?.[3] ?? 'better' });
        break;
      case 'garbage':
        steps.push({ at, do: kind, what: GARBAGE[Math.floor(of('what') * GARBAGE.length)] ?? '{' });
        break;
      default:
        steps.push({ at, do: kind as 'redrive' | 'replace-functions' });
    }
  }
  return steps;
};

/** What goes wrong meanwhile. */
const framed = (seed: number, dice: Dice, steps: readonly Step[], kind?: Kind): Plan => {
  const last = Math.max(...steps.map((step) => step.at));
  return {
    seed,
    steps: steps.toSorted((a, b) => a.at - b.at),
    outages: outagesOf(dice, last, kind),
    rates: pick(dice('day'), DAYS),
    skew: Object.fromEntries(
      FUNCTIONS.map((name) => [name, dice('skewed') < 0.3 ? between(dice('skew', name), -3000, 3000) : 0]),
    ),
    healed:
      last +
      pick(dice('healed'), [
        [4, between(dice('soon healed'), 40, 150)],
        [1, between(dice('late healed'), 150, 500)],
      ]),
  };
};

const outagesOf = (dice: Dice, last: number, kind: Kind | undefined): readonly Outage[] => {
  if (dice('outage') > 0.12) return [];
  const chosen = SERVICES[Math.floor(dice('outage', 'service') * SERVICES.length)] ?? 'sqs';
  const instead = chosen === 'ecs' && isOfNoEcs(kind) ? INSTEAD[kind] : [];
  const service = instead[Math.floor(dice('outage', 'instead') * instead.length)] ?? chosen;
  const from = Math.floor(dice('outage', 'from') * (last + 30));
  return [{ service, from, to: from + between(dice('outage', 'long'), 5, 180) }];
};
