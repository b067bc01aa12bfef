import type { Failure } from '../../deployment/types.ts';
import { RefusedError, refusal as refused } from '../refused.ts';

/** Why ECS, or this target, says no: stable words, each with its line of `docs/errors.md`. */
export const REFUSALS = {
  'access-denied': "The function's role may not make the call; the message names role, action and resource.",
  'cluster-missing': 'There is no such cluster.',
  'codedeploy-missing': 'There is no such application, deployment group or deployment configuration in CodeDeploy.',
  'codedeploy-refused': 'CodeDeploy refuses the call as it stands; the message is its own.',
  'container-missing': 'The task definition has no container of the name in the catalogue; the message lists those it has.',
  'deployment-under-way': 'CodeDeploy is at work on another deployment of the group: it does one at a time.',
  'ecs-refused': 'ECS refuses the call as it stands; the message is its own.',
  'service-inactive': 'The service is being deleted, or was.',
  'service-missing': 'There is no such service in the cluster.',
  'service-not-codedeploy': 'The service has another controller than CodeDeploy.',
  'service-not-ecs-blue-green': 'The service is not deployed by ECS itself, but by another controller.',
  'service-not-ecs-rolling': "The service is not deployed by ECS's own rolling update.",
  'taken-over': 'Somebody else has changed the service meanwhile: it is theirs.',
  'shifting-impossible': 'The service lacks what shifting traffic takes: a second target group, a listener rule, a role for ECS.',
  'task-definition-missing': 'There is no such task definition (any more).',
  'too-many-tags': "The task definition has no room for the deployment's tag.",
} as const;

export type RefusalCode = keyof typeof REFUSALS;

export const refusal = (code: RefusalCode, message: string): Failure => refused(code, message);

/** Errors of ECS that will be the same next time (API reference, "Errors" of the calls that are made here). */
const FINAL: readonly string[] = [
  'BlockedException',
  'ClientException',
  'InvalidParameterException',
  'LimitExceededException',
  'NamespaceNotFoundException',
  'PlatformTaskDefinitionIncompatibilityException',
  'PlatformUnknownException',
  'ResourceNotFoundException',
  'UnsupportedFeatureException',
  'ValidationException',
];

/** ECS reports this race of RegisterTaskDefinition as a ClientException, though it is gone a moment later. */
const PASSING = /too many concurrent attempts/i;

/** `User: arn:aws:sts::…:assumed-role/<role>/<session> is not authorized to perform: <action> on resource: <arn> because …` */
const DENIED = /^User: (\S+) is not authorized to perform: (\S+)(?: on resource: (\S+))?(?: (because|with) (.+))?$/;

const roleOf = (caller: string): string => /assumed-role\/([^/]+)/.exec(caller)?.[1] ?? caller;

export const accessDenied = (message: string, doing: string): Failure => {
  const [, caller, action, resource = '*', how, why] = DENIED.exec(message) ?? [];
  if (caller === undefined) return refusal('access-denied', `cannot ${doing}: ${message}; allow it in the function's role`);
  const advice =
    action === 'iam:PassRole' ? 'list that role in "passRoles" of the catalogue and package again' : 'allow it in that role';
  const reason = why === undefined ? '' : ` (${how} ${why})`;
  return refusal('access-denied', `cannot ${doing}: role ${roleOf(caller)} may not ${action} on ${resource}${reason}; ${advice}`);
};

/**
 * An error of ECS that is an answer; `undefined`: it may be different next time (throttle, 5xx, no answer), so it is to be
 * thrown. `doing` says what was being done, to what.
 */
export const asRefusal = (error: unknown, doing: string): Failure | undefined => {
  if (error instanceof RefusedError) return error.failure;
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  switch (name) {
    case 'AccessDeniedException':
      return accessDenied(message, doing);
    case 'ClusterNotFoundException':
      return refusal(
        'cluster-missing',
        `cannot ${doing}: there is no such cluster; create it, or correct "cluster" in the catalogue`,
      );
    case 'ServiceNotFoundException':
      return serviceMissing(doing);
    case 'ServiceNotActiveException':
      return serviceInactive(doing, 'not active');
  }
  if (name === 'ClientException' && /unable to describe task definition/i.test(message)) {
    return refusal('task-definition-missing', `cannot ${doing}: there is no such task definition; register it first`);
  }
  if (!FINAL.includes(name) || PASSING.test(message)) return undefined;
  return refusal('ecs-refused', `cannot ${doing}: ${message} (${name}); correct what it names, and deploy again`);
};

export const serviceMissing = (doing: string): Failure =>
  refusal('service-missing', `cannot ${doing}: there is no such service; create it, or correct "service" in the catalogue`);

export const serviceInactive = (doing: string, status: string): Failure =>
  refusal('service-inactive', `cannot ${doing}: it is ${status}; create it again, or take it out of the catalogue`);
