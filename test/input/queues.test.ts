import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import cancelSchema from '../../schemas/events/DeploymentCancelRequested.json' with { type: 'json' };
import deploySchema from '../../schemas/events/DeployRequested.json' with { type: 'json' };
import rollbackSchema from '../../schemas/events/RollbackRequested.json' with { type: 'json' };
import messageSchema from '../../schemas/messages/Message.json' with { type: 'json' };
import { amount } from '../amount.ts';
import alarmFixture from '../fixtures/events/alarm-metric.json' with { type: 'json' };
import deploymentFixture from '../fixtures/events/ecs-deployment.json' with { type: 'json' };
import taskFixture from '../fixtures/events/ecs-task.json' with { type: 'json' };
import { startPipeline } from '../scenarios/pipeline.ts';
import { fromSchema, type Schema } from './from-schema.ts';
import { anyOf, GIVEAWAYS, hostileValue, skewedTime } from './hostile.ts';

type Pipeline = Awaited<ReturnType<typeof startPipeline>>;

const SERVICE = 'adit-service-preprod';
const ACCOUNT_URL = 'http://cloud.test/123456789012';
const SEED = Number(process.env['SWITCHYARD_INPUT_SEED'] ?? 20_261_121);
/** Messages of one pipeline; the next ones get a new one. */
const AT_ONCE = 100;

const local =
  (document: Schema) =>
  (reference: string): Schema => {
    const name = reference.slice(reference.lastIndexOf('/') + 1);
    return (document['$defs'] as Readonly<Record<string, Schema>>)[name] ?? {};
  };

/** Mostly of a service that there is. */
const request = (schema: Schema, more: Readonly<Record<string, fc.Arbitrary<unknown>>> = {}): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fromSchema(schema, local(schema)),
      fc.record({ environment: fc.constant('preprod'), service: fc.constant(SERVICE), ...more }),
      fc.nat(9),
    )
    .map(([any, known, dice]) => ({ ...(any as object), ...(dice === 0 ? {} : known) }));

const image = fc.constantFrom(
  'preprod:good',
  'preprod:better',
  'preprod:crashing',
  'preprod:nothing',
  'elsewhere.example.com/a:b',
);

const REQUESTS: readonly (readonly [string, fc.Arbitrary<unknown>])[] = [
  ['DeployRequested', request(deploySchema, { image })],
  ['RollbackRequested', request(rollbackSchema)],
  ['DeploymentCancelRequested', request(cancelSchema)],
];

const aRequest = fc.oneof(
  ...REQUESTS.map(([type, valid]) => anyOf(valid).map((detail) => ({ type, detail }))),
  fc.tuple(hostileValue, hostileValue).map(([type, detail]) => ({ type: typeof type === 'string' ? type : 'Odd', detail })),
);

const envelope = (type: unknown, detail: unknown, id: string, time: unknown) => ({
  version: '0',
  id,
  'detail-type': type,
  source: 'ci',
  account: '123456789012',
  time,
  region: 'eu-west-1',
  resources: [],
  detail,
});

const time = fc.oneof({ weight: 4, arbitrary: fc.constant('2026-03-01T12:00:05Z') }, { weight: 1, arbitrary: skewedTime });

/** What EventBridge puts into the inbox: requests and AWS's own events. */
const anEvent = fc.oneof(
  fc.tuple(aRequest, fc.uuid(), time).map(([{ type, detail }, id, at]) => envelope(type, detail, id, at)),
  fc.constantFrom(alarmFixture.event, taskFixture.event, deploymentFixture.event),
);

const valid = fromSchema(messageSchema.$defs.Wake as Schema, local(messageSchema)).map((wake) => ({ wake, token: 't' }));
const wake = fc.tuple(valid, fc.boolean()).map(([message, known]) => ({
  ...message,
  wake: {
    ...(message.wake as object),
    ...(known ? { environment: 'preprod', service: SERVICE, lane: 'preprod', function: 'verify' } : {}),
  },
}));
const place = { environment: 'preprod', service: SERVICE, lane: 'preprod' };
const sentOn = fc
  .tuple(anEvent, fc.constantFrom('deploy', 'verify', 'rollback'))
  .map(([event, name]) => ({ event, places: [place], function: name }));

