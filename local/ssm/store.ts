import { refuseOthers } from '../errors.ts';
import type { Basics } from '../ports.ts';
import { ACCOUNT, REGION } from '../service.ts';

/** One parameter, of which the newest version alone is kept. */
export interface Parameter {
  readonly name: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface SsmStore {
  readonly clock: Basics['clock'];
  readonly parameters: Map<string, Parameter>;
}

export const createSsmStore = ({ clock }: Basics): SsmStore => ({ clock, parameters: new Map() });

/** `/a/b` and `a/b` are two parameters; in an ARN the first slash is there once. */
export const parameterArn = (name: string): string => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${name.replace(/^\//, '')}`;

/** Refuses members that would be taken and ignored, by name. */
export const onlyKnown = refuseOthers('ValidationException');
