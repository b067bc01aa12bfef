import { CloudWatchClient, DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, leftOut, openEndpoint, uniqueName } from './endpoint.ts';
import { callJson, callQuery, jsonError, queryError, type RawAnswer, sendRaw } from './signed-request.ts';
import { openSqs, type Sqs } from './sqs.ts';

/** What the protocols have in common, asked without an SDK between. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const SQS_VERSION = { Version: '2012-11-05' };
const CLOUDWATCH_VERSION = { Version: '2010-08-01' };
const STS_VERSION = { Version: '2011-06-15' };

const xml = ({ body }: RawAnswer) => new XMLParser({ parseTagValue: false, ignoreDeclaration: true }).parse(body);

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await openEndpoint();
});
afterAll(() => endpoint.close());

// SQS developer guide, "Making Query API requests" and "Making requests using the AWS JSON protocol".
describe.skipIf(leftOut('sqs'))('SQS (skipped where CONFORMANCE_SKIP names sqs)', () => {
  let sqs: Sqs;
  let url: string;
  beforeAll(async () => {
    sqs = openSqs(endpoint);
    url = await sqs.queue({ VisibilityTimeout: '7' });
  });
  afterAll(() => sqs.clean());

  const json = (action: string, input: unknown, more = {}) => callJson(endpoint, 'sqs', `AmazonSQS.${action}`, input, more);
  const query = (Action: string, more: Readonly<Record<string, string>> = {}) =>
    callQuery(endpoint, 'sqs', { Action, ...SQS_VERSION, ...more });

  it('answers the same in both protocols: attributes of a queue', async () => {
    const names = ['VisibilityTimeout', 'QueueArn', 'CreatedTimestamp'];
    const inJson = JSON.parse((await json('GetQueueAttributes', { QueueUrl: url, AttributeNames: names })).body);
    const [one, two, three] = names.map((name, index) => ({ [`AttributeName.${index + 1}`]: name }));
    const inXml = xml(await query('GetQueueAttributes', { QueueUrl: url, ...one, ...two, ...three }));
    const { Attribute } = inXml.GetQueueAttributesResponse.GetQueueAttributesResult;
    expect(Object.fromEntries(Attribute.map(({ Name, Value }: Record<string, string>) => [Name, Value]))).toEqual(
      inJson.Attributes,
    );
    expect(inJson.Attributes).toMatchObject({ VisibilityTimeout: '7', CreatedTimestamp: expect.stringMatching(/^\d{10}$/) });
  });

  it('answers the same in both protocols: a message that was sent, and its digests', async () => {
    const attribute = { DataType: 'Number', StringValue: '42' };
    const input = { QueueUrl: url, MessageBody: 'hello', MessageAttributes: { n: attribute } };
    const inJson = JSON.parse((await json('SendMessage', input)).body);
    const parameters = {
      QueueUrl: url,
      MessageBody: 'hello',
      'MessageAttribute.1.Name': 'n',
      'MessageAttribute.1.Value.DataType': 'Number',
      'MessageAttribute.1.Value.StringValue': '42',
    };
    const { SendMessageResult: inXml } = xml(await query('SendMessage', parameters)).SendMessageResponse;
    expect(inXml.MD5OfMessageBody).toBe(inJson.MD5OfMessageBody);
    expect(inXml.MD5OfMessageAttributes).toBe(inJson.MD5OfMessageAttributes);
    // printf hello | md5sum
    expect(inJson.MD5OfMessageBody).toBe('5d41402abc4b2a76b9719d911017c592');
    expect([inXml.MessageId, inJson.MessageId].every((id) => UUID.test(id))).toBe(true);
  });

  it('gives a message with its attributes in the Query protocol, by one name and by a list of them', async () => {
    const queue = await sqs.queue();
    for (const name of ['AttributeName.1', 'AttributeName']) {
      await sqs.send(queue, name, { MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } });
      const asked = { QueueUrl: queue, WaitTimeSeconds: '5', [name]: 'ApproximateReceiveCount', 'MessageAttributeName.1': 'All' };
      const { Message } = xml(await query('ReceiveMessage', asked)).ReceiveMessageResponse.ReceiveMessageResult;
      expect(Message).toMatchObject({
        Body: name,
        Attribute: { Name: 'ApproximateReceiveCount', Value: '1' },
        MessageAttribute: { Name: 'kind', Value: { DataType: 'String', StringValue: 'x' } },
      });
      await sqs.delete(queue, Message);
    }
  });

  it('takes the queue of the address in the Query protocol', async () => {
    const { pathname } = new URL(url);
    const parameters = { Action: 'SendMessage', ...SQS_VERSION, MessageBody: 'by its address' };
    const { status, body } = await callQuery(endpoint, 'sqs', parameters, { path: pathname });
    expect([status, body.includes('<MessageId>')]).toEqual([200, true]);
  });

  it('says no in both protocols: the same error, in the words of each', async () => {
    const QueueUrl = `${url}-that-is-not-there`;
    // Recorded: the two protocols' messages differ.
    expect(jsonError(await json('SendMessage', { QueueUrl, MessageBody: 'x' }))).toEqual({
      status: 400,
      code: 'QueueDoesNotExist',
      queryError: 'AWS.SimpleQueueService.NonExistentQueue;Sender',
      message: 'The specified queue does not exist.',
    });
    expect(queryError(await query('SendMessage', { QueueUrl, MessageBody: 'x' }))).toEqual({
      status: 400,
      code: 'AWS.SimpleQueueService.NonExistentQueue',
      message: 'The specified queue does not exist for this wsdl version.',
    });
  });

  it('has an id for each request, in the header and in the body', async () => {
    const inJson = await json('GetQueueUrl', { QueueName: url.split('/').at(-1) });
    expect(inJson.header('x-amzn-requestid')).toMatch(UUID);
    expect(inJson.header('content-type')).toBe('application/x-amz-json-1.0');
    const inXml = await query('GetQueueUrl', { QueueName: url.split('/').at(-1) ?? '' });
    expect(inXml.header('content-type')).toMatch(/^text\/xml/);
    expect(xml(inXml).GetQueueUrlResponse.ResponseMetadata.RequestId).toBe(inXml.header('x-amzn-requestid'));
    const refused = await query('GetQueueUrl', { QueueName: uniqueName('nothing') });
    expect(xml(refused).ErrorResponse.RequestId).toBe(refused.header('x-amzn-requestid'));
    expect(xml(refused).ErrorResponse.Error.Type).toBe('Sender');
  });

  it('does not know what it does not have', async () => {
    expect(jsonError(await json('DoSomething', {}))).toMatchObject({ status: 400, code: 'UnknownOperationException' });
    expect(queryError(await query('DoSomething'))).toMatchObject({ status: 400, code: 'InvalidAction' });
  });

  it.each([
    ['no JSON', '{"QueueName": '],
    ['no object', '[]'],
    ['another type', '{"QueueName": 5}'],
  ])('cannot read %s', async (_, body) => {
    expect(jsonError(await json('GetQueueUrl', body))).toMatchObject({ status: 400, code: 'SerializationException' });
  });

  it('wants to know who asks', async () => {
    const unsigned = await callQuery(endpoint, 'sqs', { Action: 'ListQueues', ...SQS_VERSION }, { signed: false });
    // API reference, Common Errors: MissingAuthenticationToken, 403
    expect(queryError(unsigned)).toMatchObject({ status: 403, code: 'MissingAuthenticationToken' });
  });

  it('wants a signature for a region and its own service', async () => {
    const parameters = { Action: 'ListQueues', ...SQS_VERSION };
    expect((await callQuery(endpoint, 'sqs', parameters, { region: 'mars-1' })).status).toBe(403);
    expect((await json('ListQueues', {}, { region: 'mars-1' })).status).toBeGreaterThanOrEqual(400);
  });
});

// CloudWatch API reference, "Making API requests"; each operation's sample requests.
describe.skipIf(leftOut('cloudwatch'))('CloudWatch (skipped where CONFORMANCE_SKIP names cloudwatch)', () => {
  const AlarmName = uniqueName('conformance');
  let client: CloudWatchClient;
  beforeAll(async () => {
    client = new CloudWatchClient(endpoint.config);
    const alarm = { MetricName: 'Errors', Namespace: 'Conformance', Statistic: 'Sum', Period: 60, EvaluationPeriods: 2 } as const;
    const compare = { Threshold: 1.5, ComparisonOperator: 'GreaterThanThreshold' } as const;
    await client.send(new PutMetricAlarmCommand({ AlarmName, ...alarm, ...compare }));
  });
  afterAll(() => client.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] })));

  const json = (action: string, input: unknown) =>
    callJson(endpoint, 'monitoring', `GraniteServiceVersion20100801.${action}`, input);
  const query = (Action: string, more: Readonly<Record<string, string>>) =>
    callQuery(endpoint, 'monitoring', { Action, ...CLOUDWATCH_VERSION, ...more });

  it('answers the same in both protocols', async () => {
    const [inJson] = JSON.parse((await json('DescribeAlarms', { AlarmNames: [AlarmName] })).body).MetricAlarms;
    const answer = await query('DescribeAlarms', { 'AlarmNames.member.1': AlarmName });
    const { DescribeAlarmsResponse } = xml(answer);
    const { member } = DescribeAlarmsResponse.DescribeAlarmsResult.MetricAlarms;
    for (const name of ['AlarmName', 'AlarmArn', 'StateValue', 'MetricName', 'Namespace', 'Statistic', 'ComparisonOperator'])
      expect(member[name], name).toBe(inJson[name]);
    expect([Number(member.Threshold), Number(member.Period), Number(member.EvaluationPeriods)]).toEqual([1.5, 60, 2]);
    expect([inJson.Threshold, inJson.Period, inJson.EvaluationPeriods]).toEqual([1.5, 60, 2]);
    // Seconds in JSON, ISO 8601 in XML
    expect(Date.parse(member.StateUpdatedTimestamp) / 1000).toBeCloseTo(inJson.StateUpdatedTimestamp, 0);
    expect(DescribeAlarmsResponse.ResponseMetadata.RequestId).toBe(answer.header('x-amzn-requestid'));
  });

  it('says no in both protocols', async () => {
    const input = { AlarmName: uniqueName('nothing'), StateValue: 'ALARM', StateReason: 'test' };
    // SetAlarmState: ResourceNotFound, 404
    expect(queryError(await query('SetAlarmState', input))).toMatchObject({ status: 404, code: 'ResourceNotFound' });
    expect(jsonError(await json('SetAlarmState', input))).toMatchObject({ code: 'ResourceNotFound' });
  });
});

// STS API reference, GetCallerIdentity: its sample request and response.
describe.skipIf(leftOut('sts'))('STS (skipped where CONFORMANCE_SKIP names sts)', () => {
  it('says who asks, by POST and by GET', async () => {
    const parameters = { Action: 'GetCallerIdentity', ...STS_VERSION };
    const posted = await callQuery(endpoint, 'sts', parameters);
    const got = await sendRaw(endpoint, 'sts', { method: 'GET', path: `/?${new URLSearchParams(parameters)}` });
    const of = (answer: RawAnswer) => xml(answer).GetCallerIdentityResponse.GetCallerIdentityResult;
    expect(of(posted)).toMatchObject({ Account: expect.stringMatching(/^\d{12}$/), Arn: expect.stringMatching(/^arn:aws:/) });
    expect(of(got)).toEqual(of(posted));
    expect(of(posted).UserId).toMatch(/.+/);
    expect(xml(got).GetCallerIdentityResponse.ResponseMetadata.RequestId).toBe(got.header('x-amzn-requestid'));
  });

  it('does not know what it does not have', async () => {
    const answer = await callQuery(endpoint, 'sts', { Action: 'DoSomething', ...STS_VERSION });
    expect(queryError(answer)).toMatchObject({ status: 400, code: 'InvalidAction' });
  });
});
