import { blockProblems } from './blocks.ts';
import type { Arguments } from './method.ts';
import { SlackRefusal, withMessages } from './refusal.ts';
import type { SlackMessage } from './store.ts';

/** What a message says, from the arguments of whoever posts or changes it. Lists and objects come as JSON in a form. */
export const contentOf = (given: Arguments): Pick<SlackMessage, 'text' | 'blocks'> => {
  const blocks = parsed(given['blocks'], 'invalid_blocks_format');
  const text = given['text'] === undefined ? '' : String(given['text']);
  if (text === '' && blocks === undefined) throw new SlackRefusal('no_text');
  if (blocks === undefined) return { text, blocks: [] };
  const problems = blockProblems(blocks);
  if (problems.length > 0) throw withMessages('invalid_blocks', problems);
  return { text, blocks: blocks as readonly unknown[] };
};

/** "Message metadata": both members, and the payload an object. */
export const metadataOf = (given: Arguments): unknown => {
  const metadata = parsed(given['metadata'], 'invalid_metadata_format');
  if (metadata === undefined) return undefined;
  const { event_type: type, event_payload: payload } = metadata as Arguments;
  const sound = typeof type === 'string' && type !== '' && typeof payload === 'object' && payload !== null;
  if (!sound) throw new SlackRefusal('invalid_metadata_format');
  return { event_type: type, event_payload: payload };
};

const parsed = (value: unknown, error: string): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new SlackRefusal(error);
  }
};
