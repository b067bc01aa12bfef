import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../local/clock.ts';
import { AwsError } from '../../../local/errors.ts';
import { createAuthorizer } from '../../../local/iam/authorizer.ts';
import { createIamStore } from '../../../local/iam/store.ts';
import { createRequestHandler } from '../../../local/request-handler.ts';
import { getCallerIdentity } from '../../../local/sts/actions/get-caller-identity.ts';
import { post, query, signed, wireOf } from './wire-builder.ts';

const parse = ({ body }: { readonly body: string }) =>
  new XMLParser({ parseTagValue: false, ignoreAttributes: false, ignoreDeclaration: true }).parse(body);

// random is 0.5 throughout: every digit of the request id is 8, its variant is a.
const REQUEST_ID = '88888888-8888-4888-a888-888888888888';

describe('the input of a Query request', () => {
  it.each([
    [
      // SQS API reference, CreateQueue, sample request (AWS query protocol); tags: TagQueue, sample request
      'maps of a name and a value',
      'sqs',
      'CreateQueue',
      'Action=CreateQueue&Version=2012-11-05&QueueName=q.fifo&Attribute.1.Name=FifoQueue&Attribute.1.Value=true' +
        '&Attribute.2.Name=VisibilityTimeout&Attribute.2.Value=40&Tag.1.Key=team&Tag.1.Value=a%26b',
      { QueueName: 'q.fifo', Attributes: { FifoQueue: 'true', VisibilityTimeout: '40' }, tags: { team: 'a&b' } },
    ],
    [
      // SQS API reference, SetQueueAttributes, sample request: one attribute without a number
      'a map with one entry without a number',
      'sqs',
      'SetQueueAttributes',
      'Action=SetQueueAttributes&Version=2012-11-05&QueueUrl=u&Attribute.Name=VisibilityTimeout&Attribute.Value=35',
      { QueueUrl: 'u', Attributes: { VisibilityTimeout: '35' } },
    ],
    [
      // As the AWS CLI 2.9.19 sends it (captured)
      'numbers and message attributes',
      'sqs',
      'SendMessage',
      'Action=SendMessage&Version=2012-11-05&QueueUrl=u&MessageBody=hi&DelaySeconds=3&MessageAttribute.1.Name=a' +
        '&MessageAttribute.1.Value.DataType=Binary&MessageAttribute.1.Value.BinaryValue=aGk%3D&MessageAttribute.2.Name=s' +
        '&MessageAttribute.2.Value.DataType=String&MessageAttribute.2.Value.StringValue=x',
      {
        QueueUrl: 'u',
        MessageBody: 'hi',
        DelaySeconds: 3,
        MessageAttributes: { a: { DataType: 'Binary', BinaryValue: 'aGk=' }, s: { DataType: 'String', StringValue: 'x' } },
      },
    ],
    [
      'lists of structures, in the order of their numbers',
      'sqs',
      'SendMessageBatch',
      'Action=SendMessageBatch&Version=2012-11-05&QueueUrl=u&SendMessageBatchRequestEntry.10.Id=c&SendMessageBatchRequestEntry.2.Id=b' +
        '&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=x&SendMessageBatchRequestEntry.2.MessageBody=y',
      { QueueUrl: 'u', Entries: [{ Id: 'a', MessageBody: 'x' }, { Id: 'b', MessageBody: 'y' }, { Id: 'c' }] },
    ],
    [
      // SQS API reference, ReceiveMessage, sample request: AttributeName=All
      'a list with one item without a number',
      'sqs',
      'ReceiveMessage',
      'Action=ReceiveMessage&Version=2012-11-05&QueueUrl=u&MaxNumberOfMessages=5&AttributeName=All&MessageAttributeName.1=All',
      { QueueUrl: 'u', MaxNumberOfMessages: 5, AttributeNames: ['All'], MessageAttributeNames: ['All'] },
    ],
    [
      // As the AWS CLI 2.9.19 sends it (captured); member lists and booleans of CloudWatch
      'member lists, decimals, booleans and times',
      'cloudwatch',
      'PutMetricData',
      'Action=PutMetricData&Version=2010-08-01&Namespace=N&MetricData.member.1.MetricName=m&MetricData.member.1.Value=1.5' +
        '&MetricData.member.1.Timestamp=2026-01-01T00%3A00%3A00Z&MetricData.member.1.Dimensions.member.1.Name=a' +
        '&MetricData.member.1.Dimensions.member.1.Value=b&StrictEntityValidation=false',
      {
        Namespace: 'N',
        MetricData: [{ MetricName: 'm', Value: 1.5, Timestamp: 1767225600, Dimensions: [{ Name: 'a', Value: 'b' }] }],
        StrictEntityValidation: false,
      },
    ],
    ['an empty list', 'cloudwatch', 'DescribeAlarms', 'Action=DescribeAlarms&Version=2010-08-01&AlarmNames=', { AlarmNames: [] }],
  ] as const)('reads %s', async (_, service, action, form, expected) => {
    const { handle, seen } = wireOf({ [service]: { [action]: () => ({}) } });
    expect((await query(handle, service === 'cloudwatch' ? 'monitoring' : service, form)).status).toBe(200);
    expect(seen[0]?.input).toEqual(expected);
  });

  it('takes the queue from the path of its URL', async () => {
    const { handle, seen } = wireOf({ sqs: { SendMessage: () => ({}) } });
    await query(handle, 'sqs', 'Action=SendMessage&Version=2012-11-05&MessageBody=x', '/123456789012/orders.fifo');
    await handle({
      method: 'GET',
      path: '/123456789012/orders/?Action=SendMessage&Version=2012-11-05&MessageBody=x',
      headers: { host: '127.0.0.1:4566', authorization: signed('sqs') },
      body: '',
    });
    expect(seen.map(({ input }) => input['QueueUrl'])).toEqual([
      'http://127.0.0.1:4566/123456789012/orders.fifo',
      'http://127.0.0.1:4566/123456789012/orders',
    ]);
  });

  it('may be presigned, and without a version the credential tells the service', async () => {
    const { handle, seen } = wireOf({ sqs: { ListQueues: () => ({}) } });
    const presigned =
      '/?Action=ListQueues&Version=2012-11-05&X-Amz-Credential=AKIDEXAMPLE%2F20261120%2Feu-west-1%2Fsqs%2Faws4_request';
    expect((await handle({ method: 'GET', path: presigned, headers: { host: 'h' }, body: '' })).status).toBe(200);
    expect((await query(handle, 'sqs', 'Action=ListQueues')).status).toBe(200);
    expect(seen).toHaveLength(2);
  });

  it.each([
    ['MaxNumberOfMessages=five', 'MaxNumberOfMessages: "five" is not a number'],
    ['MessageAttribute.1.Name=a&MaxNumberOfMessages=', 'MaxNumberOfMessages: "" is not a number'],
  ])('that is not of its member’s type is refused (%s)', async (parameters, message) => {
    const { handle, seen } = wireOf({ sqs: { ReceiveMessage: () => ({}) } });
    const answer = await query(handle, 'sqs', `Action=ReceiveMessage&Version=2012-11-05&QueueUrl=u&${parameters}`);
    expect(answer.status).toBe(400);
    expect(parse(answer).ErrorResponse.Error).toMatchObject({ Code: 'MalformedInput', Message: message });
    expect(seen).toEqual([]);
  });
});

