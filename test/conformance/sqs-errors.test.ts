import {
  AddPermissionCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  paginateListQueues,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, eventually, leftOut, openEndpoint, uniqueName } from './endpoint.ts';
import { callQuery, queryError } from './signed-request.ts';
import { openSqs, type Sqs } from './sqs.ts';

/**
 * Refusals in the words of both protocols: the JSON protocol's `__type` and header, the Query protocol's code. Sources: SQS API reference,
 * the "Errors" of each action and "Common Errors"; developer guide, "Amazon SQS queue quotas", "Amazon SQS policy quotas". Which code a bad
 * value has is recorded rather than documented.
 */
describe.skipIf(leftOut('sqs'))('SQS refuses (skipped where CONFORMANCE_SKIP names sqs)', () => {
  let endpoint: Endpoint;
  let sqs: Sqs;
  let url: string;
  let name: string;

  beforeAll(async () => {
    endpoint = await openEndpoint();
    sqs = openSqs(endpoint);
    url = await sqs.queue({ VisibilityTimeout: '5' });
    name = url.split('/').at(-1) ?? '';
  });
  afterAll(async () => {
    await sqs.clean();
    await endpoint.close();
  });

  /** What the Query protocol calls these members. */
  const parametersOf = (input: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(input).flatMap(([member, value]): [string, string][] => {
        if (typeof value !== 'object') return [[member, String(value)]];
        const [[key, setting] = ['', '']] = Object.entries(value as object);
        return [
          ['Attribute.1.Name', key],
          ['Attribute.1.Value', String(setting)],
        ];
      }),
    );

  const GONE = { json: 'QueueDoesNotExist', query: 'AWS.SimpleQueueService.NonExistentQueue' };
  const BAD_VALUE = { json: 'InvalidParameterValueException', query: 'InvalidParameterValue' };
  const BAD_ATTRIBUTE = { json: 'InvalidAttributeValue', query: 'InvalidAttributeValue' };
  const NO_ATTRIBUTE = { json: 'InvalidAttributeName', query: 'InvalidAttributeName' };
  const MISSING = { json: 'MissingRequiredParameterException', query: 'MissingParameter' };
  const BAD_HANDLE = { json: 'ReceiptHandleIsInvalid', query: 'ReceiptHandleIsInvalid', status: 404 };
  const EXISTS = { json: 'QueueNameExists', query: 'QueueAlreadyExists' };

  it.each<
    [
      string,
      string,
      (place: { url: string; name: string }) => Readonly<Record<string, unknown>>,
      { json: string; query: string; status?: number },
    ]
  >([
    ['a queue that is not there', 'SendMessage', ({ url: at }) => ({ QueueUrl: `${at}-x`, MessageBody: 'x' }), GONE],
    ['the name of no queue', 'GetQueueUrl', ({ name: at }) => ({ QueueName: `${at}-x` }), GONE],
    ['to delete what is not there', 'DeleteQueue', ({ url: at }) => ({ QueueUrl: `${at}-x` }), GONE],
    ['a name with a space', 'CreateQueue', () => ({ QueueName: 'a b' }), BAD_VALUE],
    ['an empty name', 'CreateQueue', () => ({ QueueName: '' }), BAD_VALUE],
    ['a name of 81 characters', 'CreateQueue', () => ({ QueueName: 'a'.repeat(81) }), BAD_VALUE],
    [
      'the name of a queue with other attributes',
      'CreateQueue',
      ({ name: QueueName }) => ({ QueueName, Attributes: { VisibilityTimeout: '6' } }),
      EXISTS,
    ],
    [
      'an attribute that there is not',
      'SetQueueAttributes',
      ({ url: QueueUrl }) => ({ QueueUrl, Attributes: { Colour: 'red' } }),
      NO_ATTRIBUTE,
    ],
    [
      'a visibility timeout of more than 12 hours',
      'SetQueueAttributes',
      ({ url: QueueUrl }) => ({ QueueUrl, Attributes: { VisibilityTimeout: '43201' } }),
      BAD_ATTRIBUTE,
    ],
    [
      'a delay that is no number',
      'SetQueueAttributes',
      ({ url: QueueUrl }) => ({ QueueUrl, Attributes: { DelaySeconds: 'soon' } }),
      BAD_ATTRIBUTE,
    ],
    [
      'a wait of more than 20 seconds',
      'SetQueueAttributes',
      ({ url: QueueUrl }) => ({ QueueUrl, Attributes: { ReceiveMessageWaitTimeSeconds: '21' } }),
      BAD_ATTRIBUTE,
    ],
    [
      'messages of less than 1024 bytes',
      'SetQueueAttributes',
      ({ url: QueueUrl }) => ({ QueueUrl, Attributes: { MaximumMessageSize: '1023' } }),
      BAD_ATTRIBUTE,
    ],
    [
      'messages of more than a mebibyte',
      'SetQueueAttributes',
      ({ url: QueueUrl }) => ({ QueueUrl, Attributes: { MaximumMessageSize: '1048577' } }),
      BAD_ATTRIBUTE,
    ],
    [
      'a policy that is no JSON',
      'SetQueueAttributes',
      ({ url: QueueUrl }) => ({ QueueUrl, Attributes: { Policy: 'everybody' } }),
      BAD_ATTRIBUTE,
    ],
    ['a handle that is none', 'DeleteMessage', ({ url: QueueUrl }) => ({ QueueUrl, ReceiptHandle: 'none' }), BAD_HANDLE],
    ['a message without a body', 'SendMessage', ({ url: QueueUrl }) => ({ QueueUrl }), MISSING],
    ['a receive of eleven messages', 'ReceiveMessage', ({ url: QueueUrl }) => ({ QueueUrl, MaxNumberOfMessages: 11 }), BAD_VALUE],
  ])('%s', async (_, action, inputOf, { json, query, status = 400 }) => {
    const input = inputOf({ url, name });
    expect(await sqs.refusal(action, input)).toMatchObject({ status, code: json, queryError: `${query};Sender` });
    const answer = await callQuery(endpoint, 'sqs', { Action: action, Version: '2012-11-05', ...parametersOf(input) });
    expect(queryError(answer)).toMatchObject({ status, code: query });
  });

  it('nothing when a queue is made again as it is', async () => {
    const again = { QueueName: name, Attributes: { VisibilityTimeout: '5' } };
    expect((await sqs.client.send(new CreateQueueCommand(again))).QueueUrl).toBe(url);
    expect((await sqs.client.send(new CreateQueueCommand({ QueueName: name }))).QueueUrl).toBe(url);
  });

  // "If you delete a queue, you must wait at least 60 seconds before creating a queue with the same name."
  it('the name of a queue that was deleted a moment ago', async () => {
    const QueueUrl = await sqs.queue();
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl }));
    const QueueName = QueueUrl.split('/').at(-1);
    await eventually(async () => {
      expect(await sqs.refusal('CreateQueue', { QueueName })).toMatchObject({
        status: 400,
        code: 'QueueDeletedRecently',
        queryError: 'AWS.SimpleQueueService.QueueDeletedRecently;Sender',
      });
    });
  });

  describe('a policy', () => {
    const statement = (Resource: string, more: object = {}) => ({
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: 'sqs:SendMessage',
      Resource,
      ...more,
    });
    const set = (Statement: object) => {
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
      return sqs.refusal('SetQueueAttributes', { QueueUrl: url, Attributes: { Policy } });
    };

    it('of more than 8,192 bytes', async () => {
      const arn = await sqs.arn(url);
      const Statement = [statement(arn, { Sid: 'a'.repeat(8192) })];
      expect(await set(Statement)).toMatchObject({ status: 400, code: 'InvalidAttributeValue' });
    });

    // Developer guide, "Amazon SQS policy quotas"
    it.each<[string, (arn: string) => readonly object[]]>([
      ['21 statements', (arn) => Array.from({ length: 21 }, (_, index) => statement(arn, { Sid: `s${index}` }))],
      [
        '51 principals',
        (arn) => [statement(arn, { Principal: { AWS: Array.from({ length: 51 }, (_, index) => `${111_111_111_111 + index}`) } })],
      ],
      [
        '11 conditions',
        (arn) => [
          statement(arn, {
            Condition: {
              StringLike: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`aws:PrincipalTag/t${index}`, 'x'])),
            },
          }),
        ],
      ],
      [
        'eight actions in a statement',
        (arn) => [
          statement(arn, {
            Action: [
              'SendMessage',
              'ReceiveMessage',
              'DeleteMessage',
              'PurgeQueue',
              'GetQueueUrl',
              'GetQueueAttributes',
              'ChangeMessageVisibility',
              'ListDeadLetterSourceQueues',
            ].map((action) => `sqs:${action}`),
          }),
        ],
      ],
    ])('of %s', async (_, statements) => {
      expect(await set(statements(await sqs.arn(url)))).toMatchObject({ status: 400, code: 'InvalidAttributeValue' });
    });

    it('that grows too long by permissions, one by one', async () => {
      const QueueUrl = await sqs.queue();
      const add = (Label: string) => ({ QueueUrl, Label, AWSAccountIds: [account], Actions: ['SendMessage'] });
      const account = (await sqs.arn(QueueUrl)).split(':')[4] ?? '';
      for (let index = 0; index < 20; index += 1) await sqs.client.send(new AddPermissionCommand(add(`p${index}`)));
      expect(await sqs.refusal('AddPermission', add('p20'))).toMatchObject({ status: 403, code: 'OverLimit' });
    });
  });

  describe('tags', () => {
    it('are kept, and taken away', async () => {
      const QueueUrl = await sqs.queue();
      await sqs.client.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'a', cost: '' } }));
      const tags = async () => (await sqs.client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags;
      await eventually(async () => expect(await tags()).toEqual({ team: 'a', cost: '' }));
      await sqs.client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['cost'] }));
      await eventually(async () => expect(await tags()).toEqual({ team: 'a' }));
    });
  });

  it('no page: all queues with a prefix are listed, page by page', async () => {
    const prefix = uniqueName('pages');
    const urls = await Promise.all(['a', 'b', 'c'].map((letter) => sqs.queue({}, `${prefix}-${letter}`)));
    await eventually(async () => {
      const pages: (readonly string[])[] = [];
      for await (const { QueueUrls = [] } of paginateListQueues({ client: sqs.client, pageSize: 2 }, { QueueNamePrefix: prefix }))
        pages.push(QueueUrls);
      expect(pages.flat().toSorted()).toEqual(urls.toSorted());
      expect(pages[0]).toHaveLength(2);
    });
    // Without MaxResults, there is one page.
    const { QueueUrls = [], NextToken } = await sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: prefix }));
    expect([QueueUrls.length, NextToken]).toEqual([3, undefined]);
  });
});
