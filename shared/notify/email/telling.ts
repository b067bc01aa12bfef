import { isHeard, type Outcome } from '../outcome.ts';
import type { Held, Step, Telling } from '../steps.ts';
import { type Mail, mailOf } from './mail.ts';

/** What is kept of the mail about one deployment or promotion. */
export interface EmailNote extends Held {
  /** What is still to be mailed, by the event's id. */
  readonly owed: Readonly<Record<string, Mail>>;
  /** Ids of the events that were mailed. */
  readonly sent: readonly string[];
}

type EmailStep = Step & { readonly mail: Mail };

/**
 * A mail for each outcome that is heard, once. Only where the function died between sending it and writing that down is it sent again: SNS
 * takes no token for a standard topic, and cannot be asked.
 */
export const emailTelling = (
  outcome: Outcome,
  {
    heard,
    places,
    send,
  }: {
    readonly heard: 'all' | 'verdicts' | 'failures';
    readonly places: Readonly<Record<string, string>>;
    readonly send: (mail: Mail) => Promise<void>;
  },
): Telling<EmailNote, EmailStep, void> => ({
  tell(note = { owed: {}, sent: [] }) {
    const { eventId } = outcome.detail;
    if (!isHeard(heard, outcome) || note.sent.includes(eventId)) return note;
    return { ...note, owed: { ...note.owed, [eventId]: mailOf(outcome, places) } };
  },
  next({ owed }) {
    const [key, mail] = Object.entries(owed)[0] ?? [];
    return key === undefined || mail === undefined ? undefined : { key, mail };
  },
  perform: ({ mail }) => send(mail),
  done({ owed, sent, ...note }, { key }) {
    const { [key]: _, ...left } = owed;
    return { ...note, owed: left, sent: [...sent, key] };
  },
});