describe('the answer of a Query request', () => {
  it('of SQS has flattened lists and maps under their own names', async () => {
    const message = {
      MessageId: '5fea7756-0ea4-451a-a703-a558b933e274',
      ReceiptHandle: 'AQEB+/=',
      MD5OfBody: 'fafb00f5732ab283681e124bf8747ed1',
      Body: 'This is a <test> & "message"',
      Attributes: { SenderId: '195004372649', SentTimestamp: '1238099229000' },
    };
    const { handle } = wireOf({ sqs: { ReceiveMessage: () => ({ Messages: [message] }) } });
    const answer = await query(handle, 'sqs', 'Action=ReceiveMessage&Version=2012-11-05&QueueUrl=u');
    expect(answer.headers['content-type']).toBe('text/xml');
    // SQS API reference, ReceiveMessage, "Sample Response" of the AWS query protocol
    expect(parse(answer)).toEqual({
      ReceiveMessageResponse: {
        '@_xmlns': 'http://queue.amazonaws.com/doc/2012-11-05/',
        ReceiveMessageResult: {
          Message: {
            MessageId: '5fea7756-0ea4-451a-a703-a558b933e274',
            ReceiptHandle: 'AQEB+/=',
            MD5OfBody: 'fafb00f5732ab283681e124bf8747ed1',
            Body: 'This is a <test> & "message"',
            Attribute: [
              { Name: 'SenderId', Value: '195004372649' },
              { Name: 'SentTimestamp', Value: '1238099229000' },
            ],
          },
        },
        ResponseMetadata: { RequestId: REQUEST_ID },
      },
    });
  });

  it('of SQS without a result has only its metadata', async () => {
    const { handle } = wireOf({ sqs: { DeleteMessage: () => undefined } });
    const answer = await query(handle, 'sqs', 'Action=DeleteMessage&Version=2012-11-05&QueueUrl=u&ReceiptHandle=r');
    // SQS API reference, DeleteMessage, "Sample Response" of the AWS query protocol
    expect(answer.body).toBe(
      `<?xml version="1.0"?><DeleteMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><ResponseMetadata><RequestId>${REQUEST_ID}</RequestId></ResponseMetadata></DeleteMessageResponse>`,
    );
  });

  it('of CloudWatch has member lists, and times in ISO 8601', async () => {
    const { handle } = wireOf({
      cloudwatch: {
        GetMetricStatistics: () => ({ Label: 'm', Datapoints: [{ Timestamp: 1767225600, Average: 0.02, Unit: 'Seconds' }] }),
      },
    });
    const answer = await query(handle, 'monitoring', 'Action=GetMetricStatistics&Version=2010-08-01');
    // CloudWatch API reference, GetMetricStatistics, "Sample Response"
    expect(parse(answer).GetMetricStatisticsResponse).toMatchObject({
      '@_xmlns': 'http://monitoring.amazonaws.com/doc/2010-08-01/',
      GetMetricStatisticsResult: {
        Label: 'm',
        Datapoints: { member: { Timestamp: '2026-01-01T00:00:00.000Z', Average: '0.02', Unit: 'Seconds' } },
      },
    });
  });

  it('keeps line ends and leaves out what XML cannot hold', async () => {
    const { handle } = wireOf({ sqs: { GetQueueUrl: () => ({ QueueUrl: 'a\r\nb\u0000c' }) } });
    const answer = await query(handle, 'sqs', 'Action=GetQueueUrl&Version=2012-11-05&QueueName=q');
    expect(answer.body).toContain('<QueueUrl>a&#xD;\nbc</QueueUrl>');
  });

  it('of STS is read by the SDK', async () => {
    const iam = createIamStore({ clock: manualClock(), random: () => 0.5, account: '123456789012' });
    const stsStore = {
      iamIn: () => iam,
      authorizer: createAuthorizer({
        clock: iam.clock,
        iamOf: () => iam,
        iams: () => [iam],
        policyOf: () => undefined,
        ownerOf: () => undefined,
        hereOf: (place) => ({ place, hashKeyOf: () => undefined, groupOf: () => undefined, tagsOf: () => ({}) }),
        record: undefined,
      }),
    };
    const { handle } = wireOf({
      sts: { GetCallerIdentity: (_, input, context) => getCallerIdentity(stsStore, input, context) },
    });
    const sts = new STSClient({
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1:4566',
      credentials: { accessKeyId: 'local', secretAccessKey: 'secret' },
      requestHandler: createRequestHandler(handle),
    });
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/local' });
    // IAM user guide, reference_identifiers: AIDA is an IAM user's prefix
    expect(identity.UserId).toMatch(/^AIDA[0-9A-Z]{17}$/);
  });
});

