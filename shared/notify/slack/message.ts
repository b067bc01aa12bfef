import type { ToldReason, Verdict } from '../../events/generated/outcomes.ts';
import { commandOf, faceOf, imageOf, promotionFace } from '../face.ts';
import { type DeploymentOutcome, isOfPromotion, isVerdict, type PromotionOutcome } from '../outcome.ts';
import { cut, oneLine } from '../text.ts';
import { revisionText, shortDigest } from './detail.ts';
import type { Story } from './story.ts';
import { code, link, prose } from './text.ts';

/** What chat.postMessage and chat.update take: blocks, and a text for where they cannot be shown. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly object[];
}

/** Addresses to read on at, by what they are called. */
export type Places = Readonly<Record<string, string>>;

/** Characters, by Slack's reference of blocks: "Header block", "Section block" (its text, and each of its fields), "Context block". */
const [HEADER, SECTION, FIELD, CONTEXT] = [150, 3000, 2000, 3000];

/** No links and names are looked for in what is written here (Slack, "Text object", `verbatim`). */
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true });

/** A reply in the thread. */
export const replyMessage = (text: string): Message => ({
  text: cut(text, SECTION),
  blocks: [{ type: 'section', text: mrkdwn(cut(text, SECTION)) }],
});

const field = (name: string, value: string) => (value === '' ? [] : [mrkdwn(cut(`*${name}*\n${value}`, FIELD))]);

const fieldsOf = ({ revisions }: Story, outcome: DeploymentOutcome): readonly object[] => {
  const { asked, digest, cause, kind } = outcome.detail;
  const { running, durationSeconds } = (isVerdict(outcome) ? outcome.detail : {}) as Partial<Verdict>;
  const image = [code(asked.image ?? '', 400), digest === undefined ? '' : code(shortDigest(digest), 80)].join(' ').trim();
  const version = [prose(asked.version ?? '', 100), asked.commit === undefined ? '' : code(asked.commit.slice(0, 12), 40)];
  return [
    ...field(
      kind === 'rollback' ? 'Asked to go back' : 'Image',
      image === '' && kind === 'rollback' ? code(asked.to ?? '', 400) : image,
    ),
    ...field('Version', version.filter((part) => part !== '').join(' ')),
    ...field('Before', revisions?.before === undefined ? '' : revisionText(revisions.before)),
    ...field('Runs now', running === undefined ? '' : revisionText(running)),
    ...field('Asked by', prose(asked.actor ?? cause.source, 200)),
    ...field('Took', durationSeconds === undefined ? '' : `${durationSeconds} s`),
  ];
};

const commandText = (outcome: DeploymentOutcome): string => {
  const next = commandOf(outcome);
  return next === undefined ? '' : `To ${next.to}: \`${next.command}\``;
};

const section = (text: string) => (text === '' ? [] : [{ type: 'section', text: mrkdwn(cut(text, SECTION)) }]);

const context = (...texts: readonly string[]) => {
  const elements = texts.filter((text) => text !== '').map(mrkdwn);
  return elements.length === 0 ? [] : [{ type: 'context', elements }];
};

/** Plain text, in which no name is looked for; and nothing stands in it that would be one elsewhere. */
const header = (text: string) => ({
  type: 'header',
  text: { type: 'plain_text', text: cut(text.replaceAll('<', '‹').replaceAll('>', '›'), HEADER), emoji: true },
});

/** Those that there is room for: half a link would be none. The request's own go before those of the catalogue. */
const linksOf = (links: { readonly run?: string; readonly pullRequest?: string }, places: Places): string =>
  [
    link(links.run, 'run'),
    link(links.pullRequest, 'pull request'),
    ...Object.entries(places).map(([name, address]) => link(address, name)),
  ].reduce((known, text) => {
    const more = [known, text].filter((part) => part !== '').join(' · ');
    return more.length > CONTEXT ? known : more;
  }, '');

const reasonText = (reason: ToldReason | undefined): string =>
  reason === undefined ? '' : `${prose(reason.message, 1500)} (${code(reason.code, 80)})`;

const deploymentMessage = (story: Story, outcome: DeploymentOutcome, places: Places): Message => {
  const { environment, service, deployment, at, links } = outcome.detail;
  const { icon, says, reason } = faceOf(outcome);
  const title = `${oneLine(service, 60)} in ${oneLine(environment, 40)}: ${says}`;
  const fields = fieldsOf(story, outcome);
  const why = reason === undefined ? '' : `: ${prose(reason.message, 1000)}`;
  return {
    text: cut(`${icon} ${prose(service, 100)} in ${prose(environment, 100)}: ${says}${why}`, SECTION),
    blocks: [
      header(`${icon} ${title}`),
      ...section(reasonText(reason)),
      ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
      ...section(commandText(outcome)),
      ...context(linksOf(links, places), `${code(deployment, 80)} · ${prose(at, 40)}`),
    ],
  };
};

const promotionMessage = (outcome: PromotionOutcome, places: Places): Message => {
  const { environment, asked, links, promotion, at, from, to, tag, digest } = outcome.detail;
  const { icon, says, reason } = promotionFace(outcome);
  const image = from === undefined ? (asked.image ?? '') : imageOf(from.repository, from.reference);
  const title = `${oneLine(image, 70)} to ${oneLine(environment, 40)}: ${says}`;
  const there = to === undefined ? '' : code(`${to.registry}/${to.repository}${tag === undefined ? '' : `:${tag}`}`, 600);
  const fields = [
    ...field('From', code(from === undefined ? image : `${from.registry}/${image}`, 600)),
    ...field('To', there),
    ...field('Digest', digest === undefined ? '' : code(shortDigest(digest), 80)),
    ...field('Asked by', prose(asked.actor ?? outcome.detail.cause.source, 200)),
  ];
  const why = reason === undefined ? '' : `: ${prose(reason.message, 1000)}`;
  return {
    text: cut(`${icon} ${prose(image, 300)} to ${prose(environment, 100)}: ${says}${why}`, SECTION),
    blocks: [
      header(`${icon} ${title}`),
      ...section(reasonText(reason)),
      { type: 'section', fields },
      ...context(linksOf(links, places), `${code(promotion, 80)} · ${prose(at, 40)}`),
    ],
  };
};

/** The one message of a deployment or promotion, as it stands. */
export const messageOf = (story: Story, places: Places): Message =>
  isOfPromotion(story.newest)
    ? promotionMessage(story.newest, places)
    : deploymentMessage(story, story.newest as DeploymentOutcome, places);
