import { crc32, gzipSync } from 'node:zlib';
import {
  DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import { GetQueueUrlCommand, QueueDoesNotExist, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/errors.ts';
import { createRequestHandler } from '../../../local/request-handler.ts';
import type { Handle } from '../../../local/wire/http.ts';
import { json, post, signed, wireOf } from './wire-builder.ts';

const access = (handle: Handle) => ({
  region: 'eu-west-1',
  endpoint: 'http://127.0.0.1:4566',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
  requestHandler: createRequestHandler(handle),
});

const refusing = (error: AwsError) => () => {
  throw error;
};

const body = (response: { readonly body: string }) => JSON.parse(response.body);

describe('a JSON request', () => {
  it('reaches the action with its members, its caller and the endpoint that the client uses', async () => {
    const { handle, seen } = wireOf({
      sqs: { SendMessage: () => ({ MessageId: 'm-1', MD5OfMessageBody: '49f68a5c8493ec2c0bf489821c21fc3b' }) },
    });
    const sqs = new SQSClient(access(handle));
    const answer = await sqs.send(
      new SendMessageCommand({ QueueUrl: 'http://127.0.0.1:4566/123456789012/q', MessageBody: 'hi' }),
    );
    expect(answer.MessageId).toBe('m-1');
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.input).toEqual({ QueueUrl: 'http://127.0.0.1:4566/123456789012/q', MessageBody: 'hi' });
    expect(seen[0]?.context).toMatchObject({
      endpoint: 'http://127.0.0.1:4566',
      caller: {
        account: '123456789012',
        region: 'eu-west-1',
        accessKeyId: 'AKIDEXAMPLE',
        arn: 'arn:aws:iam::123456789012:user/AKIDEXAMPLE',
      },
    });
  });

  it('may be compressed with gzip, as CloudWatch clients do', async () => {
    const { handle, seen } = wireOf({ cloudwatch: { PutMetricData: () => ({}) } });
    const headers = {
      authorization: signed('monitoring'),
      'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData',
      'content-encoding': 'gzip',
    };
    expect((await post(handle, headers, gzipSync('{"Namespace":"N"}'))).status).toBe(200);
    expect(seen[0]?.input).toEqual({ Namespace: 'N' });
    expect((await post(handle, headers, 'not gzip')).status).toBe(400);
  });

  it('with an empty body has no members, and null members are not given', async () => {
    const { handle, seen } = wireOf({ ecs: { ListClusters: () => ({}) } });
    await json(handle, 'ecs', 'AmazonEC2ContainerServiceV20141113.ListClusters', '');
    await json(handle, 'ecs', 'AmazonEC2ContainerServiceV20141113.ListClusters', '{"nextToken":null}');
    expect(seen.map(({ input }) => input)).toEqual([{}, {}]);
  });

  it('of DynamoDB is answered with its CRC-32', async () => {
    const { handle } = wireOf({ dynamodb: { ListTables: () => ({ TableNames: ['a'] }) } });
    const answer = await json(handle, 'dynamodb', 'DynamoDB_20120810.ListTables', '{}');
    expect(answer.body).toBe('{"TableNames":["a"]}');
    expect(answer.headers['x-amz-crc32']).toBe(String(crc32('{"TableNames":["a"]}')));
    expect(answer.headers['content-type']).toBe('application/x-amz-json-1.0');
  });

  it('of JSON 1.1 is answered as JSON 1.1, without a checksum', async () => {
    const { handle } = wireOf({ events: { ListRules: () => ({ Rules: [] }) } });
    const answer = await json(handle, 'events', 'AWSEvents.ListRules', '{}');
    expect(answer.headers['content-type']).toBe('application/x-amz-json-1.1');
    expect(answer.headers['x-amz-crc32']).toBeUndefined();
  });
});

// The forms of `__type`: botocore and the SDKs cut at '#'; x-amzn-query-error: Smithy, "AWS query compatible" (awsQueryCompatible trait).
describe('an error in JSON', () => {
  it('of SQS carries its type, its name in the Query protocol, and reaches the SDK as its class', async () => {
    const { handle } = wireOf({
      sqs: { GetQueueUrl: refusing(new AwsError('QueueDoesNotExist', 'The specified queue does not exist.')) },
    });
    const raw = await json(handle, 'sqs', 'AmazonSQS.GetQueueUrl', '{"QueueName":"q"}');
    expect(raw.status).toBe(400);
    expect(body(raw)).toEqual({ __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' });
    expect(raw.headers['x-amzn-query-error']).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
    await expect(new SQSClient(access(handle)).send(new GetQueueUrlCommand({ QueueName: 'q' }))).rejects.toBeInstanceOf(
      QueueDoesNotExist,
    );
  });

  it('of SQS that has a Query name of its own carries that', async () => {
    const missing = new AwsError('MissingRequiredParameterException', 'The request must contain the parameter MessageGroupId.', {
      queryCode: 'MissingParameter',
    });
    const { handle } = wireOf({ sqs: { SendMessage: refusing(missing) } });
    const raw = await json(handle, 'sqs', 'AmazonSQS.SendMessage', '{}');
    // sqs.json, test_posting_to_fifo_requires_deduplicationid_group_id[sqs]
    expect(raw.headers['x-amzn-query-error']).toBe('MissingParameter;Sender');
    expect(body(raw).__type).toBe('com.amazonaws.sqs#MissingRequiredParameterException');
  });

  it('of DynamoDB names its version, and a failed validation its validator', async () => {
    const { handle } = wireOf({
      dynamodb: {
        GetItem: refusing(new AwsError('ResourceNotFoundException', 'Requested resource not found')),
        PutItem: refusing(new AwsError('ValidationException', 'Item size has exceeded the maximum allowed size')),
      },
    });
    expect(body(await json(handle, 'dynamodb', 'DynamoDB_20120810.GetItem', '{}'))).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
      message: 'Requested resource not found',
    });
    expect(body(await json(handle, 'dynamodb', 'DynamoDB_20120810.PutItem', '{}')).__type).toBe(
      'com.amazon.coral.validate#ValidationException',
    );
    const client = new DynamoDBClient(access(handle));
    await expect(client.send(new GetItemCommand({ TableName: 't', Key: { a: { S: '1' } } }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    });
  });

  it('carries its further members, such as the reasons of a cancelled transaction', async () => {
    const reasons = [{ Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' }, { Code: 'None' }];
    const text = 'Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None]';
    const { handle } = wireOf({
      dynamodb: {
        TransactWriteItems: refusing(
          new AwsError('TransactionCanceledException', text, { details: { CancellationReasons: reasons } }),
        ),
      },
    });
    const client = new DynamoDBClient(access(handle));
    const error = await client.send(new TransactWriteItemsCommand({ TransactItems: [] })).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error).toMatchObject({ message: text, CancellationReasons: reasons });
  });

  it('of the other services has a plain type', async () => {
    const { handle } = wireOf({
      ecs: { DescribeClusters: refusing(new AwsError('ClusterNotFoundException', 'Cluster not found.')) },
    });
    expect(body(await json(handle, 'ecs', 'AmazonEC2ContainerServiceV20141113.DescribeClusters', '{}'))).toEqual({
      __type: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    });
    await expect(new ECSClient(access(handle)).send(new DescribeClustersCommand({}))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
    });
  });

  it('that is a bug of the local cloud is a 500 that says so', async () => {
    const { handle } = wireOf({
      ecs: {
        ListClusters: () => {
          throw new TypeError('x is not a function');
        },
      },
    });
    const raw = await json(handle, 'ecs', 'AmazonEC2ContainerServiceV20141113.ListClusters', '{}');
    expect(raw.status).toBe(500);
    expect(body(raw).message).toMatch(/^the local cloud has a bug: TypeError: x is not a function/);
  });
});

describe('a JSON request that cannot be read', () => {
  const target = 'AmazonSQS.SendMessage';
  const { handle, seen } = wireOf({ sqs: { SendMessage: () => ({}) }, events: { PutRule: () => ({}) } });

  it.each([
    ['is not JSON', '{"QueueUrl":'],
    ['is not an object', '["QueueUrl"]'],
    ['has a number where a text belongs', '{"MessageBody":5}'],
    ['has a text where a number belongs', '{"DelaySeconds":"5"}'],
    ['has a list where a text belongs', '{"MessageBody":["a"]}'],
    [
      'has a map where a list belongs',
      '{"MessageBody":"a","MessageAttributes":{"a":{"DataType":"String","StringListValues":{}}}}',
    ],
    ['has a text where a map belongs', '{"MessageAttributes":"a"}'],
  ])('because it %s is a SerializationException, and reaches nothing', async (_, text) => {
    const raw = await json(handle, 'sqs', target, text);
    expect(raw.status).toBe(400);
    expect(body(raw).__type).toBe('com.amazon.coral.service#SerializationException');
    expect(body(raw).Message).not.toBe('');
    expect(seen).toEqual([]);
  });
});

describe('a request that is not one of the local cloud', () => {
  const { handle } = wireOf({ sqs: { SendMessage: () => ({}) }, dynamodb: { ListTables: () => ({}) } });

  it('for an operation that is not there names it', async () => {
    const raw = await json(handle, 'dynamodb', 'DynamoDB_20120810.ExportTableToPointInTime', '{}');
    expect(raw.status).toBe(400);
    expect(body(raw)).toEqual({
      __type: 'com.amazon.coral.service#UnknownOperationException',
      message: 'the local cloud does not know the operation ExportTableToPointInTime of dynamodb',
    });
  });

  it('for a service that is not there names its target', async () => {
    const raw = await json(handle, 'kinesis', 'Kinesis_20131202.PutRecord', '{}');
    expect(raw.status).toBe(404);
    expect(body(raw)).toEqual({
      __type: 'UnknownOperationException',
      message: 'the local cloud does not know the target Kinesis_20131202.PutRecord',
    });
  });

  it('for an unknown path names it', async () => {
    const raw = await handle({ method: 'GET', path: '/some-bucket/key', headers: { host: 'h' }, body: '' });
    expect(raw.status).toBe(404);
    expect(body(raw).message).toBe('the local cloud does not know GET /some-bucket/key');
  });

  it('in a protocol that it does not speak says which', async () => {
    const headers = { authorization: signed('monitoring'), 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
    const raw = await post(
      handle,
      headers,
      new Uint8Array([0xbf, 0xff]),
      '/service/GraniteServiceVersion20100801/operation/ListMetrics',
    );
    expect(raw.status).toBe(404);
    expect(body(raw).message).toMatch(/does not speak rpc-v2-cbor/);
  });

  it('without a signature is refused', async () => {
    const raw = await post(handle, { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, '{}');
    expect(raw.status).toBe(400);
    expect(body(raw).__type).toBe('com.amazon.coral.service#MissingAuthenticationTokenException');
    expect(body(raw).message).toBe('Request is missing Authentication Token');
  });

  it('signed for what is no region is refused', async () => {
    const headers = { authorization: signed('dynamodb', 'mars-1'), 'x-amz-target': 'DynamoDB_20120810.ListTables' };
    const raw = await post(handle, headers, '{}');
    expect(body(raw).__type).toBe('com.amazon.coral.service#InvalidSignatureException');
    expect(body(raw).message).toMatch(/^Credential should be scoped to a valid region, not 'mars-1'\./);
  });

  it('signed for another service is refused', async () => {
    const raw = await json(handle, 'sqs', 'DynamoDB_20120810.ListTables', '{}');
    expect(body(raw).message).toBe("Credential should be scoped to correct service: 'dynamodb'.");
  });

  it('with an Authorization header of another form is refused', async () => {
    const raw = await post(handle, { authorization: 'Basic eDp5', 'x-amz-target': 'DynamoDB_20120810.ListTables' }, '{}');
    expect(body(raw).__type).toBe('com.amazon.coral.service#IncompleteSignatureException');
  });

  it('of more than 8 MB is refused, compressed or not', async () => {
    const large = 'x'.repeat(8 * 1024 * 1024 + 1);
    expect((await json(handle, 'dynamodb', 'DynamoDB_20120810.ListTables', large)).status).toBe(413);
    const headers = {
      authorization: signed('dynamodb'),
      'x-amz-target': 'DynamoDB_20120810.ListTables',
      'content-encoding': 'gzip',
    };
    expect((await post(handle, headers, gzipSync(large))).status).toBe(413);
  });

  it('for the root is greeted in plain text', async () => {
    const raw = await handle({ method: 'GET', path: '/', headers: {}, body: '' });
    expect(raw.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(raw.body).toMatch(/^This is Switchyard's local cloud: .*\n$/);
  });
});