describe('an error in the Query protocol', () => {
  const error = async (
    service: 'sqs' | 'cloudwatch' | 'sts',
    action: string,
    thrown: AwsError,
    version: string,
    signing: string,
  ) => {
    const { handle } = wireOf({
      [service]: {
        [action]: () => {
          throw thrown;
        },
      },
    });
    return query(handle, signing, `Action=${action}&Version=${version}`);
  };

  it('of SQS has AWS’s query code, its status and an empty detail', async () => {
    const thrown = new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    const answer = await error('sqs', 'GetQueueUrl', thrown, '2012-11-05', 'sqs');
    expect(answer.status).toBe(400);
    // sqs.json, the cases of [sqs_query]: Type, Code, Message and a Detail without content
    expect(parse(answer).ErrorResponse).toEqual({
      '@_xmlns': 'http://queue.amazonaws.com/doc/2012-11-05/',
      Error: {
        Type: 'Sender',
        Code: 'AWS.SimpleQueueService.NonExistentQueue',
        Message: 'The specified queue does not exist.',
        Detail: '',
      },
      RequestId: REQUEST_ID,
    });
  });

  it('has the status of AWS’s model where it differs', async () => {
    // sqs.json, test_successive_purge_calls_fail[sqs_query]: 403
    const purge = new AwsError('PurgeQueueInProgress', 'Only one PurgeQueue operation on q is allowed every 60 seconds.', {
      status: 403,
    });
    const answer = await error('sqs', 'PurgeQueue', purge, '2012-11-05', 'sqs');
    expect(answer.status).toBe(403);
    expect(parse(answer).ErrorResponse.Error.Code).toBe('AWS.SimpleQueueService.PurgeQueueInProgress');
  });

  it('of CloudWatch has no detail', async () => {
    const thrown = new AwsError('ValidationError', 'Period must not be null');
    const answer = await error('cloudwatch', 'PutMetricAlarm', thrown, '2010-08-01', 'monitoring');
    expect(parse(answer).ErrorResponse.Error).toEqual({
      Type: 'Sender',
      Code: 'ValidationError',
      Message: 'Period must not be null',
    });
  });

  it('for an action that is not there names it', async () => {
    const { handle } = wireOf({ sts: {} });
    const answer = await query(handle, 'sts', 'Action=AssumeRole&Version=2011-06-15');
    expect(answer.status).toBe(400);
    expect(parse(answer).ErrorResponse.Error).toMatchObject({
      Code: 'InvalidAction',
      Message: 'the local cloud does not know the action AssumeRole of sts',
    });
  });

  it('answers even where nothing can be made of the request', async () => {
    const { handle } = wireOf({ sqs: { ListQueues: () => ({}) } });
    const answer = await post(handle, { authorization: 'Credential=%/%' }, '', '/%?Action=%&%=%');
    expect(answer.status).toBe(404);
  });

  it('for a service that is not there names action and version', async () => {
    const { handle } = wireOf({});
    const answer = await query(handle, 'autoscaling', 'Action=DescribeAutoScalingGroups&Version=2011-01-01');
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body).message).toBe(
      'the local cloud does not know the action DescribeAutoScalingGroups of API version 2011-01-01',
    );
  });

  it('without a signature, or with that of no region, is 403', async () => {
    const { handle } = wireOf({ sqs: { ListQueues: () => ({}) } });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const unsigned = await post(handle, form, 'Action=ListQueues&Version=2012-11-05');
    expect([unsigned.status, parse(unsigned).ErrorResponse.Error.Code]).toEqual([403, 'MissingAuthenticationToken']);
    const elsewhere = await post(
      handle,
      { ...form, authorization: signed('sqs', 'mars-1') },
      'Action=ListQueues&Version=2012-11-05',
    );
    expect([elsewhere.status, parse(elsewhere).ErrorResponse.Error.Code]).toEqual([403, 'SignatureDoesNotMatch']);
  });
});
