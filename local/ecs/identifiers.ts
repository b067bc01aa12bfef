import { arnAt } from '../place.ts';
import type { Basics } from '../ports.ts';

export const ecsArn = ({ place }: Pick<Basics, 'place'>, rest: string): string => arnAt(place, 'ecs', rest);

export const secondsNow = ({ clock }: Basics): number => clock.now() / 1000;

/** Digits, as ECS's ids of deployments have them. */
export const digits = ({ random }: Basics, count: number): string =>
  Array.from({ length: count }, (_, index) => (index === 0 ? 1 + Math.floor(random() * 9) : Math.floor(random() * 10))).join('');

export const hexadecimal = ({ random }: Basics, count: number): string =>
  Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');
