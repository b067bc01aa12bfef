import type { Authorizer } from '../iam/authorizer.ts';
import { need } from '../iam/needs/need.ts';
import type { Place } from '../place.ts';
import type { Pull } from '../ports.ts';
import { repositoryArn } from './names.ts';
import type { EcrStore } from './store.ts';

/** What a pull calls (User Guide, "Private repository policy examples in Amazon ECR", allowing one or more accounts). */
const CALLS = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

interface PullOptions {
  /** Where the task runs. */
  readonly place: Place;
  readonly authorizer: Authorizer;
  /** `undefined`: there is nothing in that place. */
  readonly registry: (place: Place) => EcrStore | undefined;
}

/**
 * Pulls from the registries of other places for tasks of this one: of another region freely, as within the account nothing is asked here
 * either; of another account what the task execution role and the repository's policy both allow (User Guide, "Private repository
 * policies"). A task without such a role is its account's.
 */
export const pullFrom =
  ({ place, authorizer, registry }: PullOptions): Pull =>
  ({ from, repository, reference, role }) => {
    const found = registry(from)?.images.find(repository, reference);
    if (found === undefined || from.account === place.account) return found;
    const mayCall = (action: string): boolean => {
      const asked = need(action, repositoryArn(from, repository));
      if (role === undefined) return authorizer.judge(authorizer.askerOf(place.account), asked, from.region).allowed;
      const acting = { service: TASKS, roleArn: role, session: 'task' };
      return authorizer.permissionsIn(place).refusal(acting, asked) === undefined;
    };
    return CALLS.every(mayCall) ? found : undefined;
  };

const TASKS = 'ecs-tasks.amazonaws.com';
