import { type CallFault, forcedChoices } from './choices.ts';
import { violations } from './invariants.ts';
import type { Packages } from './package.ts';
import { ELSEWHERE, type Kind, type Plan, type Step, TARGETS, ZIPS } from './plan.ts';
import { type Outcome, simulate } from './world.ts';

const BEFORE = ['crash-before', 'vanish-before'] as const;
const AFTER = ['crash-after', 'vanish-after'] as const;

/** Calls that change nothing: of AWS, GitHub and Slack. */
const READS = /:(Get|BatchGet|Query|Describe|List|GET |conversations\.)/;

const NEVER = { delay: 0, refuse: 0, reset: 0, crash: 0, twice: 0, lateEvent: 0, lostEvent: 0, slowTarget: 0 };

/** A plan without any misfortune of its own. `healed`: seconds after which nothing is made to go wrong. */
export const calmPlan = (steps: readonly Step[], healed: number): Plan => ({
  seed: 1,
  steps,
  outages: [],
  rates: NEVER,
  skew: {},
  healed,
});

/** What happens while functions die for the first time, from `from` to `until`, in seconds. */
export interface Story {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly from: number;
  readonly until: number;
  /** What it is deployed by, where that is not the catalogue's own. */
  readonly kind?: Kind;
  /** Only functions that tell others die, and their messages come back. */
  readonly ofNotifiers?: true;
}

export const GOOD_IMAGE: Story = {
  name: 'a good image',
  steps: [{ at: 0, do: 'deploy', place: 0, tag: 'good', request: 'good', times: 1, age: 0, force: false }],
  from: 0,
  until: 120,
};

export const BAD_IMAGE: Story = {
  name: 'a bad image',
  steps: [
    { at: 0, do: 'deploy', place: 0, tag: 'good', request: 'good', times: 1, age: 0, force: false },
    { at: 40, do: 'deploy', place: 0, tag: 'unhealthy', request: 'bad', times: 1, age: 0, force: false },
  ],
  from: 40,
  until: 130,
};

/** With another target, each image has the time that it takes there. */
const by = (kind: Kind, story: Story): Story => ({
  ...story,
  name: `${story.name}, ${kind}`,
  steps: story.steps.map((step) => (step.at === 40 ? { ...step, at: 200 } : step)),
  from: story.from === 40 ? 200 : 0,
  until: story.from === 40 ? 500 : 300,
  kind,
});

/** By the catalogue's own target, by those that shift ECS's traffic, and by those that are not in ECS. */
export const STORIES: readonly Story[] = [GOOD_IMAGE, BAD_IMAGE];
const storiesOf = (kinds: readonly Kind[]): readonly Story[] => kinds.flatMap((kind) => STORIES.map((story) => by(kind, story)));
export const SHIFTS: readonly Story[] = storiesOf(TARGETS);
export const ELSEWHERE_STORIES: readonly Story[] = storiesOf([...ELSEWHERE, 'terraform', ...ZIPS]);

/** With everybody who can be told. */
export const NOTIFIED_STORIES: readonly Story[] = (['subscribers', 'github'] as const).flatMap((kind) =>
  STORIES.map((story): Story => ({ ...story, name: `${story.name}, ${kind}`, kind, ofNotifiers: true })),
);

/** How each request ended, and what runs: what no death may change. */
export const endOf = ({ seen: { told, running } }: Outcome): string => {
  const verdicts = told
    .filter(({ detail }) => detail.terminal === true)
    .map(({ type, detail }) => `${detail.asked?.requestId ?? detail.cause?.type} ${type} ${detail.reason?.code}`);
  return JSON.stringify([[...new Set(verdicts)].toSorted(), running.map(({ digest }) => digest)]);
};

/** `deploy` of `deploy.3.12 sqs:SendMessage` */
export const functionOf = (point: string): string => point.slice(0, point.indexOf('.'));

/** `deploy.3` of `deploy.3.12 sqs:SendMessage` */
const runOf = (point: string): string => point.split('.', 2).join('.');

/** Until a request is accepted it lives in its message only: one that is lost before is lost. */
const acceptance = (points: Outcome['points'], from: number): number =>
  points.findIndex(({ point, at }) => at >= from && /^deploy\.|^rollback\./.test(point) && point.endsWith('TransactWriteItems'));

