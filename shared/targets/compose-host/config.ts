import type { TargetSettings } from '../../deployment/settings.ts';

/** `kind` of the catalogue. */
export const kind = 'compose-host';

/** SendCommand takes so many instances by their ids (API reference); more are another service of the catalogue. */
export const MOST_HOSTS = 50;

const RUN_SHELL_SCRIPT = 'AWS-RunShellScript';

/** JSON Schema of a `target` of that kind. */
export const schema = {
  title: 'ComposeHostTarget',
  description:
    'Hosts with Docker Compose in two colours behind nginx: Systems Manager runs `infrastructure/compose-host/blue_green_deploy.sh` on one after another.',
  type: 'object',
  additionalProperties: false,
  required: ['kind'],
  // not `oneOf`: of that the generated types would know nothing
  if: { required: ['instances'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { not: { required: ['tags'] } },
  else: { required: ['tags'] },
  properties: {
    kind: { const: kind },
    service: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description: "How messages name it. Left out, it is the service's name in the catalogue, filled in when that is resolved.",
    },
    instances: {
      type: 'array',
      minItems: 1,
      maxItems: MOST_HOSTS,
      uniqueItems: true,
      items: { type: 'string', pattern: '^(i-[0-9a-f]{8}([0-9a-f]{9})?|mi-[0-9a-f]{17})$' },
      description: 'The hosts by their ids, or, instead:',
    },
    tags: {
      type: 'object',
      minProperties: 1,
      maxProperties: 5,
      additionalProperties: { type: 'string', minLength: 1, maxLength: 256 },
      description: 'The tags that a host has, all of them, with their values. Found anew for each deployment.',
    },
    document: {
      type: 'string',
      pattern: '^[a-zA-Z0-9_.-]{3,128}$',
      default: RUN_SHELL_SCRIPT,
      description:
        'The document that is sent. One of your own takes Action, Image, Expect and executionTimeout, as `infrastructure/compose-host/document.yml` does.',
    },
    script: {
      type: 'string',
      pattern: '^/[A-Za-z0-9._/-]{1,255}$',
      default: '/opt/staging/blue_green_deploy.sh',
      description: 'Where the script is on the hosts; a document of your own knows it itself.',
    },
    deliverySeconds: {
      type: 'integer',
      minimum: 30,
      maximum: 86_400,
      default: 60,
      description: 'A host that has not taken the command by then does not run it.',
    },
    executionSeconds: {
      type: 'integer',
      minimum: 30,
      maximum: 86_400,
      default: 1800,
      description: 'What the script may take on one host: image, migration, health and drain.',
    },
    output: {
      description: "Where all of the script's output goes; else the last of it is in the verdict alone.",
      oneOf: [
        {
          type: 'object',
          additionalProperties: false,
          required: ['logGroup'],
          properties: {
            logGroup: { type: 'string', minLength: 1, maxLength: 512, description: 'A log group of CloudWatch Logs.' },
          },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['bucket'],
          properties: {
            bucket: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$', description: 'A bucket of S3.' },
            prefix: { type: 'string', minLength: 1, maxLength: 500, description: 'What its keys begin with.' },
          },
        },
      ],
    },
  },
} as const;

/** `target` of a service in the catalogue, as it is resolved. */
export interface Config extends TargetSettings {
  readonly kind: typeof kind;
  readonly service?: string;
  readonly instances?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly document?: string;
  readonly script?: string;
  readonly deliverySeconds?: number;
  readonly executionSeconds?: number;
  readonly output?: { readonly logGroup: string } | { readonly bucket: string; readonly prefix?: string };
}

const { document, script, deliverySeconds, executionSeconds } = schema.properties;

/** What is sent, and with which limits. */
export const planOf = (config: Config) => ({
  document: config.document ?? document.default,
  script: config.script ?? script.default,
  deliverySeconds: config.deliverySeconds ?? deliverySeconds.default,
  executionSeconds: config.executionSeconds ?? executionSeconds.default,
});

/** Whether the script is told to the document; one of the team's own knows it. */
export const isShell = (config: Config): boolean => planOf(config).document === RUN_SHELL_SCRIPT;

/** How messages name the hosts. */
export const hostsOf = ({ instances, tags = {} }: Config): string =>
  instances === undefined
    ? `the hosts tagged ${Object.entries(tags)
        .map(([key, value]) => `${key}=${value}`)
        .join(', ')}`
    : `${instances.length === 1 ? 'host' : 'hosts'} ${instances.join(', ')}`;
