import type { Job } from '../target.ts';
import { type StaticConfig, staticSchema } from './static/config.ts';

/** `kind` of the catalogue. */
export const kind = 'lambda';

/** A step of the way to all requests. */
export interface Step {
  /** Of the alias's requests, to the new version. */
  readonly percent: number;
  /** How long they are left so before the checks are made. */
  readonly minutes: number;
}

/** The full name of a repository of Amazon ECR: its account, its region, and its own name. */
const REPOSITORY = '^([0-9]{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com/([a-z0-9]+(?:[._/-][a-z0-9]+)*)$';

/** JSON Schema of a `target` of that kind. */
export const schema = {
  title: 'LambdaTarget',
  description:
    "A Lambda function of a container image, or of a zip archive (`zip`): its code is updated and published as a version. An alias is moved to the version, at once or by steps; without one the function itself is what serves. The policy of an image's repository has to let Lambda pull. How an archive is pushed: [zips.md](zips.md).",
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'function'],
  dependentRequired: { steps: ['alias'] },
  properties: {
    kind: { const: kind },
    function: { type: 'string', pattern: '^[a-zA-Z0-9-_]{1,64}$', description: "The function's name." },
    alias: {
      type: 'string',
      pattern: '^(?![0-9]+$)[a-zA-Z0-9-_]{1,128}$',
      description:
        'What is moved to the new version. Left out, whoever invokes the function without a qualifier gets the new code.',
    },
    steps: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      description:
        'Shares of the requests that the new version gets before it gets all, in the order of their percent; each is left so, then the checks are made.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['percent', 'minutes'],
        properties: {
          percent: { type: 'integer', minimum: 1, maximum: 99 },
          minutes: { type: 'integer', minimum: 1, maximum: 1440 },
        },
      },
    },
    zip: {
      type: 'object',
      additionalProperties: false,
      required: ['repository'],
      description:
        'Says that the function is made from a zip archive, which is pushed to ECR as an artifact. Left out, it is made from images.',
      properties: {
        repository: {
          type: 'string',
          pattern: REPOSITORY,
          description: 'The full name of the repository that the artifacts are in, without a tag: the roles may read no other.',
        },
      },
    },
    static: staticSchema,
  },
} as const;

/** `target` of a service in the catalogue, as it is resolved. */
export interface Config {
  readonly kind: typeof kind;
  readonly function: string;
  readonly alias?: string;
  readonly steps?: readonly Step[];
  readonly zip?: { readonly repository: string };
  readonly static?: StaticConfig;
  readonly [key: string]: unknown;
}

/** One whose alias is moved. */
export interface AliasConfig extends Config {
  readonly alias: string;
}

/** One whose function is made from zip archives. */
export interface ZipConfig extends Config {
  readonly zip: { readonly repository: string };
}

/** Where a repository of Amazon ECR is, by its full name, which the schema has checked. */
export const repositoryIn = (
  repository: string,
): { readonly account: string; readonly region: string; readonly name: string } => {
  const [, account, region, name] = new RegExp(REPOSITORY).exec(repository) ?? [];
  if (account === undefined || region === undefined || name === undefined)
    throw new Error(`${repository} is no repository of Amazon ECR, and the schema has let it pass`);
  return { account, region, name };
};

export type LambdaJob = Job<Config>;

/** How messages name what serves. */
export const placeOf = ({ function: name, alias }: Pick<Config, 'function' | 'alias'>): string =>
  alias === undefined ? `function "${name}"` : `alias "${alias}" of function "${name}"`;

/** The order counts, not how they are written down; of two alike the longer one. */
export const stepsOf = ({ steps = [] }: Config): readonly Step[] =>
  [...steps]
    .sort((one, other) => one.percent - other.percent || other.minutes - one.minutes)
    .filter(({ percent }, index, all) => all[index - 1]?.percent !== percent);

/** What the steps take together. */
export const leastSeconds = (config: Config): number => stepsOf(config).reduce((sum, { minutes }) => sum + minutes * 60, 0);
