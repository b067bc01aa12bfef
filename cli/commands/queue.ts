import type { Lane } from '../../shared/deployment/types.ts';
import { fileOf, placesFor, placesIn, readSource } from '../catalogue.ts';
import type { Command } from '../command.ts';
import { type Connection, connect } from '../connection.ts';
import { doing } from '../errors.ts';
import { columns, painted, timeText } from '../lines.ts';
import { ifThere, QUEUE_NAMES, QUEUES, type QueueName, queueUrl } from '../queues.ts';
import { tableOf } from '../table.ts';

export const queue: Command = {
  spec: {
    name: 'queue',
    summary: 'what waits in each lane, and in the queues',
    description: 'Who holds each lane and who waits in which order; and how many messages each queue and its dead letters hold.',
    arguments: [],
    options: {
      environment: { type: 'string', value: '<name>', description: 'this environment only', completes: 'environments' },
      catalogue: {
        type: 'string',
        value: '<file>',
        description: 'whose lanes are listed; switchyard.yml unless told otherwise',
        completes: 'files',
      },
    },
    examples: [['switchyard queue', 'every lane and every queue']],
    connects: true,
  },
  async run(parsed, io) {
    const all = placesIn(await readSource(fileOf(parsed.text('catalogue'), io), io));
    const names = [...new Set(placesFor(all, parsed.text('environment'), undefined).map(({ lane }) => lane))];
    const connection = connect(parsed, io);
    const lanes = await tableOf(connection).lanes(names);
    const looked = await Promise.all(QUEUE_NAMES.map((name) => ifThere(name, depthOf(connection, name))));
    const queues = looked.filter((depth) => depth !== undefined);
    if (parsed.is('json')) {
      io.out(JSON.stringify({ lanes, queues }));
      return 'succeeded';
    }
    for (const name of names)
      for (const line of laneLines(
        name,
        lanes.find((lane) => lane.name === name),
      ))
        io.out(line);
    io.out('');
    const count = (number: number, bad: boolean): string =>
      bad && number > 0 ? painted(String(number), 'red', io.colours) : String(number);
    const rows = queues.map(({ name, waiting, inHand, dead }) => [name, String(waiting), String(inHand), count(dead, true)]);
    for (const line of columns([['QUEUE', 'WAITING', 'IN HAND', 'DEAD LETTERS'], ...rows])) io.out(line);
    if (queues.some(({ dead }) => dead > 0)) io.err('switchyard redrive list <queue> shows the dead letters');
    return 'succeeded';
  },
};

const laneLines = (name: string, lane: Lane | undefined): readonly string[] => {
  const holder = lane?.holder;
  const waiting = lane?.waiting ?? [];
  return [
    `${name}: ${holder === undefined ? 'free' : `${holder.id} of ${holder.service}, asked ${timeText(holder.time)}`}`,
    ...waiting.map(({ id, service, time }, index) => `  ${index + 1}. ${id} of ${service}, asked ${timeText(time)}`),
  ];
};

const depthOf = async (connection: Connection, name: QueueName) => {
  const { queue: own, dead } = QUEUES[name];
  const [depth, deadDepth] = await Promise.all([depthAt(connection, own), depthAt(connection, dead)]);
  return { name, waiting: depth.waiting, inHand: depth.inHand, dead: deadDepth.waiting + deadDepth.inHand };
};

const depthAt = async (connection: Connection, suffix: string | undefined): Promise<{ waiting: number; inHand: number }> => {
  if (suffix === undefined) return { waiting: 0, inHand: 0 };
  return doing(`look at the queue ${connection.name}-${suffix}`, async () => {
    const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
    const QueueUrl = await queueUrl(connection, suffix);
    const client = await connection.sqs();
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    const number = (attribute: keyof typeof Attributes): number => Number(Attributes[attribute] ?? 0);
    return {
      waiting: number('ApproximateNumberOfMessages') + number('ApproximateNumberOfMessagesDelayed'),
      inHand: number('ApproximateNumberOfMessagesNotVisible'),
    };
  });
};
