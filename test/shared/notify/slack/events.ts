import type { OutcomeType } from '../../../../shared/events/outcomes.ts';
import type { Outcome } from '../../../../shared/notify/outcome.ts';

const DIGEST = `sha256:${'0b'.repeat(32)}`;
const BEFORE = `sha256:${'aa'.repeat(32)}`;

const revision = (number: number, digest: string) => ({
  id: `arn:aws:ecs:eu-west-1:123456789012:task-definition/api:${number}`,
  image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/prod@${digest}`,
  digest,
});

/** Events as the schemas have them; what every event carries is filled in. */
export const told = (type: OutcomeType, sequence: number, more: object = {}): Outcome =>
  ({
    type,
    detail: {
      eventId: `e-${sequence}`,
      deployment: 'd-1',
      sequence,
      kind: 'deploy',
      environment: 'prod',
      service: 'api',
      at: `2026-03-01T12:00:${String(sequence).padStart(2, '0')}.000Z`,
      asked: { image: 'prod:v1.2.3', version: '1.2.3', commit: '4f9c2d1e8b7a', ref: 'main', actor: 'ann', reason: 'the release' },
      digest: DIGEST,
      repository: 'prod',
      cause: { type: 'DeployRequested', eventId: 'x', account: '123456789012', source: 'ci', time: '2026-03-01T12:00:00.000Z' },
      links: { run: 'https://ci.example.com/run/7' },
      ...more,
    },
  }) as unknown as Outcome;

const VERDICT = {
  terminal: true,
  changed: true,
  verified: true,
  notWatched: [],
  checkAttempts: 1,
  durationSeconds: 62,
};

export const verdict = (type: OutcomeType, sequence: number, more: object = {}): Outcome =>
  told(type, sequence, {
    ...VERDICT,
    verdict: 'succeeded',
    reason: { code: 'verified', message: 'every check passed' },
    running: revision(8, DIGEST),
    ...more,
  });

const begin = [
  told('DeploymentQueued', 1, { position: 1, waitUntil: '2026-03-02T12:00:00.000Z' }),
  told('DeploymentStarted', 2, { revision: revision(8, DIGEST), before: revision(7, BEFORE) }),
];

export const succeeded: readonly Outcome[] = [
  ...begin,
  told('VerificationStarted', 3, { revision: revision(8, DIGEST) }),
  told('VerificationPassed', 4, { checkAttempts: 1 }),
  verdict('DeploymentSucceeded', 5),
];

export const rolledBack: readonly Outcome[] = [
  ...begin,
  told('DeploymentProgressed', 3, {
    phase: 'task-stopped',
    message: 'a task stopped',
    stopped: {
      task: 'task/1',
      at: '2026-03-01T12:00:03.000Z',
      code: 'EssentialContainerExited',
      reason: 'Essential container in task exited',
      exitCode: 137,
    },
  }),
  told('RollbackStarted', 4, {
    reason: { code: 'task-stopped', message: 'its essential container exited with 137' },
    left: { digest: DIGEST },
    destination: revision(7, BEFORE),
    by: 'switchyard',
  }),
  verdict('DeploymentRolledBack', 5, {
    verdict: 'rolled-back',
    reason: { code: 'task-stopped', message: 'its essential container exited with 137' },
    running: revision(7, BEFORE),
  }),
];
