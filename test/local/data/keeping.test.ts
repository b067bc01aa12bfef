import { appendFileSync, cpSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DeleteTableCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { BatchGetImageCommand, DescribeImagesCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { ListRulesCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Journal, openJournal } from '../../../local/data/journal.ts';
import { amount } from '../../amount.ts';
import { startPipeline } from '../../scenarios/pipeline.ts';

const SERVICE = 'adit-service-preprod';
let root = '';
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'switchyard-data-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const newFolder = (): string => {
  count += 1;
  return join(root, String(count));
};

const running = async (data: Journal, start?: number) =>
  startPipeline({ services: [SERVICE], data, ...(start === undefined ? {} : { start }) });

/** As the folder is at this moment: what a killed process leaves. */
const asKilled = (folder: string): string => {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, 'lock'));
  return copy;
};

describe('what is kept in a folder', () => {
  it('is everything, and the next cloud goes on with it', async () => {
    const folder = newFolder();
    const first = await running(openJournal(folder));
    await first.earnFirst('preprod', SERVICE);
    await first.deploy('preprod', 'preprod:late', SERVICE);
    expect((await first.verdict()).type).toBe('DeploymentSucceeded');
    const { QueueUrl } = await first.sqs.send(new CreateQueueCommand({ QueueName: 'mine' }));
    await first.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept', DelaySeconds: 60 }));
    await first.events.send(new PutRuleCommand({ Name: 'mine', EventPattern: '{"source":["me"]}' }));
    await first.setAlarm('adit-service-preprod-5xx', 'OK');
    await new IAMClient(first.access).send(new CreateUserCommand({ UserName: 'ann' }));
    const [good] = await new ECRClient(first.access)
      .send(new BatchGetImageCommand({ repositoryName: 'preprod', imageIds: [{ imageTag: 'good' }] }))
      .then(({ images = [] }) => images);
    await new ECRClient(first.access).send(
      new PutImageCommand({ repositoryName: 'preprod', imageManifest: good?.imageManifest, imageTag: 'release' }),
    );
    const items = (await first.dynamodb.send(new ScanCommand({ TableName: 'switchyard' }))).Items;
    const digest = await first.runningDigest('adit-preprod', SERVICE);

    const second = await running(openJournal(asKilled(folder)), first.clock.now());
    expect((await second.dynamodb.send(new ScanCommand({ TableName: 'switchyard' }))).Items).toEqual(items);
    expect(await second.runningDigest('adit-preprod', SERVICE)).toBe(digest);
    const { Messages } = await second.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages).toBeUndefined();
    const kept = await new ECRClient(second.access).send(
      new DescribeImagesCommand({ repositoryName: 'preprod', imageIds: [{ imageTag: 'release' }] }),
    );
    expect(kept.imageDetails?.[0]?.imageDigest).toBe(good?.imageId?.imageDigest);
    await second.pass(60);
    expect((await second.sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toMatchObject([{ Body: 'kept' }]);
    expect((await second.events.send(new ListRulesCommand({ NamePrefix: 'mine' }))).Rules).toMatchObject([
      { Name: 'mine', State: 'ENABLED' },
    ]);
    const alarms = await new CloudWatchClient(second.access).send(
      new DescribeAlarmsCommand({ AlarmNames: ['adit-service-preprod-5xx'] }),
    );
    expect(alarms.MetricAlarms).toMatchObject([{ StateValue: 'OK' }]);
    await expect(new IAMClient(second.access).send(new CreateUserCommand({ UserName: 'ann' }))).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    });
    // The window is open still: an alarm after the restart rolls back what was deployed before it.
    await second.setAlarm('adit-service-preprod-5xx', 'ALARM');
    expect(await second.verdict()).toMatchObject({ type: 'RollbackSucceeded', detail: { reason: { code: 'alarm' } } });
  });

  it('lets a task that fails later fail after the restart too, and listens again', async () => {
    const folder = newFolder();
    const first = await running(openJournal(folder));
    await first.earnFirst('preprod', SERVICE);
    const { taskArns = [] } = await first.ecs.send(new ListTasksCommand({ cluster: 'adit-preprod', serviceName: SERVICE }));
    const second = await running(openJournal(asKilled(folder)), first.clock.now());
    await second.deploy('preprod', 'preprod:crashing', SERVICE);
    expect((await second.verdict()).type).toBe('DeploymentRolledBack');
    const { tasks = [] } = await second.ecs.send(new DescribeTasksCommand({ cluster: 'adit-preprod', tasks: taskArns }));
    expect(tasks).toHaveLength(1);
  });

  it('is not the items of a table that was deleted, not even for another of its name', async () => {
    const folder = newFolder();
    const first = await running(openJournal(folder));
    const table = {
      TableName: 'mine',
      BillingMode: 'PAY_PER_REQUEST' as const,
      AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'S' as const }],
      KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' as const }],
    };
    await first.dynamodb.send(new CreateTableCommand(table));
    await first.dynamodb.send(new PutItemCommand({ TableName: 'mine', Item: { k: { S: 'old' } } }));
    await first.dynamodb.send(new DeleteTableCommand({ TableName: 'mine' }));
    await first.dynamodb.send(new CreateTableCommand(table));
    await first.dynamodb.send(new PutItemCommand({ TableName: 'mine', Item: { k: { S: 'new' } } }));
    const second = await running(openJournal(asKilled(folder)), first.clock.now());
    expect((await second.dynamodb.send(new ScanCommand({ TableName: 'mine' }))).Items).toEqual([{ k: { S: 'new' } }]);
  });
});

