import { FinalError } from '../errors.ts';
import type { DeploymentDetail, Heard, PromotionDetail } from '../heard.ts';
import { type CdEvent, type CdEventKind, cdEvent, contextId, type Draft, type Link } from './cdevent.ts';
import { isIncident, isStranded } from './incidents.ts';
import { type Artifact, artifactIn, artifactOf, purlOf } from './purl.ts';

/** Outcome events of which CDEvents are made; the others say nothing in its vocabulary. */
export const TRANSLATED = [
  'DeploymentQueued',
  'DeploymentStarted',
  'RollbackStarted',
  'DeploymentSucceeded',
  'DeploymentRolledBack',
  'DeploymentFailed',
  'DeploymentRejected',
  'DeploymentSuperseded',
  'DeploymentExpired',
  'DeploymentCancelled',
  'RollbackSucceeded',
  'RollbackFailed',
  'RollbackRejected',
  'PromotionCompleted',
] as const;

/** What a run ended with, by its verdict and kind. A person's or a newcomer's doing is a cancel; what never began because of us, an error. */
const outcomeOf = ({ verdict, kind, reason }: DeploymentDetail): 'success' | 'failure' | 'cancel' | 'error' => {
  if (kind === 'deploy' && reason?.code === 'cancelled') return 'cancel';
  switch (verdict) {
    case 'succeeded':
      return 'success';
    case 'rolled-back':
      return kind === 'rollback' ? 'success' : 'failure';
    case 'failed':
      return 'failure';
    case 'cancelled':
    case 'superseded':
      return 'cancel';
    case 'rejected':
    case 'expired':
      return 'error';
    default:
      throw new FinalError('unknown-event', `"${verdict}" is no verdict that is known here`);
  }
};

/** Who speaks, and where a run can be looked at whose request names no address. */
export interface Speaker {
  /** A URI reference, the pipeline's own in the catalogue. */
  readonly source: string;
  readonly dashboardOf: (environment: string) => string;
}

/** The specification takes absolute addresses only, and asks for one of every run that has started. */
const addressOf = ({ links: { run }, environment }: DeploymentDetail, { dashboardOf }: Speaker): string =>
  run !== undefined && URL.canParse(run) ? new URL(run).href : dashboardOf(environment);

const pipelineRun = (detail: DeploymentDetail, speaker: Speaker, more: Readonly<Record<string, unknown>> = {}) => ({
  pipelineName: `${detail.kind} ${detail.environment}/${detail.service}`,
  uri: addressOf(detail, speaker),
  ...more,
});

const trigger = (id: string): Link => ({ linkType: 'RELATION', linkKind: 'TRIGGER', target: { contextId: id } });

/** Every deployment that was accepted has been told as queued first; a rollback begins at once, or waits without a word. */
const queuedId = ({ deployment, kind, sequence }: DeploymentDetail): string | undefined =>
  kind === 'deploy' && sequence > 1 ? contextId(deployment, 1, 'queued') : undefined;

/** A promotion is completed once: the id of what is told of that is known from the promotion alone. */
const ONCE = 0;

/** Where a promotion asked for it, what was published; the request's id is the promotion then. Otherwise the event that asked. */
const beganBy = ({ cause, asked }: DeploymentDetail): Link =>
  trigger(
    cause.type === 'PromotionCompleted' && asked.requestId !== undefined
      ? contextId(asked.requestId, ONCE, 'published')
      : cause.eventId,
  );

const linksOf = (detail: DeploymentDetail, linkType: 'PATH' | 'END' = 'PATH'): readonly Link[] => {
  const queued = queuedId(detail);
  return queued === undefined ? [beganBy(detail)] : [{ linkType, from: { contextId: queued } }];
};

/** What was rolled out before an incident, and is left because of it. */
const causeOf = ({ deployment, left }: DeploymentDetail): readonly Link[] =>
  left?.deployment === undefined || left.deployment === deployment
    ? []
    : [{ linkType: 'RELATION', linkKind: 'CAUSE', target: { contextId: contextId(left.deployment, 1, 'queued') } }];

const customDataOf = (type: string, detail: DeploymentDetail): Readonly<Record<string, unknown>> => {
  const { deployment, kind, asked, verdict, reason, verified, before, running, left } = detail;
  const known = { verdict, reason, verified, before, running, left };
  const told = Object.entries(known).filter(([, value]) => value !== undefined);
  return { event: type, deployment, kind, asked, ...Object.fromEntries(told) };
};

type Part = Pick<Draft, 'kind' | 'subject' | 'content' | 'links'>;

const runPart = (kind: 'queued' | 'started', detail: DeploymentDetail, speaker: Speaker): Part => ({
  kind,
  subject: detail.deployment,
  content: pipelineRun(detail, speaker),
  links: linksOf(detail),
});