const body = (message: unknown): string => (typeof message === 'string' ? message : (JSON.stringify(message) ?? 'undefined'));

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that SQS refuses
const UNTAKEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/u;

/** What SQS takes at all (API reference, SendMessage: these characters, up to 1 MiB). */
const isTaken = (text: string): boolean => text !== '' && text.length < 500_000 && !UNTAKEN.test(text);

const QUEUES = ['inbox', 'deploy.fifo', 'verify.fifo', 'rollback.fifo'] as const;
const DEAD_LETTERS = ['inbox-dlq', 'deploy-dlq.fifo', 'verify-dlq.fifo', 'rollback-dlq.fifo'] as const;

/** What was put aside: its text, the function that did it, and why. */
const deadLetters = async ({ sqs }: Pipeline) => {
  const found: { body: string; reason: string }[] = [];
  for (const name of DEAD_LETTERS) {
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: `${ACCOUNT_URL}/switchyard-${name}`,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) break;
      for (const { Body = '', MessageAttributes = {} } of Messages)
        found.push({
          body: Body,
          reason: `${MessageAttributes['code']?.StringValue}: ${MessageAttributes['reason']?.StringValue}`,
        });
    }
  }
  return found;
};

const inFlight = async ({ sqs }: Pipeline): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (const name of QUEUES) {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: `${ACCOUNT_URL}/switchyard-${name}`,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    counts[name] =
      Number(Attributes?.['ApproximateNumberOfMessages']) + Number(Attributes?.['ApproximateNumberOfMessagesNotVisible']);
  }
  return counts;
};

/** Holds for whatever was sent: nothing came back, nothing is held after a minute, no line is endless or gives a secret away. */
const unhealthy = async (pipeline: Pipeline): Promise<readonly string[]> => {
  const held = Object.entries(await inFlight(pipeline)).filter(([, count]) => count > 0);
  return [
    ...pipeline.log.filter((line) => line.includes('a message failed and comes back') || / ERROR \{/.test(line)),
    ...held.map(([queue, count]) => `${queue} still holds ${count}`),
    ...pipeline.log.filter((line) => GIVEAWAYS.some((secret) => line.includes(secret))),
    ...pipeline.log.filter((line) => line.length > 20_000),
  ];
};

/** The ids of the messages that the log speaks of. */
const loggedIds = ({ log }: Pipeline): ReadonlySet<string> =>
  new Set(log.flatMap((line) => (line.startsWith('{') ? [String(JSON.parse(line).messageId)] : [])));

const chunksOf = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, index) => all.slice(index * AT_ONCE, (index + 1) * AT_ONCE));

const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number): readonly T[] =>
  fc.sample(arbitrary, { numRuns: count, seed: SEED });

const EVENTS = amount(30, 1500);
/** Of each of the functions' queues. */
const MESSAGES = amount(60, 1500);
const INBOX = amount(80, 2500);

const wordsOf = (count: number): string => count.toLocaleString('en');

const running = async (): Promise<Pipeline> => {
  const pipeline = await startPipeline({ services: [SERVICE] });
  await pipeline.earnFirst('preprod', SERVICE);
  pipeline.log.length = 0;
  return pipeline;
};

