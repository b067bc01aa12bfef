import { masked } from '../../shared/secrets.ts';
import type { RedriveRecord } from '../../shared/store/reader.ts';
import type { Command, Parsed } from '../command.ts';
import { type Connection, connect } from '../connection.ts';
import { chosen, type DeadLetter, holdAll, sendBack, wayBack } from '../dead-letters.ts';
import { CliError, doing } from '../errors.ts';
import type { Io } from '../io.ts';
import { columns, timeText } from '../lines.ts';
import { QUEUE_NAMES, type QueueName } from '../queues.ts';

const ACTIONS = ['list', 'show', 'send-back', 'drop'] as const;

export const redrive: Command = {
  spec: {
    name: 'redrive',
    summary: 'look at dead letters, send them back, or drop them',
    description:
      'What a queue gave up. send-back puts a message into the queue that it came from, drop takes it away; both leave a record of who did it and why, before they do it.',
    arguments: [
      { name: 'action', description: ACTIONS.join(', '), required: true, choices: ACTIONS },
      { name: 'queue', description: QUEUE_NAMES.join(', '), required: true, choices: QUEUE_NAMES },
      { name: 'message', description: 'its id, or the beginning of it', required: false },
    ],
    options: {
      all: { type: 'boolean', description: 'every dead letter of the queue' },
      reason: { type: 'string', value: '<why>', description: 'why; needed by send-back and drop' },
    },
    examples: [
      ['switchyard redrive list deploy', 'what the deploy queue gave up, and why'],
      ['switchyard redrive show deploy 7f0c', 'one of them, whole; what looks like a secret is masked'],
      ['switchyard redrive send-back deploy --all --reason "the table is back"', 'all of them, oldest first'],
    ],
    connects: true,
  },
  async run(parsed, io) {
    const action = parsed.argument(0) as (typeof ACTIONS)[number];
    const name = parsed.argument(1) as QueueName;
    const connection = connect(parsed, io);
    if (action === 'list' || action === 'show') {
      await look(connection, name, parsed, io, action === 'show');
      return 'succeeded';
    }
    const reason = parsed.text('reason') ?? '';
    if (reason === '')
      throw new CliError('usage', `switchyard redrive ${action} needs --reason <why>: it is kept with what was done`);
    await act(connection, name, { parsed, io, action, reason });
    return 'succeeded';
  },
};

const look = async (connection: Connection, name: QueueName, parsed: Parsed, io: Io, whole: boolean): Promise<void> => {
  const { letters, letGo } = await holdAll(connection, name);
  try {
    const shown = whole ? chosen(letters, parsed.argument(2), parsed.is('all'), name) : letters;
    if (parsed.is('json')) {
      io.out(JSON.stringify({ queue: name, messages: shown.map((letter) => json(letter, whole)) }));
      return;
    }
    if (whole) for (const letter of shown) for (const line of wholeLines(letter)) io.out(line);
    else if (shown.length === 0) io.out(`${name} has no dead letters`);
    else for (const line of columns([['MESSAGE', 'SINCE', 'GROUP', 'WHAT', 'WHY'], ...shown.map(row)])) io.out(line);
  } finally {
    await letGo(letters);
  }
};

const json = ({ handle: _, body, ...letter }: DeadLetter, whole: boolean) => ({
  ...letter,
  ...(whole ? { body: masked(body) } : {}),
});

const row = ({
  id,
  sentAt,
  group = '',
  body,
  reason = 'it failed as often as it may; the log has why',
}: DeadLetter): readonly string[] => [id, timeText(sentAt), group, whatOf(body), masked(reason).replace(/\s+/g, ' ')];

/** `DeployRequested`, `wake`, or that it cannot be read. */
const whatOf = (body: string): string => {
  try {
    const { 'detail-type': type, event, wake } = JSON.parse(body);
    return String(type ?? event?.['detail-type'] ?? (wake === undefined ? 'unreadable' : `wake of ${wake.function}`)).slice(
      0,
      60,
    );
  } catch {
    return 'unreadable';
  }
};

const wholeLines = (letter: DeadLetter): readonly string[] => [
  `message  ${letter.id}`,
  `since    ${timeText(letter.sentAt)}, received ${letter.receives} times${letter.group === undefined ? '' : `, group ${letter.group}`}`,
  `why      ${masked(letter.reason ?? 'it failed as often as it may; the log has why')}`,
  masked(pretty(letter.body)),
  '',
];

const pretty = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
};

interface Act {
  readonly parsed: Parsed;
  readonly io: Io;
  readonly action: 'send-back' | 'drop';
  readonly reason: string;
}

/** The record comes first, then the message in its queue, then its end here: whatever is cut off, nothing is lost. */
const act = async (connection: Connection, name: QueueName, { parsed, io, action, reason }: Act): Promise<void> => {
  const { arn } = await connection.whoAmI();
  const { letters, letGo, remove } = await holdAll(connection, name);
  const done: string[] = [];
  try {
    for (const letter of chosen(letters, parsed.argument(2), parsed.is('all'), name)) {
      const way = action === 'drop' ? undefined : wayBack(connection, name, letter);
      const did = way === undefined ? 'dropped' : 'sent-back';
      await record(connection, { queue: name, message: letter.id, did, by: arn, at: io.now(), reason });
      if (way !== undefined) await sendBack(connection, way, letter);
      await doing(`take ${letter.id} out of the dead letters of ${name}`, () => remove(letter));
      done.push(letter.id);
      if (!parsed.is('json')) io.out(`${action === 'drop' ? 'dropped' : 'sent back'}: ${letter.id}`);
    }
    if (parsed.is('json')) io.out(JSON.stringify({ queue: name, did: action, messages: done }));
    else if (done.length === 0) io.out(`${name} has no dead letters`);
  } finally {
    await letGo(letters.filter(({ id }) => !done.includes(id)));
  }
};

const record = (connection: Connection, entry: RedriveRecord): Promise<void> =>
  doing(`keep the record in the table ${connection.name}`, async () => {
    const { createReader } = await import('../../shared/store/reader.ts');
    await createReader({ client: await connection.dynamodb(), TableName: connection.name }).redriven(entry);
  });
