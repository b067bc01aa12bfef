import { shortId } from '../shared/deployment/parts.ts';

/** An outcome event, as the bus carries it. */
export interface ShownEvent {
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const COLOURS = { good: 32, bad: 31, going: 33, plain: 36 } as const;

type Mood = keyof typeof COLOURS;

const moodOf = (type: string, detail: ShownEvent['detail']): Mood => {
  if (type === 'PromotionCompleted') return 'good';
  if (type === 'PromotionFailed') return 'bad';
  if (type === 'DeploymentSucceeded' || type === 'RollbackSucceeded' || type === 'VerificationPassed') return 'good';
  if (detail['terminal'] === true || type === 'VerificationFailed' || type === 'CancelRejected') return 'bad';
  return type === 'RollbackStarted' ? 'going' : 'plain';
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

const shortDigest = (digest: string): string => digest.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');

/** What runs afterwards, for a verdict that knows. */
const running = (detail: ShownEvent['detail']): string => {
  const revision = detail['running'];
  const id = text(member(revision, 'id'));
  if (id === '') return '';
  const digest = text(member(revision, 'digest'));
  return `; runs ${shortId(id)}${digest === '' ? '' : ` (${shortDigest(digest)})`}`;
};

/** `preprod:v1.2.3 to prod:v1.2.3 sha256:…` */
const move = (detail: ShownEvent['detail']): string => {
  const from = `${text(member(detail['from'], 'repository'))}:${text(member(detail['from'], 'reference'))}`;
  return `${from} to ${text(member(detail['to'], 'repository'))}:${text(detail['tag'])} ${shortDigest(text(detail['digest']))}`;
};

const about = (type: string, detail: ShownEvent['detail']): string => {
  const reason = text(member(detail['reason'], 'message'));
  switch (type) {
    case 'DeploymentQueued': {
      const waiting = text(member(detail['waitingFor'], 'message'));
      return `${text(member(detail['asked'], 'image'))} ${shortDigest(text(detail['digest']))}${waiting === '' ? '' : `, waits: ${waiting}`}`;
    }
    case 'DeploymentStarted':
    case 'VerificationStarted':
      return shortId(text(member(detail['revision'], 'id')));
    case 'DeploymentProgressed':
      return text(detail['message']);
    case 'PromotionStarted':
    case 'PromotionCompleted':
      return move(detail);
    case 'PromotionFailed':
      return `${text(member(detail['asked'], 'image'))}: ${reason}`;
    case 'RollbackStarted':
      return `to ${shortId(text(member(detail['destination'], 'id')))}: ${reason}`;
    default:
      return `${reason}${running(detail)}`;
  }
};

/** One readable line for an event: time, environment, service, what happened, and what there is to say of it. */
export const eventLine = ({ 'detail-type': type, detail }: ShownEvent, colour: boolean): string => {
  const time = text(detail['at']).slice(11, 19);
  const name = colour ? `\u001b[${COLOURS[moodOf(type, detail)]}m${type}\u001b[0m` : type;
  const said = about(type, detail).replace(/\s+/g, ' ').trim();
  return `${time}  ${text(detail['environment'])}  ${text(detail['service'] ?? detail['rule'])}  ${name}${said === '' ? '' : `  ${said}`}`;
};
