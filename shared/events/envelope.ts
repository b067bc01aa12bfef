import { validate as alarm } from './generated/validators/CloudWatchAlarmStateChange.mjs';
import { validate as codeDeploy } from './generated/validators/CodeDeployDeploymentStateChange.mjs';
import { validate as cancel } from './generated/validators/DeploymentCancelRequested.mjs';
import { validate as deploy } from './generated/validators/DeployRequested.mjs';
import { validate as imageAction } from './generated/validators/EcrImageAction.mjs';
import { validate as imageScan } from './generated/validators/EcrImageScan.mjs';
import { validate as ecsDeployment } from './generated/validators/EcsDeploymentStateChange.mjs';
import { validate as ecsHook } from './generated/validators/EcsHookStateChange.mjs';
import { validate as ecsTask } from './generated/validators/EcsTaskStateChange.mjs';
import { validate as evidence } from './generated/validators/EvidenceRecorded.mjs';
import { validate as promotionCompleted } from './generated/validators/PromotionCompleted.mjs';
import { validate as promotion } from './generated/validators/PromotionRequested.mjs';
import { validate as rollback } from './generated/validators/RollbackRequested.mjs';

const TAKEN = {
  DeployRequested: deploy,
  RollbackRequested: rollback,
  DeploymentCancelRequested: cancel,
  'ECS Deployment State Change': ecsDeployment,
  'ECS Task State Change': ecsTask,
  'ECS Hook State Change': ecsHook,
  'CodeDeploy Deployment State-change Notification': codeDeploy,
  'CloudWatch Alarm State Change': alarm,
  PromotionRequested: promotion,
  EvidenceRecorded: evidence,
  'ECR Image Action': imageAction,
  'ECR Image Scan': imageScan,
  'Inspector2 Scan': imageScan,
  // Our own, which the next function takes up.
  PromotionCompleted: promotionCompleted,
} as const;

export type TakenType = keyof typeof TAKEN;

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
  const validate = TAKEN[type];
  if (validate(detail)) return undefined;
  const [error] = validate.errors ?? [];
  if (error === undefined) return 'the detail does not fit its schema';
  const where = error.instancePath === '' ? 'the detail' : `detail${error.instancePath.replaceAll('/', '.')}`;
  const extra = error.keyword === 'additionalProperties' ? ` ("${String(error.params['additionalProperty'])}" is not known)` : '';
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
