import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { Clock } from '../clock.ts';
import type { Access } from '../examples.ts';
import type { Network } from '../ports.ts';

/** What stands on this machine for one kind of those that the catalogue tells. */
export interface ToldHere {
  /** For the functions, when they are packaged. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes what a team would have made. */
  readonly prepare: (access: Access) => Promise<void>;
}

/** What it is made with. `say` gets a line for each thing that people would see. */
export interface Making {
  readonly catalogue: Catalogue;
  readonly network: Network;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** On one line, as a console has it. */
export const lineOf = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 160);
