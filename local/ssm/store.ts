import { refuseOthers } from '../errors.ts';
import { arnAt, type Place } from '../place.ts';
import type { Basics } from '../ports.ts';

/** One parameter, of which the newest version alone is kept. */
export interface Parameter {
  readonly name: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface SsmStore extends Pick<Basics, 'clock' | 'place'> {
  readonly parameters: Map<string, Parameter>;
}

export const createSsmStore = ({ clock, place }: Basics): SsmStore => ({ clock, place, parameters: new Map() });

/** `/a/b` and `a/b` are two parameters; in an ARN the first slash is there once. */
export const parameterArn = (place: Place, name: string): string => arnAt(place, 'ssm', `parameter/${name.replace(/^\//, '')}`);

/** Refuses members that would be taken and ignored, by name. */
export const onlyKnown = refuseOthers('ValidationException');
