import type { Job } from '../../target.ts';
import { COMMON, type EcsConfig } from '../config.ts';

/** `kind` of the catalogue. */
export const kind = 'ecs-blue-green';

const STAGES = [
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
] as const;

/** JSON Schema of a `target` of that kind. */
export const schema = {
  title: 'EcsBlueGreenTarget',
  description:
    "An ECS service with ECS's own controller and two target groups: the new revision runs beside the old one, and traffic is shifted.",
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'cluster', 'container'],
  properties: {
    kind: { const: kind },
    ...COMMON,
    strategy: {
      enum: ['BLUE_GREEN', 'CANARY', 'LINEAR'],
      default: 'BLUE_GREEN',
      description: 'All traffic at once; a little first, then the rest; or by equal steps.',
    },
    stepPercent: {
      type: 'number',
      minimum: 0.1,
      maximum: 100,
      description:
        'CANARY: what the new revision has at first, 5 unless told otherwise. LINEAR: of each step, at least 3; 10 unless told otherwise.',
    },
    stepMinutes: {
      type: 'integer',
      minimum: 0,
      maximum: 1440,
      description: 'How long ECS waits between steps: 10 with CANARY, 6 with LINEAR, unless told otherwise.',
    },
    bakeMinutes: {
      type: 'integer',
      minimum: 0,
      maximum: 1440,
      default: 0,
      description: 'How long the old revision is kept once the new one has all traffic: going back takes seconds then.',
    },
    pause: {
      type: 'object',
      additionalProperties: false,
      required: ['stage'],
      description: 'Where ECS waits until the checks have passed; before production traffic they run against "testUrl".',
      properties: {
        stage: { enum: STAGES },
        minutes: {
          type: 'integer',
          minimum: 10,
          maximum: 20_160,
          default: 60,
          description:
            'After these ECS goes back by itself. At least 10, since a function that dies holds its environment for six.',
        },
      },
    },
  },
} as const;

/** `target` of a service in the catalogue, as it is resolved. */
export interface Config extends EcsConfig {
  readonly kind: typeof kind;
  readonly strategy?: 'BLUE_GREEN' | 'CANARY' | 'LINEAR';
  readonly stepPercent?: number;
  readonly stepMinutes?: number;
  readonly bakeMinutes?: number;
  readonly pause?: { readonly stage: (typeof STAGES)[number]; readonly minutes?: number };
}

export type OwnJob = Job<Config>;
