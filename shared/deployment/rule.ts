import type { Decision, World } from './decision.ts';
import type { Input, InputKind, Moment } from './input.ts';
import type { Deployment } from './types.ts';

/** A world in which the deployment exists. */
export type Known = World & { readonly deployment: Deployment };

/** One state's answers: every input has one. */
export type Row<W> = { readonly [K in InputKind]: (world: W, input: Extract<Input, { kind: K }>, moment: Moment) => Decision };
