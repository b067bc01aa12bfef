import type { TargetSettings } from '../../deployment/settings.ts';

const name = { type: 'string', minLength: 1, maxLength: 255 } as const;

/** What every `target` of an ECS service has, as JSON Schema. */
export const COMMON = {
  cluster: { ...name, description: 'Name or ARN.' },
  service: {
    ...name,
    description: "The ECS service's name. Left out, it is the service's name in the catalogue, filled in when that is resolved.",
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
    items: { type: 'string', pattern: '^arn:aws[a-z-]*:iam::([0-9]{12}|[$][{]account[}]):role/.+$' },
    description: "The task's and the execution role: what the pipeline may hand to ECS.",
  },
} as const;

/** `target` of an ECS service in the catalogue, as it is resolved. */
export interface EcsConfig extends TargetSettings {
  readonly cluster: string;
  readonly service: string;
  readonly container: string | readonly string[];
  readonly base?: 'service' | 'family';
  readonly passRoles?: readonly string[];
}

export const containersOf = ({ container }: EcsConfig): readonly string[] =>
  typeof container === 'string' ? [container] : container;

export const clusterName = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

/** How messages name the service. */
export const placeOf = ({ cluster, service }: EcsConfig): string => `service "${service}" of cluster "${cluster}"`;