describe('whatever is put', () => {
  it(`on the bus is answered, with a reason (${wordsOf(EVENTS)} events)`, async () => {
    for (const chunk of chunksOf(sample(aRequest, EVENTS))) {
      const pipeline = await running();
      const wanted = new Set<string>();
      for (const { type, detail } of chunk) {
        const answer = await pipeline.events
          .send(
            new PutEventsCommand({
              Entries: [{ EventBusName: 'switchyard', Source: 'ci', DetailType: type, Detail: body(detail) }],
            }),
          )
          .catch((error: Error) => ({ Entries: [{ EventId: undefined, ErrorCode: error.name }] }));
        const [entry] = answer.Entries ?? [];
        if (entry?.EventId !== undefined && REQUESTS.some(([known]) => known === type)) wanted.add(entry.EventId);
      }
      await pipeline.pass(59);
      expect(await unhealthy(pipeline)).toEqual([]);
      const put = await deadLetters(pipeline);
      const told = new Set(pipeline.told.map(({ detail }) => (detail['cause'] as { eventId: string }).eventId));
      const aside = new Set(put.map(({ body: text }) => JSON.parse(text).id));
      expect([...wanted].filter((id) => !told.has(id) && !aside.has(id))).toEqual([]);
      expect(put.filter(({ reason }) => !/^[a-z-]+: .{10,}/s.test(reason))).toEqual([]);
    }
  }, 120_000);

  const cases: readonly (readonly [(typeof QUEUES)[number], number, fc.Arbitrary<unknown>])[] = [
    ['inbox', INBOX, fc.oneof(anyOf(anEvent), anyOf(wake), anyOf(sentOn))],
    ['deploy.fifo', MESSAGES, fc.oneof(anyOf(sentOn), anyOf(wake))],
    ['verify.fifo', MESSAGES, fc.oneof(anyOf(sentOn), anyOf(wake))],
    ['rollback.fifo', MESSAGES, fc.oneof(anyOf(sentOn), anyOf(wake))],
  ];
  it.each(cases.map(([queue, count, arbitrary]) => [queue, wordsOf(count), count, arbitrary] as const))(
    'into %s is understood, or put aside with its reason, at once (%s messages)',
    async (queue, _, count, arbitrary) => {
      for (const chunk of chunksOf(sample(arbitrary, count))) {
        const pipeline = await running();
        const sent = new Map<string, string>();
        for (const [index, message] of chunk.entries()) {
          const text = body(message);
          if (!isTaken(text)) continue;
          const fifo = queue === 'inbox' ? {} : { MessageGroupId: `group-${index % 7}`, MessageDeduplicationId: `${index}` };
          const { MessageId = '' } = await pipeline.sqs.send(
            new SendMessageCommand({ QueueUrl: `${ACCOUNT_URL}/switchyard-${queue}`, MessageBody: text, ...fifo }),
          );
          sent.set(MessageId, text);
        }
        await pipeline.pass(59);
        expect(await unhealthy(pipeline)).toEqual([]);
        const put = await deadLetters(pipeline);
        expect(put.filter(({ reason }) => !/^[a-z-]+: .{10,}/s.test(reason))).toEqual([]);
        const logged = loggedIds(pipeline);
        expect([...sent].filter(([id]) => !logged.has(id)).map(([, text]) => text.slice(0, 500))).toEqual([]);
      }
    },
    120_000,
  );
});

describe('the checks of these tests', () => {
  it('notice a message that fails and comes back', async () => {
    const pipeline = await running();
    pipeline.faults.failSoftly = true;
    pipeline.faults.crash = ({ function: name }) => (name === 'deploy' ? 'before' : undefined);
    await pipeline.deploy('preprod', 'preprod:good', SERVICE);
    await pipeline.pass(5);
    expect(await unhealthy(pipeline)).toEqual(
      expect.arrayContaining([expect.stringContaining('a message failed and comes back')]),
    );
  });

  it('notice a message that is still held after a minute', async () => {
    const pipeline = await running();
    pipeline.faults.crash = ({ function: name, action }) =>
      name === 'route' && action === 'sqs:SendMessage' ? 'before' : undefined;
    await pipeline.deploy('preprod', 'preprod:good', SERVICE);
    await pipeline.pass(59);
    pipeline.log.length = 0;
    expect(await unhealthy(pipeline)).toEqual(['inbox still holds 1']);
  });

  it.each(GIVEAWAYS)('notice %s in a line', async (secret) => {
    const pipeline = await running();
    pipeline.log.push(`{"message": "${secret}"}`);
    expect(await unhealthy(pipeline)).toEqual([`{"message": "${secret}"}`]);
  });
});
