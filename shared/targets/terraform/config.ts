import type { TargetSettings } from '../../deployment/settings.ts';

/** `kind` of the catalogue. */
export const kind = 'terraform';

/** What a variable of the module can be given. */
export const VALUES = ['tag', 'digest', 'image'] as const;

type Value = (typeof VALUES)[number];

/** JSON Schema of a `target` of that kind, and of `apply`. */
export const schema = {
  title: 'TerraformTarget',
  description:
    'A Terraform module with its state in S3: `terraform apply -var image_tag=…` in CodeBuild, of exactly the plan that was looked at (S2.2). Its project is made by `infrastructure/terraform`.',
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'project', 'bucket'],
  properties: {
    kind: { const: kind },
    project: {
      type: 'string',
      pattern: '^(?:[A-Za-z0-9_-]|[$][{](?:site|region|account)[}]){2,255}$',
      description: "CodeBuild's project, whose source is the module.",
    },
    bucket: {
      type: 'string',
      pattern: '^(?:[a-z0-9.-]|[$][{](?:site|region|account)[}]){3,100}$',
      description: 'The S3 bucket of the state, in the region of what is deployed.',
    },
    key: {
      type: 'string',
      pattern: '^[^/\\s"\\\\][^\\s"\\\\]*$',
      maxLength: 512,
      description: "The state's key. Left out, it is `<environment>/<service>.tfstate`.",
    },
    service: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description: "Names the state. Left out, it is the service's name in the catalogue, filled in when that is resolved.",
    },
    lockTable: {
      type: 'string',
      pattern: '^[A-Za-z0-9_.-]{3,255}$',
      description:
        'The DynamoDB table of the lock; without it the lock is an object beside the state (`use_lockfile`, Terraform 1.10).',
    },
    directory: {
      type: 'string',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_./-]*$',
      maxLength: 255,
      description: "The module's folder in the project's source; its root unless told otherwise.",
    },
    values: {
      type: 'string',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_./-]*$',
      maxLength: 255,
      description: "A file of variables in that folder, as in environments/prod.tfvars: what is this environment's own (S2.7).",
    },
    variables: {
      type: 'object',
      minProperties: 1,
      maxProperties: 3,
      propertyNames: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,127}$' },
      additionalProperties: { enum: [...VALUES] },
      description:
        'What the module is told of the image, by variable: its `tag`, its `digest`, or `image`, the repository with the digest. Left out, `image_tag` is the tag.',
    },
    mayDestroy: {
      type: 'array',
      maxItems: 50,
      uniqueItems: true,
      items: { type: 'string', pattern: '^(?:[a-z][a-z0-9_]*|[*])$' },
      description:
        'Types of resources that a plan may destroy or replace; * for all. A plan that destroys or replaces another is not applied. Left out, only task definitions, which are replaced by each change.',
    },
  },
} as const;

/** `target`, or `apply`, of a service in the catalogue, as it is resolved. */
export interface Config extends TargetSettings {
  readonly kind: typeof kind;
  readonly environment: string;
  readonly service: string;
  readonly project: string;
  readonly bucket: string;
  readonly key?: string;
  readonly lockTable?: string;
  readonly directory?: string;
  readonly values?: string;
  readonly variables?: Readonly<Record<string, Value>>;
  readonly mayDestroy?: readonly string[];
}

const IMAGE_TAG: NonNullable<Config['variables']> = { image_tag: 'tag' };

export const variablesOf = ({ variables = IMAGE_TAG }: Config): NonNullable<Config['variables']> => variables;

/** The variable that is given the tag; `undefined`: the tag does not matter. */
export const tagVariable = (config: Config): string | undefined =>
  Object.entries(variablesOf(config)).find(([, value]) => value === 'tag')?.[0];

/** Terraform's resource of which every change is a replacement. */
const REPLACED = ['aws_ecs_task_definition'] as const;

export const mayDestroy = ({ mayDestroy: types = REPLACED }: Config): readonly string[] => types;

export const stateKey = ({ key, environment, service }: Config): string => key ?? `${environment}/${service}.tfstate`;

/** What our builds say of the state, beside it. */
export const recordKey = (config: Config): string => `${stateKey(config)}.switchyard.json`;

/** What one build has to say; `build` is CodeBuild's id, `project:uuid`. */
export const reportKey = (config: Config, build: string): string =>
  `${stateKey(config)}.switchyard/${build.slice(build.indexOf(':') + 1)}.json`;

/** How messages name the state. */
export const stateOf = (config: Config): string => `s3://${config.bucket}/${stateKey(config)}`;
