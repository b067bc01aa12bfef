import type { TargetSettings } from '../../deployment/types.ts';

const name = { type: 'string', minLength: 1, maxLength: 255 } as const;

/** JSON Schema of a `target` of kind `ecs-rolling`. */
export const schema = {
  title: 'EcsRollingTarget',
  description: "An ECS service with ECS's own controller and the ROLLING strategy.",
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'cluster', 'container'],
  properties: {
    kind: { const: 'ecs-rolling' },
    cluster: { ...name, description: 'Name or ARN.' },
    service: {
      ...name,
      description:
        "The ECS service's name. Left out, it is the service's name in the catalogue, filled in when that is resolved.",
    },
    container: {
      description: 'The container whose image is replaced, or several that share one image (app and migration).',
      oneOf: [name, { type: 'array', minItems: 1, maxItems: 10, uniqueItems: true, items: name }],
    },
    base: {
      enum: ['service', 'family'],
      default: 'service',
      description: 'What the new revision is a copy of: what the service runs, or the newest active revision of its family.',
    },
    passRoles: {
      type: 'array',
      maxItems: 10,
      uniqueItems: true,
      items: { type: 'string', pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$' },
      description: "The task's and the execution role: what the pipeline may hand to ECS.",
    },
  },
} as const;

/** `target` of a service in the catalogue, as it is resolved. */
export interface EcsRollingConfig extends TargetSettings {
  readonly kind: 'ecs-rolling';
  readonly cluster: string;
  readonly service: string;
  readonly container: string | readonly string[];
  readonly base?: 'service' | 'family';
  readonly passRoles?: readonly string[];
}

export const containersOf = ({ container }: EcsRollingConfig): readonly string[] =>
  typeof container === 'string' ? [container] : container;

export const clusterName = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

/** How messages name the service. */
export const placeOf = ({ cluster, service }: EcsRollingConfig): string => `service "${service}" of cluster "${cluster}"`;
