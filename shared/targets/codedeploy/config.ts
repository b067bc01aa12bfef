import { COMMON, type EcsConfig } from '../ecs/config.ts';

const name = { type: 'string', minLength: 1, maxLength: 100 } as const;

/** `kind` of the catalogue. */
export const kind = 'codedeploy-ecs';

/** In the order in which CodeDeploy comes to them (User Guide, "AppSpec 'hooks' section for an Amazon ECS deployment"). */
export const HOOKS = [
  'BeforeInstall',
  'AfterInstall',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
] as const;

/** JSON Schema of a `target` of that kind. */
export const schema = {
  title: 'CodeDeployEcsTarget',
  description:
    'An ECS service with the deployment controller CODE_DEPLOY: CodeDeploy makes a second task set, and shifts traffic.',
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'cluster', 'container', 'application', 'deploymentGroup'],
  properties: {
    kind: { const: kind },
    ...COMMON,
    application: { ...name, description: "CodeDeploy's application." },
    deploymentGroup: { ...name, description: 'Its deployment group of this service.' },
    configuration: {
      ...name,
      description:
        "The deployment configuration, as in CodeDeployDefault.ECSCanary10Percent5Minutes; the group's own unless told otherwise.",
    },
    hooks: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      description: 'Lambda functions (names or ARNs) that CodeDeploy asks on the way; a way back is not asked about.',
      properties: Object.fromEntries(HOOKS.map((event) => [event, { type: 'string', minLength: 1, maxLength: 256 }])),
    },
  },
} as const;

/** `target` of a service in the catalogue, as it is resolved. */
export interface Config extends EcsConfig {
  readonly kind: typeof kind;
  readonly application: string;
  readonly deploymentGroup: string;
  readonly configuration?: string;
  readonly hooks?: Readonly<Partial<Record<(typeof HOOKS)[number], string>>>;
}

/** The deployment configuration of every way back. */
export const ALL_AT_ONCE = 'CodeDeployDefault.ECSAllAtOnce';

/** How messages name the group. */
export const groupOf = ({ application, deploymentGroup }: Config): string =>
  `deployment group "${deploymentGroup}" of application "${application}"`;