describe('a cloud that is killed', () => {
  const EVERY = amount(10, 1);
  const stories = [
    ['better', 'DeploymentSucceeded', 16],
    ['crashing', 'DeploymentRolledBack', 12],
  ] as const;
  it.each(stories)(
    `at any second of the deployment of %s comes to the same end after the restart: %s (one second in ${EVERY})`,
    async (tag, wanted, seconds) => {
      const folder = newFolder();
      const first = await running(openJournal(folder));
      await first.earnFirst('preprod', SERVICE);
      await first.deploy('preprod', `preprod:${tag}`, SERVICE);
      for (let second = 0; second < seconds; second += EVERY) {
        const before = first.told.filter(({ detail }) => detail['terminal'] === true).length;
        const next = await running(openJournal(asKilled(folder)), first.clock.now());
        const verdict = before === 2 ? first.told.findLast(({ detail }) => detail['terminal'] === true) : await next.verdict(900);
        expect(`after ${second} s: ${verdict?.type}`).toBe(`after ${second} s: ${wanted}`);
        await first.pass(EVERY);
      }
    },
  );
});

describe('a folder', () => {
  it('whose last entry was half written is read up to there', () => {
    const folder = newFolder();
    const journal = openJournal(folder);
    journal.append({ parts: {}, items: [['t', 'a', '1']] });
    const whole = statSync(join(folder, 'journal')).size;
    journal.append({ parts: {}, items: [['t', 'b', '2']] });
    journal.close();
    truncateSync(join(folder, 'journal'), whole + 11);
    const again = openJournal(folder);
    expect([...(again.kept.tables.get('t') ?? [])]).toEqual([['a', '1']]);
    again.append({ parts: {}, items: [['t', 'c', '3']] });
    again.close();
    expect([...(openJournal(folder).kept.tables.get('t')?.keys() ?? [])]).toEqual(['a', 'c']);
  });

  it('whose last entry is damaged is read up to there', () => {
    const folder = newFolder();
    const journal = openJournal(folder);
    journal.append({ parts: {}, items: [['t', 'a', '1']] });
    journal.close();
    appendFileSync(join(folder, 'journal'), Buffer.from([4, 0, 0, 0, 1, 2, 3, 4, 9, 9, 9, 9]));
    expect([...(openJournal(folder).kept.tables.get('t')?.keys() ?? [])]).toEqual(['a']);
  });

  it('of something else, or in use, is refused in one sentence', () => {
    const folder = newFolder();
    const journal = openJournal(folder);
    journal.close();
    writeFileSync(join(folder, 'journal'), 'something else entirely');
    expect(() => openJournal(folder)).toThrow(
      /journal is not what this version writes: give --data another folder, or an empty one$/,
    );
    const used = newFolder();
    openJournal(used).close();
    // Process 1 is always there.
    writeFileSync(join(used, 'lock'), '1');
    expect(() => openJournal(used)).toThrow(
      /is in use by another local cloud \(process 1\): end that one, or give --data another folder$/,
    );
  });
});
