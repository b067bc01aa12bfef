import { createHash } from 'node:crypto';
import type { Log } from '../../log.ts';
import { isHeard, type Outcome, subjectOf } from '../outcome.ts';
import type { Held, Step, Telling } from '../steps.ts';
import type { Mark, SlackClient } from './client.ts';
import { type Message, messageOf, type Places, replyMessage } from './message.ts';
import { type Story, tellStory } from './story.ts';

/** What is kept of the message of one deployment or promotion. */
export interface SlackNote extends Held {
  readonly story: Story;
  /** Where the message is: the catalogue may name another channel by now. */
  readonly channel: string;
  /** The message; absent: it is not posted yet. */
  readonly ts?: string;
  /** What it shows: of the whole message. */
  readonly shown?: string;
  /** Details that were posted, by their keys. */
  readonly replied: readonly string[];
  /** How often the message was found to be gone. */
  readonly lost: number;
}

type SlackStep = Step &
  (
    | { readonly kind: 'post' | 'update'; readonly message: Message; readonly shown: string }
    | { readonly kind: 'reply'; readonly message: Message; readonly detail: string }
  );

/** What came of a step: a message's `ts` (found: it shows what it was posted with), or that there is nothing left to change. */
type SlackAnswer = { readonly ts: string; readonly found: boolean } | 'updated' | 'gone';

export interface SlackTelling {
  readonly outcome: Outcome;
  readonly channel: string;
  readonly heard: 'all' | 'verdicts' | 'failures';
  readonly places: Places;
  readonly client: (channel: string) => SlackClient;
  readonly log: Log;
}

/** A message that was deleted is posted anew, once: whoever deletes it again does not want it. */
const MOST_LOST = 1;

const hashOf = (message: Message): string => createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 32);

const lostOf = ({ ts: _, shown: __, ...note }: SlackNote): SlackNote => ({ ...note, lost: note.lost + 1 });

const nextStep = ({ story, ts, shown, replied, lost }: SlackNote, { heard, places }: SlackTelling): SlackStep | undefined => {
  if (!isHeard(heard, story.newest) || lost > MOST_LOST) return undefined;
  const message = messageOf(story, places);
  const hash = hashOf(message);
  if (ts === undefined) return { kind: 'post', key: `post ${lost}`, message, shown: hash };
  if (shown !== hash) return { kind: 'update', key: `update ${hash}`, message, shown: hash };
  const detail = story.details.find(({ key }) => !replied.includes(key));
  if (detail === undefined) return undefined;
  return { kind: 'reply', key: `reply ${detail.key}`, message: replyMessage(detail.text), detail: detail.key };
};

/** Posted unless it is there: it may be, if that was begun before. */
const postOnce = async (
  slack: SlackClient,
  mark: Mark,
  message: Message,
  { since, thread }: { readonly since: number | undefined; readonly thread?: string | undefined },
): Promise<SlackAnswer> => {
  const found = since === undefined ? undefined : await slack.find(mark, since, thread);
  if (found !== undefined) return { ts: found, found: true };
  const ts = await slack.post(mark, message, thread);
  return ts === '' ? 'gone' : { ts, found: false };
};

/** A deployment's one message, and its details in the thread. */
export const slackTelling = (about: SlackTelling): Telling<SlackNote, SlackStep, SlackAnswer> => {
  const { outcome, channel, client, log } = about;
  const markOf = (what: string, { lost }: SlackNote): Mark => ({
    deployment: subjectOf(outcome),
    what: lost === 0 ? what : `${what} ${lost}`,
  });
  return {
    tell: (note) => ({ channel, replied: [], lost: 0, ...note, story: tellStory(note?.story, outcome) }),
    next: (note) => nextStep(note, about),
    perform(step, note, since) {
      const slack = client(note.channel);
      switch (step.kind) {
        case 'post':
          return postOnce(slack, markOf('message', note), step.message, { since });
        case 'update':
          return slack.update(note.ts ?? '', step.message);
        case 'reply':
          return postOnce(slack, markOf(step.detail, note), step.message, { since, thread: note.ts });
      }
    },
    done(note, step, answer) {
      if (answer === 'gone') {
        log.warn('the message in Slack can be changed no more', { id: subjectOf(outcome), lost: note.lost + 1 });
        return lostOf(note);
      }
      switch (step.kind) {
        case 'post':
          return answer === 'updated' ? note : { ...note, ts: answer.ts, shown: answer.found ? 'as it was begun' : step.shown };
        case 'update':
          return { ...note, shown: step.shown };
        case 'reply':
          return { ...note, replied: [...note.replied, step.detail] };
      }
    },
  };
};
