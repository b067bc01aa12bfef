import { COMMON, type EcsConfig } from '../ecs/config.ts';

const name = { type: 'string', minLength: 1, maxLength: 100 } as const;

/** `kind` of the catalogue. */
export const kind = 'codedeploy-ecs';

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
  },
} as const;

/** `target` of a service in the catalogue, as it is resolved. */
export interface Config extends EcsConfig {
  readonly kind: typeof kind;
  readonly application: string;
  readonly deploymentGroup: string;
  readonly configuration?: string;
}

/** The deployment configuration of every way back. */
export const ALL_AT_ONCE = 'CodeDeployDefault.ECSAllAtOnce';

/** How messages name the group. */
export const groupOf = ({ application, deploymentGroup }: Config): string =>
  `deployment group "${deploymentGroup}" of application "${application}"`;
