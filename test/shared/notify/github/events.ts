import { createHash } from 'node:crypto';
import type { DeploymentOutcome } from '../../../../shared/notify/outcome.ts';

type Detail = Readonly<Record<string, unknown>>;

/** Which request a story is about, and what is said of it beside. */
export interface About {
  readonly deployment: string;
  /** Seconds after noon at which it was asked for. */
  readonly asked: number;
  readonly kind?: 'deploy' | 'rollback';
  readonly service?: string;
  readonly environment?: string;
  /** Members of what was asked. */
  readonly with?: Detail;
  readonly digest?: string;
  /** The event that it comes from. */
  readonly cause?: string;
}

export const timeAt = (seconds: number): string => new Date(Date.parse('2026-03-01T12:00:00Z') + seconds * 1000).toISOString();

export const digestOf = (name: string): string => `sha256:${createHash('sha256').update(name).digest('hex')}`;

/** Events of one request as they are published, each a second after the one before. */
export const told = (about: About, ...events: readonly (readonly [DeploymentOutcome['type'], Detail])[]): readonly string[] => {
  const { deployment, asked, kind = 'deploy', service = 'api', environment = 'prod', digest, cause } = about;
  return events.map(([type, more], index) =>
    JSON.stringify({
      version: '0',
      id: `bus-${deployment}-${index}`,
      source: 'switchyard',
      account: '123456789012',
      region: 'eu-west-1',
      time: timeAt(asked),
      resources: [],
      'detail-type': type,
      detail: {
        eventId: `e-${deployment}-${index}`,
        deployment,
        sequence: index + 1,
        kind,
        environment,
        service,
        at: timeAt(asked + index + 1),
        asked: { image: 'app:v1', ...about.with },
        ...(digest === undefined ? {} : { digest }),
        cause: {
          type: cause ?? (kind === 'deploy' ? 'DeployRequested' : 'RollbackRequested'),
          eventId: 'x',
          account: '123456789012',
          source: 'ci',
          time: timeAt(asked),
        },
        links: {},
        ...more,
      },
    }),
  );
};

const END = { terminal: true, changed: true, verified: true, notWatched: [], checkAttempts: 1, durationSeconds: 9 };

const QUEUED = ['DeploymentQueued', { position: 0, waitUntil: timeAt(3600) }] as const;
const STARTED = ['DeploymentStarted', { revision: { id: 'td:2', image: 'app' } }] as const;

const reasonOf = (code: string, message = `${code}, in a sentence`) => ({ reason: { code, message } });

export const succeeds = (about: About) =>
  told(
    about,
    QUEUED,
    STARTED,
    ['VerificationStarted', { revision: { id: 'td:2', image: 'app' } }],
    [
      'DeploymentSucceeded',
      { ...END, ...reasonOf('verified'), verdict: 'succeeded', running: { id: 'td:2', image: 'app', digest: about.digest } },
    ],
  );

export const isRolledBack = (about: About, message?: string) =>
  told(
    about,
    QUEUED,
    STARTED,
    ['VerificationFailed', { ...reasonOf('health-check', message), checkAttempts: 15 }],
    ['RollbackStarted', { ...reasonOf('health-check', message), left: {}, by: 'switchyard' }],
    [
      'DeploymentRolledBack',
      { ...END, ...reasonOf('health-check', message), verdict: 'rolled-back', running: { id: 'td:1', image: 'app' } },
    ],
  );

/** Under way already: it goes back because a person wants that. */
export const isCancelled = (about: About) =>
  told(
    about,
    QUEUED,
    STARTED,
    ['RollbackStarted', { ...reasonOf('cancelled'), left: {}, by: 'switchyard' }],
    ['DeploymentRolledBack', { ...END, ...reasonOf('cancelled'), verdict: 'rolled-back', running: { id: 'td:1', image: 'app' } }],
  );

export const fails = (about: About, code = 'restore-undone', changed = true) =>
  told(about, QUEUED, STARTED, ['DeploymentFailed', { ...END, verified: false, changed, ...reasonOf(code), verdict: 'failed' }]);

/** Without ever having begun. */
export const endsAs = (
  about: About,
  type: 'DeploymentRejected' | 'DeploymentSuperseded' | 'DeploymentExpired' | 'DeploymentCancelled',
  verdict: string,
) => told(about, QUEUED, [type, { ...END, changed: false, verified: false, ...reasonOf('some-reason'), verdict }]);

export const goesBack = (
  about: Omit<About, 'kind'>,
  to: string,
  from: string,
  end: 'RollbackSucceeded' | 'RollbackFailed' = 'RollbackSucceeded',
) =>
  told(
    { ...about, kind: 'rollback' },
    ['DeploymentQueued', { position: 0, waitUntil: timeAt(3600) }],
    [
      'RollbackStarted',
      { ...reasonOf('alarm'), left: { digest: from }, destination: { id: 'td:1', image: 'app', digest: to }, by: 'switchyard' },
    ],
    [
      end,
      {
        ...END,
        ...reasonOf('alarm'),
        verdict: end === 'RollbackSucceeded' ? 'rolled-back' : 'failed',
        left: { digest: from },
        running: { id: 'td:1', image: 'app', digest: to },
      },
    ],
  );
