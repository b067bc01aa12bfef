import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { activeDefinitionOf, type Input, text } from '../../ecs/lookup.ts';
import type { TaskDefinition } from '../../ecs/model.ts';
import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { ALL_AT_ONCE, activeOf, begin, requireConfiguration, serviceOfGroup } from '../deployments.ts';
import { hooksIn } from '../hooks.ts';
import { groupOf, onlyKnown } from '../lookup.ts';
import type { CodeDeployStore } from '../model.ts';
import { requireRollbackAtAlarms, requireRollbackAtHooks, rollbackEventsOf } from '../rollbacks.ts';

const invalid = (message: string): AwsError => new AwsError('InvalidRevisionException', message);

/** The AppSpec of the request: YAML, or JSON, as text (API reference, AppSpecContent). */
const contentOf = (input: Input): string => {
  const { revisionType, appSpecContent, string } = (input['revision'] ?? {}) as {
    readonly revisionType?: string;
    readonly appSpecContent?: { readonly content?: string; readonly sha256?: string };
    readonly string?: { readonly content?: string; readonly sha256?: string };
  };
  if (input['revision'] === undefined) throw new AwsError('RevisionRequiredException', 'Revision is required');
  if (revisionType !== 'AppSpecContent' && revisionType !== 'String')
    throw invalid(`the local cloud does not know revisions of the type ${revisionType}, only AppSpecContent`);
  const { content, sha256 } = (revisionType === 'String' ? string : appSpecContent) ?? {};
  if (content === undefined || content === '') throw invalid('The AppSpec content is empty');
  if (sha256 !== undefined && sha256 !== createHash('sha256').update(content).digest('hex'))
    throw invalid('The SHA-256 hash of the AppSpec content does not match');
  return content;
};

interface AppSpec {
  readonly Resources?: readonly {
    readonly TargetService?: {
      readonly Type?: string;
      readonly Properties?: {
        readonly TaskDefinition?: string;
        readonly LoadBalancerInfo?: { readonly ContainerName?: string; readonly ContainerPort?: number };
      };
    };
  }[];
  readonly Hooks?: readonly unknown[];
}

const read = (content: string): AppSpec => {
  try {
    return (parse(content) ?? {}) as AppSpec;
  } catch {
    throw invalid('The AppSpec file is not valid YAML or JSON');
  }
};

/** What is to run (User Guide, "AppSpec 'resources' section for Amazon ECS deployments"). */
const definitionIn = (store: CodeDeployStore, { Resources = [] }: AppSpec): TaskDefinition => {
  const [{ TargetService } = {}, ...others] = Resources;
  const { Type, Properties = {} } = TargetService ?? {};
  if (others.length > 0 || Type !== 'AWS::ECS::Service')
    throw invalid('The AppSpec has to have one resource, TargetService, of the type AWS::ECS::Service');
  const { TaskDefinition: arn, LoadBalancerInfo: { ContainerName, ContainerPort } = {} } = Properties;
  if (arn === undefined || ContainerName === undefined || ContainerPort === undefined)
    throw invalid('The AppSpec has to name TaskDefinition and LoadBalancerInfo with ContainerName and ContainerPort');
  const definition = activeDefinitionOf(store.ecs, arn);
  const container = definition.containers.find(({ name }) => name === ContainerName);
  const mapped = (container?.portMappings ?? []) as readonly { readonly containerPort?: number }[];
  if (!mapped.some(({ containerPort }) => containerPort === ContainerPort))
    throw invalid(`The container ${ContainerName} of the task definition has no port ${ContainerPort}`);
  return definition;
};

/**
 * One at a time in a group. Its own autoRollbackConfiguration is instead of the group's (User Guide, "Redeploy and roll back a
 * deployment with CodeDeploy").
 */
export const createDeployment: Action<CodeDeployStore> = (store, input) => {
  onlyKnown(
    input,
    ['applicationName', 'deploymentGroupName', 'revision', 'deploymentConfigName', 'description', 'autoRollbackConfiguration'],
    'CreateDeployment',
  );
  const group = groupOf(store, input);
  const description = text(input, 'description') ?? '';
  if (description.length > 256) throw new AwsError('DescriptionTooLongException', 'The description is too long');
  const config = text(input, 'deploymentConfigName') ?? text(group.body, 'deploymentConfigName') ?? ALL_AT_ONCE;
  requireConfiguration(config);
  const rollbackEvents = rollbackEventsOf(input['autoRollbackConfiguration'] ?? group.body['autoRollbackConfiguration']);
  requireRollbackAtAlarms(group.body, rollbackEvents);
  const content = contentOf(input);
  const service = serviceOfGroup(store, group);
  const spec = read(content);
  const definition = definitionIn(store, spec);
  const hooks = hooksIn(spec.Hooks ?? []);
  requireRollbackAtHooks(hooks.length > 0, rollbackEvents);
  const active = activeOf(store, group);
  if (active !== undefined)
    throw new AwsError(
      'DeploymentLimitExceededException',
      `The Deployment Group '${group.name}' already has an active Deployment '${active.id}'`,
    );
  const autoRollback = rollbackEvents.includes('DEPLOYMENT_STOP_ON_REQUEST');
  return { deploymentId: begin(store, group, service, { config, description, content, definition, autoRollback, hooks }).id };
};
