import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { uuid } from '../../wire/uuid.ts';
import { buildAnswer } from '../answers.ts';
import { codeBuildArn, invalid, listIn, onlyKnown, projectOf, text, variablesIn } from '../lookup.ts';
import type { Build, CodeBuildStore, Input, Project, Variable } from '../model.ts';
import { runBuild } from '../run.ts';

/** "The token is included in the StartBuild request and is valid for 5 minutes" (API reference, StartBuild). */
const TOKEN_MILLISECONDS = 300_000;

/** What the call says of a variable counts before what the project says. */
const together = ({ variables }: Project, given: readonly Variable[]): readonly Variable[] => [
  ...new Map([...variables, ...given].map((variable) => [variable.name, variable])).values(),
];

/** "If you repeat the StartBuild request with the same token, but change a parameter, CodeBuild returns a parameter mismatch error." */
const begunBefore = (store: CodeBuildStore, input: Input, key: string): Build | undefined => {
  const known = store.tokens.get(key);
  if (known === undefined || store.clock.now() - known.at >= TOKEN_MILLISECONDS) return undefined;
  if (known.asked !== JSON.stringify(input))
    throw invalid('Idempotency token was already used with different parameters: a parameter does not match');
  return store.builds.get(known.build);
};

const requireRoom = ({ builds }: CodeBuildStore, { name, concurrentBuildLimit }: Project): void => {
  const running = [...builds.values()].filter(({ project, status }) => project === name && status === 'IN_PROGRESS');
  if (concurrentBuildLimit !== undefined && running.length >= concurrentBuildLimit)
    throw new AwsError(
      'AccountLimitExceededException',
      `Cannot have more than ${concurrentBuildLimit} builds of the project ${name} at a time`,
    );
};

export const startBuild: Action<CodeBuildStore> = (store, input, { caller, endpoint }) => {
  onlyKnown(input, ['projectName', 'environmentVariablesOverride', 'idempotencyToken'], 'StartBuild');
  const project = projectOf(store, text(input, 'projectName'));
  if (store.host === undefined) throw invalid('this local cloud has nothing that builds could run on.');
  const token = text(input, 'idempotencyToken');
  const key = `${project.name} ${token}`;
  const before = token === undefined ? undefined : begunBefore(store, input, key);
  if (before !== undefined) return { build: buildAnswer(before) };
  requireRoom(store, project);
  const variables = together(project, variablesIn(listIn(input, 'environmentVariablesOverride'), 'environmentVariablesOverride'));
  const id = `${project.name}:${uuid(store.random)}`;
  const { source, environment, serviceRole, timeoutInMinutes, queuedTimeoutInMinutes } = project;
  const build: Build = {
    ...{ id, arn: codeBuildArn(store, 'build', id), project: project.name },
    ...{ source, environment, variables, serviceRole, timeoutInMinutes, queuedTimeoutInMinutes, endpoint },
    number: [...store.builds.values()].filter((other) => other.project === project.name).length + 1,
    initiator: caller.arn.slice(caller.arn.indexOf('/') + 1),
    startedAt: store.clock.now(),
    status: 'IN_PROGRESS',
    phases: [],
  };
  store.builds.set(id, build);
  if (token !== undefined) store.tokens.set(key, { asked: JSON.stringify(input), build: id, at: build.startedAt });
  runBuild(store, build);
  return { build: buildAnswer(build) };
};
