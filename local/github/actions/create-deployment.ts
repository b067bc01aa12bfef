import type { Answer, RepositoryAction, RepositoryCall } from '../action.ts';
import { commitOf } from '../commits.ts';
import type { Deployment } from '../model.ts';
import { GitHubRefusal, invalidRequest } from '../refusal.ts';
import { shownDeployment } from '../shown.ts';

/**
 * repos/create-deployment. A ref that is behind the default branch is merged first (202, and no deployment) unless `auto_merge` is false;
 * every commit status must be a success, or those that `required_contexts` names (409).
 */
export const createDeployment: RepositoryAction = {
  method: 'POST',
  path: '/deployments',
  needs: [{ deployments: 'write' }],
  run(call) {
    const { repository, body } = call;
    const ref = body.required('ref');
    const autoMerge = body.boolean('auto_merge') ?? true;
    const contexts = body.texts('required_contexts');
    const environment = body.text('environment') ?? 'production';
    const deployment: Omit<Deployment, 'sha' | 'id'> = {
      ref,
      task: body.text('task') ?? 'deploy',
      payload: payloadOf(body.any('payload')),
      originalEnvironment: environment,
      environment,
      description: body.nullable('description') ?? '',
      creator: call.token.actor,
      createdAt: call.now,
      updatedAt: call.now,
      transient: body.boolean('transient_environment') ?? false,
      production: body.boolean('production_environment') ?? environment === 'production',
      statuses: [],
    };
    body.end();
    const sha = commitOf(repository, ref);
    if (sha === undefined) throw new GitHubRefusal(422, `No ref found for: ${ref}`);
    const merged = autoMerge ? merge(call, ref) : undefined;
    if (merged !== undefined) return merged;
    requireContexts(call, sha, ref, contexts);
    const made: Deployment = { ...deployment, sha, id: call.store.nextId() };
    repository.deployments.push(made);
    return { status: 201, body: shownDeployment(call, made) };
  },
};

const payloadOf = (payload: unknown): Deployment['payload'] => {
  if (payload === undefined) return '';
  if (typeof payload === 'string') return payload;
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) return { ...payload };
  throw invalidRequest("For 'properties/payload', it is neither an object nor a string.");
};

const merge = ({ repository }: RepositoryCall, ref: string): Answer | undefined => {
  const { isBehind, conflicts } = repository.refs.get(ref) ?? {};
  const { defaultBranch } = repository;
  if (isBehind !== true) return undefined;
  if (conflicts === true) throw new GitHubRefusal(409, `Conflict merging ${defaultBranch} into ${ref}.`);
  repository.refs.set(ref, { sha: repository.refs.get(ref)?.sha ?? '' });
  return { status: 202, body: { message: `Auto-merged ${defaultBranch} into ${ref} on deployment.` } };
};

const requireContexts = (
  { repository }: RepositoryCall,
  sha: string,
  ref: string,
  asked: readonly string[] | undefined,
): void => {
  const newest = new Map(
    repository.statuses.filter((status) => status.sha === sha).map((status) => [status.context.toLowerCase(), status.state]),
  );
  const contexts = asked?.map((context) => context.toLowerCase()) ?? [...newest.keys()];
  const lacking = contexts.filter((context) => newest.get(context) !== 'success');
  if (lacking.length > 0)
    throw new GitHubRefusal(409, `Conflict: Commit status checks failed for ${ref}.`, {
      more: { errors: [{ contexts: lacking, resource: 'Deployment', field: 'required_contexts', code: 'invalid' }] },
    });
};
