import type { Told } from '../seen.ts';
import { groupBy, type Invariant } from './events.ts';

/** What a message begins with, by the verdict that it shows; which of two it is, its words say. */
export const SHOWN: Readonly<Record<string, RegExp>> = {
  DeploymentSucceeded: /^✅ .*: (?:deployed|runs already)/,
  DeploymentRolledBack: /^↩️ .*: (?:failed|cancelled), and rolled back$/,
  DeploymentFailed: /^❌ .*: failed$/,
  DeploymentRejected: /^🚫 .*: rejected$/,
  DeploymentSuperseded: /^⏭️ .*: superseded$/,
  DeploymentExpired: /^⌛ .*: expired$/,
  DeploymentCancelled: /^⏹️ .*: cancelled$/,
  RollbackSucceeded: /^↩️ .*: rolled back$/,
  RollbackFailed: /^❌ .*: could not be rolled back$/,
  RollbackRejected: /^🚫 .*: rollback rejected$/,
  PromotionCompleted: /^✅ .*: promoted$/,
  PromotionFailed: /^❌ .*: not promoted$/,
};

const isVerdict = ({ type, detail }: Told): boolean =>
  detail.terminal === true || type === 'PromotionCompleted' || type === 'PromotionFailed';

/** How each deployment and promotion ended, by its id. */
export const verdictsIn = (told: readonly Told[]): ReadonlyMap<string, Told> =>
  new Map(told.filter(isVerdict).map((event) => [event.detail.deployment ?? event.detail.promotion, event]));

/** S1: each deployment and promotion has one message in Slack, and it shows how that ended, and why. */
export const oneMessage: Invariant = ({ told, promoted, heard }) => {
  const { slack } = heard ?? {};
  if (slack === undefined) return [];
  const verdicts = [...verdictsIn([...told, ...promoted.told])];
  const others = slack.filter(({ about }) => !verdicts.some(([id]) => about.includes(id)));
  return [
    ...others.map(({ title, about }) => `S1: "${title}" is in Slack, and nobody has told of ${about}`),
    ...verdicts.flatMap(([id, { type, detail }]) => {
      const [message, ...more] = slack.filter(({ about }) => about.includes(id));
      if (message === undefined) return [`S1: ${id} has no message in Slack`];
      if (more.length > 0) return [`S1: ${id} has ${more.length + 1} messages in Slack`];
      const code = detail.reason?.code ?? '';
      const isShown = SHOWN[type]?.test(message.title) === true && message.words.includes(code);
      return isShown ? [] : [`S1: ${id} ended as ${type} ${code}, and Slack says ${message.title}`];
    }),
  ];
};

/** S2: each webhook is posted every event that it hears, and under one id always the same, as it was told. */
export const everyEvent: Invariant = ({ told, promoted, heard }) => {
  if (heard?.posted === undefined) return [];
  const events = new Map([...told, ...promoted.told].map((event) => [event.detail.eventId as string, event]));
  const posted = groupBy(heard.posted, ({ webhook }) => webhook);
  return ['all', 'verdicts'].flatMap((webhook) => {
    const byId = groupBy(posted.get(webhook) ?? [], ({ id }) => id);
    const missing = [...events].flatMap(([id, event]) => {
      const isHeard = webhook === 'all' || isVerdict(event);
      return isHeard === byId.has(id) ? [] : [`S2: webhook "${webhook}" was ${isHeard ? 'not ' : ''}posted ${event.type} ${id}`];
    });
    const other = [...byId].flatMap(([id, all]) => {
      const bodies = new Set(all.map(({ body }) => body));
      if (bodies.size > 1) return [`S2: webhook "${webhook}" was posted ${id} with ${bodies.size} contents`];
      const { type, data } = JSON.parse([...bodies][0] ?? '{}');
      const event = events.get(id);
      const isSame = event?.type === type && event?.detail.sequence === data.sequence && data.eventId === id;
      return isSame ? [] : [`S2: webhook "${webhook}" was posted ${type} as ${id}, and ${event?.type} was told`];
    });
    return [...missing, ...other];
  });
};
