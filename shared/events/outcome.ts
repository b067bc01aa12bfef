import type { EventDraft } from '../deployment/decision.ts';
import type { Deployment } from '../deployment/types.ts';
import { eventId } from './identity.ts';

/** What is carried in texts of events; the rest is in the log and the audit records. */
const LONGEST_TEXT = 4096;

const TIMES = ['at', 'deadline', 'bakeUntil', 'waitUntil'];

/** Cuts texts, and writes times as ISO 8601, at any depth. */
export const told = (key: string, value: unknown): unknown => {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT - 1)}…` : value;
  if (typeof value === 'number' && TIMES.includes(key)) return new Date(value).toISOString();
  if (Array.isArray(value)) return value.map((entry) => told('', entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([name, entry]) => [name, told(name, entry)]),
  );
};

/** Where people may read on, as the request says. */
export const linksOf = ({ runUrl, pullRequest }: Pick<Deployment['asked'], 'runUrl' | 'pullRequest'>) => ({
  ...(runUrl === undefined ? {} : { run: runUrl }),
  ...(pullRequest === undefined ? {} : { pullRequest }),
});

/** The detail of an outcome event: what every event of the deployment carries, and what this one adds. */
export const outcomeDetail = ({ deployment, sequence, at, extra }: EventDraft): Readonly<Record<string, unknown>> => {
  const { id, kind, environment, service, asked, cause, image } = deployment;
  const detail = {
    eventId: eventId(id, sequence),
    deployment: id,
    sequence,
    kind,
    environment,
    service,
    at,
    asked,
    ...(image === undefined ? {} : { digest: image.digest, repository: image.repository }),
    cause: { ...cause, time: new Date(cause.time).toISOString() },
    links: linksOf(asked),
    ...extra,
  };
  return told('', detail) as Readonly<Record<string, unknown>>;
};
