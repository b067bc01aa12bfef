import { validators } from './generated/validators.mjs';
import { TAKEN, type TakenType } from './taken.ts';

/** An event as EventBridge delivers it to a queue. `time` is in whole seconds. */
export interface Envelope {
  readonly id: string;
  readonly 'detail-type': TakenType;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event whose envelope is sound and whose detail is not, or the other way round. */
export interface Unread {
  readonly problem: string;
  /** The envelope, where it could be read: a request can be answered by it. */
  readonly envelope?: Envelope;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isTaken = (type: unknown): type is TakenType => typeof type === 'string' && Object.hasOwn(TAKEN, type);

const envelopeProblem = (event: Readonly<Record<string, unknown>>): string | undefined => {
  for (const name of ['id', 'detail-type', 'source', 'account', 'time', 'region']) {
    if (!isText(event[name])) return `the envelope has no ${name}`;
  }
  if (Number.isNaN(Date.parse(String(event['time'])))) return "the envelope's time is no time";
  if (!Array.isArray(event['resources']) || !event['resources'].every((entry) => typeof entry === 'string'))
    return "the envelope's resources are no list of texts";
  if (!isObject(event['detail'])) return 'the detail is no object';
  return isTaken(event['detail-type']) ? undefined : `"${String(event['detail-type'])}" is not an event that is taken here`;
};

/** In one sentence: where, and what is allowed. */
const detailProblem = (type: TakenType, detail: unknown): string | undefined => {
  const validate = validators[TAKEN[type]];
  if (validate(detail)) return undefined;
  const [error] = validate.errors ?? [];
  if (error === undefined) return 'the detail does not fit its schema';
  const where = error.instancePath === '' ? 'the detail' : `detail${error.instancePath.replaceAll('/', '.')}`;
  const { additionalProperty, unevaluatedProperty = additionalProperty } = error.params;
  const extra = unevaluatedProperty === undefined ? '' : ` ("${String(unevaluatedProperty)}" is not known)`;
  return `${where} ${error.message ?? 'is not allowed'}${extra}`.slice(0, 512);
};

/** Reads what a queue holds. Never throws: what cannot be read says why. */
export const readEnvelope = (event: unknown): { readonly envelope: Envelope } | Unread => {
  if (!isObject(event)) return { problem: 'it is no object' };
  const problem = envelopeProblem(event);
  if (problem !== undefined) return { problem };
  const envelope = event as unknown as Envelope;
  const wrong = detailProblem(envelope['detail-type'], envelope.detail);
  return wrong === undefined ? { envelope } : { problem: wrong, envelope };
};