type Death = CallFault & { readonly kind: (typeof BEFORE)[number] | (typeof AFTER)[number] };

/** By the call before or after which a function dies. */
export type Deaths = ReadonlyMap<string, Death>;

/**
 * Every way to die once: with the message coming back, or lost. To die before a call is to die after the one before it, and before or after
 * a call that only reads is the same: what is left are the first call of each run, those after a change, and the end after a last change.
 */
const deathsIn = ({ points }: Outcome, from: number): readonly { readonly point: string; readonly death: Death }[] => {
  const accepted = acceptance(points, from);
  const latest = new Map<string, string>();
  return points.flatMap(({ point, at }, index) => {
    const run = runOf(point);
    const before = latest.get(run);
    latest.set(run, point);
    if (at < from) return [];
    const isNew = before === undefined || !READS.test(before);
    const isLast = !READS.test(point) && !points.slice(index + 1).some((later) => runOf(later.point) === run);
    const kinds = [...(isNew ? BEFORE : []), ...(isLast ? AFTER : [])];
    return kinds.flatMap((kind) => {
      const isLost = kind.startsWith('vanish') && (index < accepted || (index === accepted && kind === 'vanish-before'));
      return isLost ? [] : [{ point, death: { kind } }];
    });
  });
};

/** A message of a function that has died comes back after six minutes: what follows from it may be the second death's. */
const COMES_BACK = 400;

export const runStory = (pack: Packages, { steps, until, kind }: Story, deaths: Deaths = new Map(), more = 0): Promise<Outcome> =>
  simulate(pack, { ...calmPlan(steps, until + more), ...(kind === undefined ? {} : { kind }) }, forcedChoices(deaths));

/** What is wrong with how it ended. Two deaths may take longer than a stated time: that is stated, and true. */
export const wrongAfter = (outcome: Outcome, wanted: string, deaths: Deaths): readonly string[] => {
  const wrong = violations(outcome.seen);
  if (wrong.length > 0) return wrong;
  const end = endOf(outcome);
  return end === wanted || (deaths.size > 1 && /deadline/.test(end)) ? [] : [`ends as ${end}, and without as ${wanted}`];
};

/** `crash-before deploy.3.12 sqs:SendMessage` */
export const deathText = (deaths: Deaths): string => [...deaths].map(([point, { kind }]) => `${kind} ${point}`).join(', then ');

/** As `runStory`, of a pair. */
export const runPair = (pack: Packages, story: Story, pair: Deaths): Promise<Outcome> => runStory(pack, story, pair, COMES_BACK);

/** One process's share of the first deaths: those whose number leaves `part` when it is divided by `of`. */
export interface Share {
  readonly part: number;
  readonly of: number;
}

/** Every single death, or one in so many of each function's, with its message coming back or lost. */
export function* singlesOf(story: Story, whole: Outcome, { part, of }: Share, every = 1): Generator<Deaths> {
  const found = deathsIn(whole, story.from).filter(
    ({ point, death }) => story.ofNotifiers !== true || (point.startsWith('notify-') && death.kind.startsWith('crash')),
  );
  const all = [...new Set(found.map(({ point }) => functionOf(point)))].flatMap((name) =>
    found.filter(({ point }) => functionOf(point) === name).filter((_, number) => number % every === 0),
  );
  for (const [index, { point, death }] of all.entries()) if (index % of === part) yield new Map([[point, death]]);
}

/** Pairs of deaths whose messages come back: the second one at any call that the first has left to be made. */
export async function* pairsOf(
  pack: Packages,
  story: Story,
  whole: Outcome,
  { part, of }: Share,
  every: number,
): AsyncGenerator<Deaths> {
  const comesBack = ({ death }: { readonly death: Death }) => death.kind.startsWith('crash');
  const firsts = deathsIn(whole, story.from).filter(comesBack);
  for (const [index, { point, death }] of firsts.filter((_, number) => number % every === 0).entries()) {
    if (index % of !== part) continue;
    const first = new Map([[point, death]]);
    const { points, ...rest } = await runStory(pack, story, first, COMES_BACK);
    const after = points.slice(points.findIndex((passed) => passed.point === point) + 1);
    const seconds = deathsIn({ ...rest, points: after }, story.from).filter(comesBack);
    for (const second of seconds.filter((_, number) => number % every === index % every))
      yield new Map([...first, [second.point, second.death]]);
  }
}
