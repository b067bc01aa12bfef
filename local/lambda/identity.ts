import { createHash } from 'node:crypto';
import { ACCOUNT } from '../service.ts';
import type { FunctionConfiguration } from './configuration.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The access key of a function's role: a temporary one (`ASIA…`), the same each time, another for each function. */
export const accessKeyOf = (functionName: string): string => {
  const hash = createHash('sha256').update(functionName).digest();
  return `ASIA${[...hash.subarray(0, 16)].map((byte) => LETTERS[byte % LETTERS.length]).join('')}`;
};

/** Who a function is when it calls AWS: its role, in a session named after it. */
export const identityOf = ({ name, role }: FunctionConfiguration): string =>
  `arn:aws:sts::${ACCOUNT}:assumed-role/${role.slice(role.lastIndexOf('/') + 1)}/${name}`;
