import type { HttpApp } from '../../local/ports.ts';

export const CHANNEL = 'C0DEPLOYS';
export const TOKEN = 'token-of-the-bot';
export const PEOPLE = 'token-of-people';
export const SCOPES = ['chat:write', 'channels:history'];

interface Seen {
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
}

/** What people see in Slack, and do there: by its API. */
export const people = (app: HttpApp) => {
  const call = async (method: string, given: Readonly<Record<string, string>>, token = PEOPLE) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = await app({ method: 'POST', path: `/api/${method}`, headers, body: new URLSearchParams(given).toString() });
    const answer = JSON.parse(body);
    if (answer.ok !== true) throw new Error(`${method}: ${answer.error}`);
    return answer;
  };
  const messages = async (channel = CHANNEL): Promise<readonly Seen[]> =>
    (await call('conversations.history', { channel, limit: '999' })).messages.toReversed();
  return {
    call,
    messages,
    /** Without the message itself. */
    thread: async (ts: string, channel = CHANNEL): Promise<readonly Seen[]> =>
      (await call('conversations.replies', { channel, ts, limit: '999' })).messages.slice(1),
    /** The words of every block. */
    words: ({ blocks }: Seen): string =>
      JSON.stringify(blocks)
        .match(/"text":"(?:[^"\\]|\\.)*"/g)
        ?.map((text) => JSON.parse(`{${text}}`).text)
        .join('\n') ?? '',
  };
};
