import { isSafeAddress } from '../../catalogue/notify-problems.ts';
import { FinalError, LaterError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import { retryAfter } from '../answers.ts';
import { isHeard, isVerdict, type Outcome } from '../outcome.ts';
import { type Held, NotDoneError, type Step, type Telling } from '../steps.ts';
import { messageOf, type Places } from './message.ts';
import { type Story, tellStory } from './story.ts';

/** What is kept where an incoming webhook is all there is: its message can neither be changed nor found. */
export interface IncomingNote extends Held {
  readonly story: Story;
  readonly posted: boolean;
}

const TIMEOUT_MILLISECONDS = 10_000;

const SECONDS_WITHOUT_WORD = 30;

/** One message, at the end. If nobody knows whether it was posted, it is not posted again, and that is reported. */
export const incomingTelling = (
  runtime: Runtime,
  {
    outcome,
    heard,
    places,
    address,
  }: {
    readonly outcome: Outcome;
    readonly heard: 'verdicts' | 'failures';
    readonly places: Places;
    readonly address: () => Promise<string>;
  },
): Telling<IncomingNote, Step> => ({
  tell: (note) => ({ posted: false, ...note, story: tellStory(note?.story, outcome) }),
  next({ story, posted }) {
    return posted || !isVerdict(story.newest) || !isHeard(heard, story.newest) ? undefined : { key: 'post' };
  },
  done: (note) => ({ ...note, posted: true }),
  async perform(_, { story }, since) {
    if (since !== undefined)
      throw new FinalError(
        'slack-unsure',
        "it was begun to post a message to Slack's webhook, and nobody knows whether it is there; look, and drop this message or use a token",
      );
    await post(runtime, safe(await address()), JSON.stringify(messageOf(story, places)));
  },
});

const safe = (address: string): string => {
  if (isSafeAddress(address.trim())) return address.trim();
  const cause = new FinalError(
    'slack-webhook',
    "the catalogue's reference to Slack's webhook holds no https address; put it there",
  );
  throw new NotDoneError(cause.message, { cause });
};

/** 200 with "ok", or an error in words (Slack, "Sending messages using incoming webhooks", "Handling errors"). */
const post = async ({ fetch, timeout, now }: Runtime, address: string, body: string): Promise<void> => {
  const { signal, cancel } = timeout(TIMEOUT_MILLISECONDS);
  try {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const response = await fetch(address, { method: 'POST', headers, body, redirect: 'error', signal });
    if (response.status === 200) return void (await response.body?.cancel());
    const said = (await response.text()).slice(0, 200);
    const wait = retryAfter(response.headers, now()) ?? SECONDS_WITHOUT_WORD;
    if (response.status === 429) throw refused(new LaterError(wait, `Slack asks for patience: ${wait} s`));
    if (response.status >= 500) throw refused(new Error(`Slack's webhook answered ${response.status} ${said}`));
    const then = 'make another webhook, and put its address where the catalogue refers to';
    throw refused(new FinalError('slack-webhook', `Slack's webhook answered ${response.status} ${said}; ${then}`));
  } finally {
    cancel();
  }
};

const refused = (cause: Error): NotDoneError => new NotDoneError(cause.message, { cause });
