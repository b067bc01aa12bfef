import type { DeploymentDetail } from '../heard.ts';
import { type CdEvent, cdEvent, contextId } from './cdevent.ts';
import { isIncident, isStranded } from './incidents.ts';
import { artifactIn, purlOf } from './purl.ts';

/** A verdict that left something wrong. */
interface Failure {
  readonly deployment: string;
  readonly sequence: number;
  readonly at: string;
}

interface Success extends Failure {
  readonly type: string;
  readonly reason?: string;
  /** A package URL of what runs since. */
  readonly artifactId?: string;
}

/** What is kept of one service: no single outcome says that a success ends an incident whose rollback failed. */
export interface Incidents {
  /** Deployments of which an incident was told. */
  readonly detected: readonly string[];
  readonly failures: readonly Failure[];
  readonly successes: readonly Success[];
  readonly resolved: readonly { readonly failure: Failure; readonly by: Success }[];
}

const NONE: Incidents = { detected: [], failures: [], successes: [], resolved: [] };

/** Of each, the newest: what comes later than so many others is not told of any more. */
const MOST = 50;

const added = <T extends { readonly deployment: string }>(known: readonly T[], one: T): readonly T[] =>
  known.some(({ deployment }) => deployment === one.deployment) ? known : [...known, one].slice(-MOST);

const successOf = (type: string, detail: DeploymentDetail): Success => {
  const { deployment, sequence, at, reason } = detail;
  const artifact = artifactIn(detail);
  return {
    deployment,
    sequence,
    at,
    type,
    ...(reason === undefined ? {} : { reason: reason.message }),
    ...(artifact === undefined ? {} : { artifactId: purlOf(artifact) }),
  };
};

const withDetected = (note: Incidents, { deployment }: DeploymentDetail): Incidents =>
  note.detected.includes(deployment) ? note : { ...note, detected: [...note.detected, deployment].slice(-MOST) };

const withOutcome = (note: Incidents, type: string, detail: DeploymentDetail): Incidents => {
  const { deployment, sequence, at } = detail;
  switch (type) {
    case 'RollbackStarted':
      return isIncident(detail) ? withDetected(note, detail) : note;
    case 'DeploymentFailed':
    case 'RollbackFailed': {
      const failed = { ...note, failures: added(note.failures, { deployment, sequence, at }) };
      return isStranded(detail) ? withDetected(failed, detail) : failed;
    }
    case 'DeploymentSucceeded':
    case 'RollbackSucceeded':
      return { ...note, successes: added(note.successes, successOf(type, detail)) };
    default:
      return note;
  }
};

/** The first success after each failure that an incident was told of; one that was found stays, also if an earlier one is told later. */
const settled = (note: Incidents): Incidents => {
  const open = note.failures.filter(
    ({ deployment }) =>
      note.detected.includes(deployment) && !note.resolved.some(({ failure }) => failure.deployment === deployment),
  );
  const found = open.flatMap((failure) => {
    const [by] = note.successes.filter(({ at }) => at > failure.at).toSorted((a, b) => (a.at < b.at ? -1 : 1));
    return by === undefined ? [] : [{ failure, by }];
  });
  return { ...note, resolved: [...note.resolved, ...found].slice(-MOST) };
};

/** Outcomes that may begin, leave open or end an incident. */
export const OF_INCIDENTS: readonly string[] = [
  'RollbackStarted',
  'DeploymentFailed',
  'RollbackFailed',
  'DeploymentSucceeded',
  'RollbackSucceeded',
];

/** Takes in an outcome, however often it comes. */
export const heed = (note: Incidents = NONE, type: string, detail: DeploymentDetail): Incidents =>
  settled(withOutcome(note, type, detail));

/**
 * The incidents that this outcome has a part in and that a later success has ended: each in the chain of the deployment that failed, the same
 * whichever of the outcomes came last.
 */
export const resolutions = ({ resolved }: Incidents, { deployment, environment, service }: DeploymentDetail, source: string) =>
  resolved
    .filter(({ failure, by }) => [failure.deployment, by.deployment].includes(deployment))
    .map(
      ({ failure, by }): CdEvent =>
        cdEvent(
          {
            kind: 'resolved',
            of: failure.deployment,
            sequence: failure.sequence,
            at: by.at,
            subject: `incident/${failure.deployment}`,
            content: {
              ...(by.reason === undefined ? {} : { description: by.reason }),
              environment: { id: environment },
              service: { id: service },
              ...(by.artifactId === undefined ? {} : { artifactId: by.artifactId }),
            },
            links: [
              {
                linkType: 'RELATION',
                linkKind: 'CAUSE',
                target: { contextId: contextId(by.deployment, by.sequence, 'finished') },
              },
            ],
            customData: { event: by.type, deployment: by.deployment },
          },
          source,
        ),
    );
