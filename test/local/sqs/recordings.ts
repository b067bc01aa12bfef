import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AwsError } from '../../../local/errors.ts';
import { type Cloud, newCloud } from './cloud.ts';

/** Answers recorded from AWS; not part of the project, so a copy without them skips what replays them. */
const PATH = '../shared/recordings/sqs.json';

type Json = Readonly<Record<string, unknown>>;

export const recordings: Json | undefined = existsSync(PATH) ? JSON.parse(readFileSync(PATH, 'utf8')) : undefined;

/** Members whose values differ from run to run: told apart by number, or not at all. */
const NUMBERED = ['MessageId', 'ReceiptHandle', 'SequenceNumber'];
const MASKED = [
  'SenderId',
  'SentTimestamp',
  'ApproximateFirstReceiveTimestamp',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
  'DeadLetterQueueSourceArn',
];

const HANDLE_REFUSED = 'Value <handle> for parameter ReceiptHandle';

/** The same content, with run-dependent values numbered in the order of their appearance, and headers left out. */
export const canonical = (content: unknown): unknown => {
  const seen = new Map<string, string>();
  const numberOf = (kind: string, value: unknown): string => {
    const key = `${kind} ${String(value)}`;
    const known = seen.get(key) ?? `${kind} ${seen.size}`;
    seen.set(key, known);
    return known;
  };
  const walk = (value: unknown, key: string): unknown => {
    if (NUMBERED.includes(key)) return numberOf(key, value);
    if (MASKED.includes(key)) return key;
    if (Array.isArray(value)) return value.map((one) => walk(one, ''));
    if (typeof value === 'string') return value.replace(/^Value \S+ for parameter ReceiptHandle/, HANDLE_REFUSED);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).filter(([name]) => name !== 'HTTPHeaders' && name !== 'message');
    return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, walk(one, name)]));
  };
  return walk(content, '');
};

/** An answer as the recordings write it. */
export const recorded = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    return { ...((await call) ?? {}), ResponseMetadata: { HTTPStatusCode: 200 } };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return {
      Error: { Code: error.queryCode, Message: error.message, QueryErrorCode: error.code, Type: 'Sender' },
      ResponseMetadata: { HTTPStatusCode: error.status },
    };
  }
};

const SUITE = 'tests/aws/services/sqs/test_sqs.py::TestSqsProvider::';

export const recordedContent = (name: string): Json => {
  const entry = recordings?.[SUITE + name] as { readonly 'recorded-content': Json } | undefined;
  if (entry === undefined) throw new Error(`nothing is recorded under ${name}`);
  return entry['recorded-content'];
};

export type Note = (label: string, call: Promise<unknown>) => Promise<unknown>;

/** Replays a recorded scenario and compares all the answers that it notes with AWS's. */
export const replays = (
  name: string,
  story: (cloud: Cloud, note: Note) => Promise<void>,
  change = (content: object): object => content,
): void =>
  it(`answers as AWS in ${name}`, async () => {
    const answers: Record<string, unknown> = {};
    const note: Note = async (label, call) => {
      answers[label] = await recorded(call);
      return answers[label];
    };
    await story(newCloud(), note);
    expect(canonical(answers)).toEqual(canonical(change(recordedContent(name))));
  });
