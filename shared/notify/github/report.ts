import { type DeploymentOutcome, isCalledOff } from '../outcome.ts';

/** How far a request has come; the last seven are its ends. */
export type Phase =
  | 'queued'
  | 'under-way'
  | 'rolling-back'
  | 'succeeded'
  | 'rolled-back'
  | 'failed'
  | 'rejected'
  | 'superseded'
  | 'expired'
  | 'cancelled';

/** Whether a failure was undone: `none`, where nothing had been changed; `others`, where somebody else has it. */
export type Restored = 'worked' | 'failed' | 'none' | 'others';

/** What one outcome says of a request, as far as GitHub is told. */
export interface Report {
  readonly deployment: string;
  readonly kind: 'deploy' | 'rollback';
  readonly environment: string;
  readonly service: string;
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  /** When it was asked for, ISO 8601: tells requests apart that were told in another order. */
  readonly askedAt: string;
  readonly phase: Phase;
  /** A sentence. */
  readonly text: string;
  readonly version: string;
  /** A commit, branch or tag, as it was asked. */
  readonly ref?: string;
  /** Of the image that is deployed, or gone back to. */
  readonly digest?: string;
  /** Of the image that a rollback leaves. */
  readonly left?: string;
  /** The version that a rollback leaves. */
  readonly leaves?: string;
  readonly runUrl?: string;
  readonly pullRequest?: string;
  readonly actor?: string;
  readonly reason?: { readonly code: string; readonly message: string };
  /** What runs after the end. */
  readonly running?: string;
  readonly restored?: Restored;
  /** It was not asked for by a person: an alarm rang. */
  readonly byAlarm?: true;
}

type Step = Pick<Report, 'phase' | 'text'> & Partial<Report>;

/** What an outcome says; `undefined`: nothing that is told here. */
export const reportOf = (outcome: DeploymentOutcome): Report | undefined => {
  const step = stepOf(outcome);
  if (step === undefined) return undefined;
  const { deployment, kind, environment, service, sequence, at, asked, cause } = outcome.detail;
  const digest = step.digest ?? (kind === 'deploy' ? outcome.detail.digest : undefined);
  const ref = asked.commit ?? asked.ref ?? commitIn(asked.image);
  return {
    deployment,
    kind,
    environment,
    service,
    sequence,
    at,
    askedAt: cause.time,
    version: asked.version ?? tagOf(asked.image) ?? asked.to ?? shortDigest(digest) ?? 'unknown',
    ...(ref === undefined ? {} : { ref }),
    ...(digest === undefined ? {} : { digest }),
    ...(asked.runUrl === undefined ? {} : { runUrl: asked.runUrl }),
    ...(asked.pullRequest === undefined ? {} : { pullRequest: asked.pullRequest }),
    ...(asked.actor === undefined ? {} : { actor: asked.actor }),
    ...(kind === 'rollback' && cause.type !== 'RollbackRequested' ? { byAlarm: true } : {}),
    ...step,
  };
};

const stepOf = (outcome: DeploymentOutcome): Step | undefined => {
  switch (outcome.type) {
    case 'CancelRejected':
      return undefined;
    case 'DeploymentQueued': {
      const { position, waitingFor } = outcome.detail;
      return { phase: 'queued', text: waitingFor?.message ?? (position === 0 ? 'accepted' : `waits behind ${position}`) };
    }
    case 'DeploymentStarted':
      return { phase: 'under-way', text: 'the rollout has begun' };
    case 'DeploymentProgressed': {
      const { phase, message } = outcome.detail;
      return phase === 'rolled-out' || phase === 'tried' ? undefined : { phase: 'under-way', text: message };
    }
    case 'VerificationStarted':
      return { phase: 'under-way', text: 'rolled out, and being verified' };
    case 'VerificationPassed':
      return { phase: 'under-way', text: 'verified' };
    case 'VerificationFailed':
      return { phase: 'under-way', text: outcome.detail.reason.message, reason: outcome.detail.reason };
    case 'RollbackStarted': {
      const { reason, destination, left, kind } = outcome.detail;
      const moves = kind === 'rollback' ? { ...digestOf(destination?.digest), ...leftOf(left.digest) } : {};
      return { phase: 'rolling-back', text: `rolls back: ${reason.message}`, reason, ...moves };
    }
    default:
      return endOf(outcome);
  }
};

type End = Extract<DeploymentOutcome, { detail: { terminal: true } }>;

const endOf = (end: End): Step => {
  const { type, detail } = end;
  const { reason, running, left, kind } = detail;
  const leaves = kind === 'rollback' ? leftOf(left?.digest) : {};
  const told = { text: reason.message, reason, ...(running === undefined ? {} : { running: running.id }), ...leaves };
  switch (type) {
    case 'DeploymentSucceeded':
      return { ...told, phase: 'succeeded' };
    case 'RollbackSucceeded':
      return { ...told, phase: 'succeeded', restored: 'worked', ...digestOf(running?.digest) };
    case 'DeploymentRolledBack':
      return { ...told, phase: isCalledOff(end) ? 'cancelled' : 'rolled-back', restored: 'worked' };
    case 'DeploymentFailed':
      return { ...told, phase: 'failed', restored: restoredBy(reason.code, detail.changed) };
    case 'RollbackFailed':
      return { ...told, phase: 'failed', restored: reason.code === 'taken-over' ? 'others' : 'failed' };
    case 'DeploymentRejected':
      return { ...told, phase: 'rejected' };
    case 'RollbackRejected':
      return { ...told, phase: detail.verdict };
    case 'DeploymentSuperseded':
      return { ...told, phase: 'superseded' };
    case 'DeploymentExpired':
      return { ...told, phase: 'expired' };
    case 'DeploymentCancelled':
      return { ...told, phase: 'cancelled' };
  }
};

const restoredBy = (code: string, changed: boolean): Restored => {
  if (code === 'taken-over' || code === 'ended-by-rollback') return 'others';
  return changed ? 'failed' : 'none';
};

const digestOf = (digest: string | undefined) => (digest === undefined ? {} : { digest });

const leftOf = (left: string | undefined) => (left === undefined ? {} : { left });

const shortDigest = (digest: string | undefined): string | undefined => digest?.slice(0, 19);

const tagOf = (image: string | undefined): string | undefined =>
  /:([^:@/]+)(?:@.*)?$/.exec(image?.replace(/@.*$/, '') ?? '')?.[1];

/** An image that CI tagged with its commit: the whole SHA, or `sha-` and its beginning. */
const commitIn = (image: string | undefined): string | undefined =>
  /^(?:sha-)?([0-9a-f]{40})$|^sha-([0-9a-f]{7,39})$/
    .exec(tagOf(image) ?? '')
    ?.slice(1)
    .find((sha) => sha !== undefined);

export const isEnd = ({ phase }: Pick<Report, 'phase'>): boolean => !['queued', 'under-way', 'rolling-back'].includes(phase);
