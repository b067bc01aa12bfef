import { createHash } from 'node:crypto';
import { HOME, isSame } from '../place.ts';
import { functionArn } from './configuration.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The access key of a function's role: a temporary one (`ASIA…`), the same each time, another for each function. */
export const accessKeyOf = (functionName: string, place = HOME): string => {
  const hash = createHash('sha256')
    .update(isSame(place, HOME) ? functionName : functionArn(place, functionName))
    .digest();
  return `ASIA${[...hash.subarray(0, 16)].map((byte) => LETTERS[byte % LETTERS.length]).join('')}`;
};
