import { createHash } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The access key of a function's role: a temporary one (`ASIA…`), the same each time, another for each function. */
export const accessKeyOf = (functionName: string): string => {
  const hash = createHash('sha256').update(functionName).digest();
  return `ASIA${[...hash.subarray(0, 16)].map((byte) => LETTERS[byte % LETTERS.length]).join('')}`;
};
