import type { Basics } from '../ports.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const letters = ({ random }: Pick<Basics, 'random'>, from: string, count: number): string =>
  Array.from({ length: count }, () => from.charAt(Math.floor(random() * from.length))).join('');

/** `AKIA…` for a user, `ASIA…` for a session (IAM User Guide, "Unique identifiers"). */
export const newKey = (basics: Pick<Basics, 'random'>, prefix: 'AKIA' | 'ASIA'): string =>
  `${prefix}${letters(basics, LETTERS, 16)}`;

export const newSecret = (basics: Pick<Basics, 'random'>): string => letters(basics, SECRET_LETTERS, 40);
