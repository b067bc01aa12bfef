import type { Verdict } from '../../events/generated/outcomes.ts';
import { commandOf, faceOf, imageOf, promotionFace } from '../face.ts';
import { type DeploymentOutcome, isOfPromotion, isVerdict, type Outcome, type PromotionOutcome } from '../outcome.ts';
import { cut, oneLine } from '../text.ts';

export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** Up to 100 characters of ASCII that begin with a letter, number or punctuation mark, in one line (SNS API reference, Publish, Subject). */
const SUBJECT = 100;

const subjectOf = (text: string): string => {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace('…', '...')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
  return plain.length > SUBJECT ? `${plain.slice(0, SUBJECT - 3)}...` : plain;
};

const line = (name: string, value: string | undefined): readonly string[] =>
  value === undefined || value === '' ? [] : [`${name}: ${oneLine(value, 500)}`];

const LONGEST_REASON = 2000;

const textOf = (lines: readonly string[], reason: string | undefined): string =>
  [...(reason === undefined ? [] : [oneLine(reason, LONGEST_REASON), '']), ...lines].join('\n');

const placeLines = (
  places: Readonly<Record<string, string>>,
  links: { readonly run?: string; readonly pullRequest?: string },
) => [
  ...Object.entries(places).flatMap(([name, address]) => line(name, address)),
  ...line('run', links.run),
  ...line('pull request', links.pullRequest),
];

const deploymentMail = (outcome: DeploymentOutcome, places: Readonly<Record<string, string>>): Mail => {
  const { service, environment, asked, digest, deployment, at, links, cause } = outcome.detail;
  const { says, reason } = faceOf(outcome);
  const { running, durationSeconds } = (isVerdict(outcome) ? outcome.detail : {}) as Partial<Verdict>;
  const next = commandOf(outcome);
  const lines = [
    ...line('image', asked.image),
    ...line('digest', digest),
    ...line('version', asked.version),
    ...line('commit', asked.commit),
    ...line('asked by', asked.actor ?? cause.source),
    ...line('runs now', running === undefined ? undefined : `${running.image} as ${running.id}`),
    ...line('took', durationSeconds === undefined ? undefined : `${durationSeconds} s`),
    ...line('reason code', reason?.code),
    ...line('deployment', deployment),
    ...line('at', at),
    ...placeLines(places, links),
    ...(next === undefined ? [] : ['', `to ${next.to}: ${next.command}`]),
  ];
  const title = `${cut(oneLine(service, 200), 60)} in ${cut(oneLine(environment, 200), 30)}: ${says}`;
  return { subject: subjectOf(title), text: textOf([title, '', ...lines], reason?.message) };
};

const promotionMail = (outcome: PromotionOutcome, places: Readonly<Record<string, string>>): Mail => {
  const { environment, asked, from, to, tag, digest, promotion, at, links, cause } = outcome.detail;
  const { says, reason } = promotionFace(outcome);
  const image = from === undefined ? (asked.image ?? '') : imageOf(from.repository, from.reference);
  const title = `${cut(oneLine(image, 200), 60)} to ${cut(oneLine(environment, 200), 30)}: ${says}`;
  const lines = [
    ...line('from', from === undefined ? image : `${from.registry}/${image}`),
    ...line('to', to === undefined ? undefined : `${to.registry}/${to.repository}${tag === undefined ? '' : `:${tag}`}`),
    ...line('digest', digest),
    ...line('asked by', asked.actor ?? cause.source),
    ...line('reason code', reason?.code),
    ...line('promotion', promotion),
    ...line('at', at),
    ...placeLines(places, links),
  ];
  return { subject: subjectOf(title), text: textOf([title, '', ...lines], reason?.message) };
};

/** What is mailed of an outcome. */
export const mailOf = (outcome: Outcome, places: Readonly<Record<string, string>>): Mail =>
  isOfPromotion(outcome) ? promotionMail(outcome, places) : deploymentMail(outcome as DeploymentOutcome, places);
