import { buildAnswer, currentPhase, logGroup, logStream } from './answers.ts';
import type { Build, CodeBuildStore, PhaseRecord } from './model.ts';

/** `Sep 1, 2017 4:14:21 PM`, as the events write times. */
const written = (at: number): string =>
  new Date(at).toLocaleString('en-US', { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'medium' }).replace(/\u202f/g, ' ');

const phaseTold = ({ type, startedAt, endedAt, status, context }: PhaseRecord) => ({
  'phase-type': type,
  'start-time': written(startedAt),
  ...(endedAt === undefined
    ? {}
    : { 'end-time': written(endedAt), 'duration-in-seconds': Math.round((endedAt - startedAt) / 1000) }),
  ...(status === undefined ? {} : { 'phase-status': status }),
  'phase-context': context === undefined ? [] : [`${context.code}: ${context.message}`],
});

/** "CodeBuild Build State Change" (User Guide, "Build notifications input format reference"). */
export const tell = (store: CodeBuildStore, build: Build): void => {
  const { environment, source, initiator, timeoutInMinutes, status } = build;
  store.events.publish({
    source: 'aws.codebuild',
    detailType: 'CodeBuild Build State Change',
    resources: [build.arn],
    detail: {
      'build-status': status,
      'project-name': build.project,
      'build-id': build.arn,
      'additional-information': {
        artifact: { location: '' },
        environment: {
          image: environment['image'],
          'privileged-mode': false,
          'compute-type': environment['computeType'],
          type: environment['type'],
          'environment-variables': buildAnswer(build).environment.environmentVariables,
        },
        'timeout-in-minutes': timeoutInMinutes,
        'build-complete': status !== 'IN_PROGRESS',
        initiator,
        'build-start-time': written(build.startedAt),
        source: { location: source.location ?? '', type: source.type },
        logs: {
          'group-name': logGroup(build),
          'stream-name': logStream(build),
          ...(build.log === undefined ? {} : { 'deep-link': build.log }),
        },
        phases: build.phases.map(phaseTold),
      },
      'current-phase': currentPhase(build),
      'current-phase-context': '[]',
      version: '1',
    },
  });
};
