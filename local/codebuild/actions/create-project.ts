import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { projectAnswer } from '../answers.ts';
import { codeBuildArn, invalid, listIn, minutesIn, onlyKnown, recordIn, sourceIn, text, variablesIn } from '../lookup.ts';
import type { CodeBuildStore, Input, Project } from '../model.ts';

const MEMBERS = [
  'name',
  'description',
  'source',
  'artifacts',
  'environment',
  'serviceRole',
  'timeoutInMinutes',
  'queuedTimeoutInMinutes',
  'concurrentBuildLimit',
  'tags',
];

const ENVIRONMENT = ['type', 'image', 'computeType', 'environmentVariables', 'privilegedMode', 'imagePullCredentialsType'];

const environmentIn = (input: Input): Input => {
  const { environmentVariables: _, ...environment } = recordIn(input, 'environment');
  onlyKnown(environment, ENVIRONMENT, 'environment');
  for (const member of ['type', 'image', 'computeType'])
    if (text(environment, member) === undefined) throw invalid(`Project environment ${member} is required`);
  return environment;
};

/** Without artifacts, from S3 or without a source; the service takes on its role, and nobody may hand it one that does not trust it. */
export const createProject: Action<CodeBuildStore> = (store, input) => {
  onlyKnown(input, MEMBERS, 'CreateProject');
  const name = text(input, 'name') ?? '';
  if (!/^[A-Za-z0-9][A-Za-z0-9\-_]{1,149}$/.test(name)) throw invalid(`Invalid project name: ${name}`);
  if (store.projects.has(name))
    throw new AwsError('ResourceAlreadyExistsException', `Project already exists: ${codeBuildArn(store, 'project', name)}`);
  const artifacts = text(recordIn(input, 'artifacts'), 'type');
  if (artifacts !== 'NO_ARTIFACTS')
    throw invalid(`the local cloud does not know artifacts of the type ${artifacts}: NO_ARTIFACTS.`);
  const serviceRole = text(input, 'serviceRole') ?? '';
  if (!store.permissions.trusts(serviceRole, 'codebuild.amazonaws.com'))
    throw invalid(`CodeBuild is not authorized to perform: sts:AssumeRole on ${serviceRole}`);
  const limit = input['concurrentBuildLimit'];
  const description = text(input, 'description');
  const now = store.clock.now();
  const project: Project = {
    name,
    arn: codeBuildArn(store, 'project', name),
    ...(description === undefined ? {} : { description }),
    source: sourceIn(input),
    environment: environmentIn(input),
    variables: variablesIn(listIn(recordIn(input, 'environment'), 'environmentVariables'), 'environmentVariables'),
    serviceRole,
    timeoutInMinutes: minutesIn(input, 'timeoutInMinutes', 60, 2160),
    queuedTimeoutInMinutes: minutesIn(input, 'queuedTimeoutInMinutes', 480, 480),
    ...(typeof limit === 'number' ? { concurrentBuildLimit: limit } : {}),
    tags: listIn(input, 'tags'),
    createdAt: now,
    modifiedAt: now,
  };
  store.projects.set(name, project);
  return { project: projectAnswer(project) };
};
