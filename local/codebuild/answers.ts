import type { Build, PhaseRecord, Project, Source } from './model.ts';

const seconds = (milliseconds: number): number => milliseconds / 1000;

const variablesAnswer = ({ variables }: Pick<Project, 'variables'>) =>
  variables.map(({ name, value }) => ({ name, value, type: 'PLAINTEXT' }));

const sourceAnswer = ({ type, location, buildspec }: Source) => ({
  type,
  ...(location === undefined ? {} : { location }),
  ...(buildspec === undefined ? {} : { buildspec }),
  insecureSsl: false,
});

/** Times are seconds since the epoch. */
export const projectAnswer = (project: Project) => ({
  name: project.name,
  arn: project.arn,
  ...(project.description === undefined ? {} : { description: project.description }),
  source: sourceAnswer(project.source),
  artifacts: { type: 'NO_ARTIFACTS' },
  cache: { type: 'NO_CACHE' },
  environment: { ...project.environment, environmentVariables: variablesAnswer(project) },
  serviceRole: project.serviceRole,
  timeoutInMinutes: project.timeoutInMinutes,
  queuedTimeoutInMinutes: project.queuedTimeoutInMinutes,
  ...(project.concurrentBuildLimit === undefined ? {} : { concurrentBuildLimit: project.concurrentBuildLimit }),
  tags: project.tags,
  created: seconds(project.createdAt),
  lastModified: seconds(project.modifiedAt),
});

const phaseAnswer = ({ type, startedAt, endedAt, status, context }: PhaseRecord) => ({
  phaseType: type,
  ...(status === undefined ? {} : { phaseStatus: status }),
  startTime: seconds(startedAt),
  ...(endedAt === undefined ? {} : { endTime: seconds(endedAt), durationInSeconds: Math.round(seconds(endedAt - startedAt)) }),
  ...(context === undefined ? {} : { contexts: [{ statusCode: context.code, message: context.message }] }),
});

export const currentPhase = ({ phases }: Build): string => phases.at(-1)?.type ?? 'SUBMITTED';

export const logGroup = ({ project }: Build): string => `/aws/codebuild/${project}`;

export const logStream = ({ id }: Build): string => id.slice(id.indexOf(':') + 1);

/** `deepLink` is where the log really is: there is no CloudWatch Logs here. */
const logsAnswer = (build: Build) => ({
  groupName: logGroup(build),
  streamName: logStream(build),
  ...(build.log === undefined ? {} : { deepLink: build.log }),
});

/** Times are seconds since the epoch. */
export const buildAnswer = (build: Build) => ({
  id: build.id,
  arn: build.arn,
  buildNumber: build.number,
  startTime: seconds(build.startedAt),
  ...(build.endedAt === undefined ? {} : { endTime: seconds(build.endedAt) }),
  currentPhase: currentPhase(build),
  buildStatus: build.status,
  projectName: build.project,
  phases: build.phases.map(phaseAnswer),
  source: sourceAnswer(build.source),
  artifacts: { location: '' },
  cache: { type: 'NO_CACHE' },
  environment: { ...build.environment, environmentVariables: variablesAnswer(build) },
  serviceRole: build.serviceRole,
  logs: logsAnswer(build),
  timeoutInMinutes: build.timeoutInMinutes,
  queuedTimeoutInMinutes: build.queuedTimeoutInMinutes,
  buildComplete: build.status !== 'IN_PROGRESS',
  initiator: build.initiator,
});
