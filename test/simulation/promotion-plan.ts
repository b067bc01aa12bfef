import { between, pick } from './chance.ts';
import type { Dice, Step } from './plan.ts';

const PROMOTING: readonly (readonly [weight: number, kind: Step['do']])[] = [
  [5, 'promote'],
  [3, 'push'],
  [3, 'evidence'],
  [1, 'deploy'],
  [0.5, 'redrive'],
  [0.3, 'replace-functions'],
];

const PROMOTED: readonly (readonly [weight: number, tag: string])[] = [
  [5, 'good'],
  [5, 'better'],
  [1, 'crashing'],
  [0.5, 'not-there'],
];

/** Images are asked for, pushed and spoken for, from the first place to the second: few tags, so that they meet. */
export const promotionSteps = (dice: Dice): readonly Step[] => {
  const steps: Step[] = [];
  const count = between(dice('steps'), 2, 6);
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const of = (name: string) => dice('step', index, name);
    at += pick(of('pause'), [
      [4, 0],
      [3, between(of('short'), 1, 4)],
      [3, between(of('long'), 5, 60)],
    ]);
    const kind = index === 0 ? 'promote' : pick(of('kind'), PROMOTING);
    const tag = pick(of('tag'), PROMOTED);
    const as = `v1.${between(of('as'), 0, 2)}.0`;
    const request = `r${index}`;
    const times = of('twice') < 0.2 ? 2 : 1;
    switch (kind) {
      case 'promote':
        steps.push({ at, do: kind, place: 1, tag, as, request, times });
        if (of('spoken for') < 0.7)
          steps.push({ at: at + between(of('late'), 0, 20), do: 'evidence', place: 0, tag, passed: true });
        break;
      case 'push':
        steps.push({ at, do: kind, place: 0, tag, as });
        break;
      case 'evidence':
        steps.push({ at, do: kind, place: 0, tag, passed: of('passed') < 0.7 });
        break;
      case 'deploy':
        steps.push({ at, do: kind, place: 1, tag: 'good', request, times, age: 0, force: false });
        break;
      default:
        steps.push({ at, do: kind as 'redrive' | 'replace-functions' });
    }
  }
  return steps;
};
