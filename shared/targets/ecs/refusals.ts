import type { Failure } from '../../deployment/observations.ts';
import { refusal as refused } from '../refused.ts';

/** Why ECS, or this target, says no: stable words, each with its line of `docs/errors.md`. @public */
export const REFUSALS = {
  'cluster-missing': 'There is no such cluster.',
  'container-missing': 'The task definition has no container of the name in the catalogue; the message lists those it has.',
  'ecs-refused': 'ECS refuses the call as it stands; the message is its own.',
  'service-inactive': 'The service is being deleted, or was.',
  'service-missing': 'There is no such service in the cluster.',
  'service-not-ecs-blue-green': 'The service is not deployed by ECS itself, but by another controller.',
  'service-not-ecs-rolling': "The service is not deployed by ECS's own rolling update.",
  'taken-over': 'Somebody else has changed the service meanwhile: it is theirs.',
  'shifting-impossible': 'The service lacks what shifting traffic takes: a second target group, a listener rule, a role for ECS.',
  'task-definition-missing': 'There is no such task definition (any more).',
  'too-many-tags': "The task definition has no room for the deployment's tag.",
} as const;

/** There is nothing to observe any more. */
export const GONE: readonly (keyof typeof REFUSALS)[] = ['cluster-missing', 'service-missing', 'service-inactive'];

export const refusal = (code: keyof typeof REFUSALS, message: string): Failure => refused(code, message);

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

/** An error of ECS that is an answer; `undefined`: it may be different next time. */
export const refusalOf = ({ name, message }: Error, doing: string): Failure | undefined => {
  switch (name) {
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