const finished = (detail: DeploymentDetail, speaker: Speaker): Part => {
  const outcome = outcomeOf(detail);
  const errors = outcome === 'success' ? {} : { errors: detail.reason?.message ?? '' };
  const content = pipelineRun(detail, speaker, { outcome, ...errors });
  return { kind: 'finished', subject: detail.deployment, content, links: linksOf(detail, 'END') };
};

const serviceChanged = (kind: CdEventKind, detail: DeploymentDetail): readonly Part[] => {
  const artifact = artifactIn(detail);
  if (detail.changed !== true || artifact === undefined) return [];
  const content = { environment: { id: detail.environment }, artifactId: purlOf(artifact) };
  return [{ kind, subject: detail.service, content, links: linksOf(detail) }];
};

const incident = (kind: 'detected' | 'resolved', detail: DeploymentDetail, artifact: Artifact | undefined): Part => ({
  kind,
  subject: `incident/${detail.deployment}`,
  content: {
    ...(detail.reason === undefined ? {} : { description: detail.reason.message }),
    environment: { id: detail.environment },
    service: { id: detail.service },
    ...(artifact === undefined ? {} : { artifactId: purlOf(artifact) }),
  },
  links: [...linksOf(detail), ...(kind === 'detected' ? causeOf(detail) : [])],
});

/**
 * What suffers is what is being left: the deployment's own image, or, of a rollback, the digest that it names. That one says no repository: it
 * is the one of the image that it goes back to, or that runs, of the same service.
 */
const leftArtifact = ({ left, digest, repository, destination, running }: DeploymentDetail): Artifact | undefined => {
  const which = left?.digest ?? digest;
  const known = destination ?? running;
  const place = repository ?? (known === undefined ? undefined : artifactOf(known.image)?.repository);
  return place === undefined || which === undefined ? undefined : { repository: place, digest: which };
};

const partsOf = (type: string, detail: DeploymentDetail, speaker: Speaker): readonly Part[] => {
  switch (type) {
    case 'DeploymentQueued':
      return [runPart('queued', detail, speaker)];
    case 'DeploymentStarted':
      return [runPart('started', detail, speaker)];
    case 'RollbackStarted':
      return [
        ...(detail.kind === 'rollback' ? [runPart('started', detail, speaker)] : []),
        ...(isIncident(detail) ? [incident('detected', detail, leftArtifact(detail))] : []),
      ];
    case 'DeploymentSucceeded':
      return [...serviceChanged(detail.before === undefined ? 'deployed' : 'upgraded', detail), finished(detail, speaker)];
    case 'DeploymentRolledBack':
    case 'RollbackSucceeded':
      return [
        ...serviceChanged('rolledBack', detail),
        ...(isIncident(detail) ? [incident('resolved', detail, artifactIn(detail))] : []),
        finished(detail, speaker),
      ];
    case 'DeploymentFailed':
    case 'RollbackFailed':
      return [...(isStranded(detail) ? [incident('detected', detail, leftArtifact(detail))] : []), finished(detail, speaker)];
    case 'DeploymentRejected':
    case 'DeploymentSuperseded':
    case 'DeploymentExpired':
    case 'DeploymentCancelled':
    case 'RollbackRejected':
      return [finished(detail, speaker)];
    default:
      return [];
  }
};

const ofDeployment = (type: string, detail: DeploymentDetail, speaker: Speaker): readonly CdEvent[] => {
  const { deployment: of, sequence, at } = detail;
  const customData = customDataOf(type, detail);
  return partsOf(type, detail, speaker).map((part) => cdEvent({ ...part, of, sequence, at, customData }, speaker.source));
};

const published = (type: string, detail: PromotionDetail, { source }: Speaker): readonly CdEvent[] => {
  const { promotion: of, at, to, toDigest, tag, cause } = detail;
  if (type !== 'PromotionCompleted' || to === undefined || toDigest === undefined) return [];
  const host = to.registry.replace(/^https?:\/\//, '');
  const subject = purlOf({ repository: `${host}/${to.repository}`, digest: toDigest, ...(tag === undefined ? {} : { tag }) });
  const customData = { event: type, promotion: of, environment: detail.environment };
  const links = [trigger(cause.eventId)];
  return [cdEvent({ kind: 'published', of, sequence: ONCE, at, subject, content: {}, links, customData }, source)];
};

/**
 * The CDEvents that one outcome event stands for, of it alone: so it is of no account in which order outcomes come, and how often. The last of
 * a verdict is the end of its chain.
 */
export const translate = (heard: Heard, speaker: Speaker): readonly CdEvent[] =>
  'promotion' in heard ? published(heard.type, heard.promotion, speaker) : ofDeployment(heard.type, heard.deployment, speaker);
