import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { RegisterTaskDefinitionCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { CreateAccessKeyCommand, CreateUserCommand, PutRolePolicyCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { catalogueWith } from '../scenarios/with-notify.ts';
import { cli, interrupted, operator, promoter, SERVICE } from './cli-builder.ts';

const PREPROD = ['--environment', 'preprod', '--service', SERVICE];
const ASK = ['deploy', ...PREPROD];
const URL = 'http://cloud.test/123456789012/switchyard';

const idIn = (out: string): string => /\b([dr]-[0-9a-z]{26})\b/.exec(out)?.[1] ?? '';

describe('switchyard promote', () => {
  it('follows a promotion to its end, with the evidence that it waits for', async () => {
    const { at, promoted } = await promoter();
    const told = await at(['evidence', '--image', 'preprod:better', '--kind', 'tests', '--tool', 'vitest', '--passed']);
    expect([told.code, told.out]).toEqual([0, expect.stringMatching(/^told: event [0-9a-f-]{36}$/)]);
    const { code, out, err } = await at(['promote', '--image', 'preprod:better', '--to', 'prod', '--tag', 'v1.0.0', '--wait']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^asked: p-[0-9a-z]{26}\n\S+ {2}copying {13}PromotionStarted\n\S+ {2}completed {11}PromotionCompleted\ncompleted: \S+\/prod:v1\.0\.0 is sha256:[0-9a-f]{12} \(p-/,
    );
    expect((await promoted()).type).toBe('PromotionCompleted');
  });

  it('ends with 4 and the reason where a gate says no, and with 9 after --timeout', async () => {
    const { at } = await promoter();
    const gaveUp = await at(['promote', '--image', 'preprod:late', '--to', 'prod', '--tag', 'v2', '--wait', '--timeout', '5']);
    expect([gaveUp.code, gaveUp.err]).toEqual([9, expect.stringContaining('it goes on')]);
    await at(['evidence', '--image', 'preprod:slow', '--kind', 'tests', '--tool', 'vitest', '--failed']);
    const { code, out } = await at(['promote', '--image', 'preprod:slow', '--to', 'prod', '--tag', 'v1', '--wait']);
    expect([code, out]).toEqual([4, expect.stringMatching(/^failed: vitest says that .* \[evidence-failed\]$/m)]);
  });

  it.each([
    [['--image', 'preprod:good', '--to', 'prd'], 'the catalogue promotes nothing to "prd"; it does to: prod'],
    [['--image', 'dev:good', '--to', 'prod'], 'no promotion to prod takes "dev:good"'],
    [['--image', 'preprod:good'], 'switchyard promote needs --to <environment>'],
  ])('answers a mistake before anything is asked for: %j', async (words, message) => {
    const { pipeline, at } = await promoter();
    const { code, err } = await at(['promote', ...words]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    await pipeline.pass(5);
    expect(pipeline.told).toEqual([]);
  });

  it('evidence needs to say which', async () => {
    const { code, err } = await cli(['evidence', '--image', 'a:b', '--kind', 'tests', '--tool', 'x']);
    expect([code, err]).toEqual([2, 'switchyard evidence needs one of --passed and --failed']);
  });
});

describe('switchyard deploy --wait', () => {
  it('follows a good image to its end, and ends with 0', async () => {
    const { at } = await operator();
    const { code, out, err } = await at([...ASK, '--image', 'preprod:good', '--wait']);
    expect([code, err]).toEqual([0, '']);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^asked: d-[0-9a-z]{26}$/);
    expect(lines.map((line) => line.slice(30)).join()).toMatch(
      /DeploymentQueued.*DeploymentStarted.*VerificationStarted.*DeploymentSucceeded/,
    );
    expect(out).toContain(`succeeded: ${SERVICE} in preprod (`);
    expect(out).toMatch(/ {2}runs {5}adit-service-preprod:2 \S+@sha256:[0-9a-f]{64}, verified$/);
  });

  it('ends with 3 for a bad image, with the reason and the task that stopped (S5.6)', async () => {
    const { pipeline, at } = await operator();
    await pipeline.earnFirst('preprod', SERVICE);
    const { code, out } = await at([...ASK, '--image', 'preprod:crashing', '--wait']);
    expect(code).toBe(3);
    expect(out).toMatch(/^rolled-back: adit-service-preprod in preprod/m);
    expect(out).toMatch(/^ {2}stopped {2}Essential container in task exited, exit code 1 \([0-9a-f]{32}\)$/m);
    expect(out).toMatch(/^ {2}runs {5}adit-service-preprod:2 .*, verified$/m);
  });

  it('tells an image, a repository or a name that is not there, and ends with 5 (S5.6)', async () => {
    const { at } = await operator();
    const image = await at([...ASK, '--image', 'preprod:nothing', '--wait']);
    expect(image.code).toBe(5);
    expect(image.out).toMatch(/repository "preprod" has no image tagged nothing; push it, or promote it \[image-missing\]/);
    const repository = await at([...ASK, '--image', 'nowhere:v1', '--wait']);
    expect(repository.code).toBe(5);
    expect(repository.out).toMatch(/nowhere.* \[repository-missing\]/);
    const files = {};
    const name = await at(
      ['deploy', '--environment', 'preprod', '--service', 'adit-servce', '--image', 'preprod:good', '--wait'],
      { files },
    );
    expect(name.code).toBe(5);
    expect(name.out).toMatch(
      /^rejected: there is no service "adit-servce" in environment "preprod"; the catalogue knows there: adit-service-preprod \[unknown-service\]$/m,
    );
    const environment = await at(['deploy', '--environment', 'prd', '--service', SERVICE, '--image', 'preprod:good', '--wait'], {
      files,
    });
    expect(environment.out).toMatch(/there is no environment "prd"; the catalogue knows: preprod \[unknown-environment\]/);
  });

  it('ends with 6 for one that is superseded, and with 8 for one that is cancelled', async () => {
    const { pipeline, at } = await operator();
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.deploy('preprod', 'preprod:slow', SERVICE);
    await pipeline.until(({ type, detail }) => type === 'DeploymentStarted' && detail.asked?.['image'] === 'preprod:slow');
    let cancelled = false;
    const waits = await at([...ASK, '--image', 'preprod:better', '--request-id', 'mine', '--wait'], {
      sleep: async (milliseconds) => {
        await pipeline.pass(milliseconds / 1000);
        const queued = pipeline.told.find(({ detail }) => detail.asked?.['requestId'] === 'mine');
        if (queued === undefined || cancelled) return;
        cancelled = true;
        const { code, out } = await at(['cancel', queued.detail.deployment, '--reason', 'wrong tag', '--wait']);
        expect(code).toBe(0);
        expect(out).toContain('cancelled: adit-service-preprod in preprod');
      },
    });
    expect(waits.code).toBe(8);
    expect(waits.out).toMatch(/^cancelled: .*\n {2}why {6}wrong tag/m);
  });

  it('gives up with 9 after --timeout, and with 130 at Ctrl-C; the deployment goes on', async () => {
    const { pipeline, at } = await operator();
    const gaveUp = await at([...ASK, '--image', 'preprod:good', '--wait', '--timeout', '3']);
    expect(gaveUp.code).toBe(9);
    expect(gaveUp.err).toMatch(/^gave up after 3 s: d-\S+ has not ended; it is \S+.*, and goes on$/);
    const stopped = await at([...ASK, '--image', 'preprod:better', '--wait'], { sleep: interrupted });
    expect(stopped.code).toBe(130);
    expect(stopped.err).toMatch(
      /^not waiting any more: (d-\S+) goes on; switchyard status --deployment \1 tells of it, switchyard cancel \1 ends it$/,
    );
    expect((await pipeline.verdicts(2)).map(({ type }) => type)).toEqual(['DeploymentSucceeded', 'DeploymentSucceeded']);
  });

  it('shows on a terminal where it is, on one line that is replaced', async () => {
    const { at } = await operator();
    const progress: string[] = [];
    const { code } = await at([...ASK, '--image', 'preprod:good', '--wait'], { progress: (line) => progress.push(line) });
    expect(code).toBe(0);
    expect(progress[0]).toBe('waiting for the request to be read …');
    expect(progress.some((line) => /^rolling-out … \d+ s$/.test(line))).toBe(true);
    expect(progress.some((line) => /^baking … \d+ s$/.test(line))).toBe(true);
  });

  it('speaks JSON, a document a line', async () => {
    const { at } = await operator();
    const { code, out } = await at([...ASK, '--image', 'preprod:good', '--wait', '--json']);
    expect(code).toBe(0);
    const documents = out.split('\n').map((line) => JSON.parse(line));
    expect(documents[0]).toMatchObject({ asked: { image: 'preprod:good' }, deployment: expect.stringMatching(/^d-/) });
    expect(documents.slice(1, -1).flatMap(({ step }) => step.events)).toContain('VerificationPassed');
    expect(documents.at(-1)).toMatchObject({ end: { state: 'succeeded', outcome: { verified: true } } });
  });

  it('asks once for one request id, and tells the same end again', async () => {
    const { pipeline, at } = await operator();
    const first = await at([...ASK, '--image', 'preprod:good', '--request-id', 'run-7', '--wait']);
    const again = await at([...ASK, '--image', 'preprod:good', '--request-id', 'run-7', '--wait']);
    expect(idIn(again.out)).toBe(idIn(first.out));
    expect(again.code).toBe(0);
    await pipeline.pass(30);
    expect(pipeline.told.filter(({ type }) => type === 'DeploymentSucceeded')).toHaveLength(1);
  });
});

describe('the other commands', () => {
  it('roll back, tell what runs, what ran and what happened (S1.6, S5.4)', async () => {
    const { pipeline, at } = await operator();
    await pipeline.earnFirst('preprod', SERVICE);
    await at([...ASK, '--image', 'preprod:better', '--wait']);
    const back = await at(['rollback', ...PREPROD, '--reason', 'customers complain', '--wait']);
    expect(back.code).toBe(0);
    expect(back.out).toMatch(/^rolled-back: .*\n {2}why {6}asked for by a person: customers complain/m);
    const status = await at(['status', '--service', SERVICE]);
    expect(status.out).toMatch(
      /^ENVIRONMENT +SERVICE +VERIFIED +SINCE +UNDER WAY\npreprod +adit-service-preprod +adit-service-preprod:2 sha256:[0-9a-f]{12} /,
    );
    const one = await at(['status', '--deployment', idIn(back.out)]);
    expect(one.out).toMatch(/RollbackStarted.*\n.*RollbackSucceeded/);
    const history = await at(['history', ...PREPROD, '--limit', '2']);
    expect(history.out.split('\n')).toHaveLength(3);
    expect(history.out).toMatch(/the newest verified .*customers complain\n.*preprod:better sha256:[0-9a-f]{12} +succeeded/);
    const events = await at(['events', '--service', SERVICE, '--json']);
    const types = events.out.split('\n').flatMap((line) => JSON.parse(line).events);
    expect(types.filter((type) => type === 'DeploymentSucceeded')).toHaveLength(2);
    expect(types.at(-1)).toBe('RollbackSucceeded');
  });

  it('tell of a request that was refused, and of one that waits', async () => {
    const { pipeline, at } = await operator();
    await pipeline.earnFirst('preprod', SERVICE);
    await at([...ASK, '--image', 'not an image!', '--wait']);
    await pipeline.deploy('preprod', 'preprod:slow', SERVICE);
    await pipeline.pass(2);
    await pipeline.deploy('preprod', 'preprod:better', SERVICE);
    await pipeline.pass(2);
    const { out } = await at(['history', ...PREPROD, '--limit', '3']);
    expect(out).toMatch(/\n.*preprod:better .* queued +.*\n.*preprod:slow .* rolling-out *\n.*not an image! +rejected +.*image/);
    const events = await at(['events', ...PREPROD]);
    expect(events.out).toMatch(/^d-\S+ .*DeploymentRejected.*image/m);
    expect((await at(['history', ...PREPROD, '--limit', '0'])).err).toBe('--limit takes a number from 1 to 1000, not "0"');
  });

  it('follow what happens from now on, until Ctrl-C', async () => {
    const { pipeline, at } = await operator();
    await pipeline.earnFirst('preprod', SERVICE);
    let looks = 0;
    const { code, out } = await at(['events', '--follow', '--service', SERVICE], {
      sleep: async (milliseconds) => {
        looks += 1;
        if (looks === 1) await pipeline.deploy('preprod', 'preprod:better', SERVICE);
        if (looks > 30) await interrupted();
        await pipeline.pass(milliseconds / 1000);
      },
    });
    expect(code).toBe(130);
    expect(out.match(/DeploymentQueued/g)).toHaveLength(1);
    expect(out.match(/DeploymentSucceeded/g)).toHaveLength(1);
  });

  it('say what is not there', async () => {
    const { at } = await operator();
    const none = 'd-00000000000000000000000000';
    expect(await at(['status', '--deployment', none])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^there is no deployment d-0+ in switchyard/),
    });
    expect(await at(['cancel', none])).toMatchObject({
      code: 5,
      err: expect.stringMatching(/^cannot cancel d-0+: there is no such deployment in switchyard .*; switchyard status lists/),
    });
    expect((await at(['history', ...PREPROD])).out).toBe('nothing was asked for there yet');
  });

  it('show what waits, and what the queues gave up', async () => {
    const { pipeline, at } = await operator();
    await pipeline.deploy('preprod', 'preprod:slow', SERVICE);
    await pipeline.deploy('preprod', 'preprod:better', SERVICE);
    await pipeline.pass(3);
    const { out } = await at(['queue', '--environment', 'preprod']);
    expect(out).toMatch(
      /^preprod: (d-\S+) of adit-service-preprod, asked 2026-03-01 12:00:05\n {2}1\. (?!\1)d-\S+ of adit-service-preprod, asked/,
    );
    expect(out).toMatch(/^deploy +0 +0 +0$/m);
  });
});

describe('switchyard redrive', () => {
  const poisoned = async () => {
    const all = await operator();
    const { pipeline } = all;
    const send = (MessageBody: string, id: string) =>
      pipeline.sqs.send(
        new SendMessageCommand({
          QueueUrl: `${URL}-deploy.fifo`,
          MessageBody,
          MessageGroupId: 'preprod',
          MessageDeduplicationId: id,
        }),
      );
    await send('{"neither": "event nor wake", "password": "hunter2-hunter2"}', 'a');
    await send('not JSON', 'b');
    await pipeline.pass(2);
    return all;
  };
  const idsOf = async ({ at }: Awaited<ReturnType<typeof poisoned>>): Promise<readonly string[]> => {
    const { out } = await at(['redrive', 'list', 'deploy', '--json']);
    return JSON.parse(out).messages.map(({ id }: { id: string }) => id);
  };
  const recordsOf = async ({ pipeline }: Awaited<ReturnType<typeof poisoned>>) => {
    const { Items = [] } = await pipeline.dynamodb.send(
      new QueryCommand({
        TableName: 'switchyard',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'redrive#deploy' } },
      }),
    );
    return Items.map(({ did, by, reason, message }) => [did?.S, by?.S, reason?.S, message?.S]);
  };

  it('lists what was given up and why, and shows one whole, without its secrets', async () => {
    const all = await poisoned();
    const { out } = await all.at(['redrive', 'list', 'deploy']);
    expect(out).toMatch(/^MESSAGE +SINCE +GROUP +WHAT +WHY\n/);
    expect(out.match(/preprod +unreadable +unreadable-message: the message is /g)).toHaveLength(2);
    const [first = ''] = await idsOf(all);
    const shown = await all.at(['redrive', 'show', 'deploy', first.slice(0, 12)]);
    expect(shown.out).toContain('"password": "***"');
    expect(shown.out).not.toContain('hunter2');
    // Looking takes nothing away, and hides nothing.
    expect(await idsOf(all)).toHaveLength(2);
  });

  it('sends back and drops, and keeps who did it and why', async () => {
    const all = await poisoned();
    const [first = '', second = ''] = await idsOf(all);
    expect(await all.at(['redrive', 'drop', 'deploy', first, '--reason', 'a test of ours'])).toMatchObject({
      code: 0,
      out: `dropped: ${first}`,
    });
    expect(await all.at(['redrive', 'send-back', 'deploy', '--all', '--reason', 'again'])).toMatchObject({
      code: 0,
      out: `sent back: ${second}`,
    });
    const by = 'arn:aws:iam::123456789012:user/ann';
    expect((await recordsOf(all)).toSorted()).toEqual(
      [
        ['dropped', by, 'a test of ours', first],
        ['sent-back', by, 'again', second],
      ].toSorted(),
    );
    await all.pipeline.pass(5);
    // What was sent back cannot be read still, and is given up anew.
    const again = await idsOf(all);
    expect(again).toHaveLength(1);
    expect(again).not.toContain(second);
  });

  it('loses nothing when it is cut off between its steps: the record is there, and so is the message', async () => {
    const all = await poisoned();
    const [first = ''] = await idsOf(all);
    const Statement = { Effect: 'Deny', Action: 'sqs:DeleteMessage', Resource: '*' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await all.iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'no-deletes', PolicyDocument }));
    const failing = await all.at(['redrive', 'drop', 'deploy', first, '--reason', 'x']);
    expect(failing.code).toBe(10);
    expect(failing.err).toMatch(
      new RegExp(`^cannot take ${first} out of the dead letters of deploy: your credentials may not sqs:deletemessage`),
    );
    expect((await recordsOf(all)).map(([did]) => did)).toEqual(['dropped']);
    expect(await idsOf(all)).toContain(first);
  });

  it('names a message that is not there, and those that are', async () => {
    const all = await poisoned();
    const ids = await idsOf(all);
    const { code, err } = await all.at(['redrive', 'show', 'deploy', 'nope']);
    expect(code).toBe(1);
    expect(err).toMatch(/^there is no dead letter nope in deploy; it has /);
    for (const id of ids) expect(err).toContain(id);
    expect((await all.at(['redrive', 'show', 'deploy'])).err).toMatch(/^name a message by its id/);
    expect((await all.at(['redrive', 'list', 'verify'])).out).toBe('verify has no dead letters');
  });

  it('knows the queues of those who are told, where the catalogue has them', async () => {
    const { pipeline, at } = await operator({ catalogue: catalogueWith('{ email: { topic: deployments } }') });
    // there is no such topic
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(60);
    const { out } = await at(['queue']);
    expect(out).toMatch(/^email +0 +0 +1$/m);
    expect(out).not.toMatch(/^(?:slack|github|webhooks) /m);
    expect((await at(['redrive', 'list', 'email'])).out).toMatch(/DeploymentSucceeded +email-refused: /);
    expect(await at(['redrive', 'list', 'slack'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^switchyard .* has no queue "slack": its catalogue does without what that does/),
    });
    await new SNSClient(pipeline.access).send(new CreateTopicCommand({ Name: 'deployments' }));
    expect((await at(['redrive', 'send-back', 'email', '--all', '--reason', 'there is a topic'])).code).toBe(0);
    await pipeline.pass(60);
    expect((await at(['redrive', 'list', 'email'])).out).toBe('email has no dead letters');
  });

  it('sends what a rule could not deliver to where that was to go, and nowhere else', async () => {
    const { pipeline, at } = await operator();
    const undelivered = (body: string, target: string) =>
      pipeline.sqs.send(
        new SendMessageCommand({
          QueueUrl: `${URL}-events-dlq`,
          MessageBody: body,
          MessageAttributes: { TARGET_ARN: { DataType: 'String', StringValue: target } },
        }),
      );
    await undelivered('{"one":1}', 'arn:aws:sqs:eu-west-1:123456789012:switchyard-translate');
    const sent = at(['redrive', 'send-back', 'events', '--all', '--reason', 'the queue is back']);
    expect((await sent).code).toBe(0);
    await pipeline.pass(5);
    // it is none of ours, which the function says that it was sent to
    expect((await at(['redrive', 'list', 'translate'])).out).toContain('unreadable-message');
    await undelivered('{"two":2}', 'arn:aws:lambda:eu-west-1:123456789012:function:switchyard-sweep');
    expect(await at(['redrive', 'send-back', 'events', '--all', '--reason', 'again'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /: it was to go to arn:aws:lambda:\S+:switchyard-sweep, which is no queue of switchyard; drop it/,
      ),
    });
    expect((await at(['redrive', 'drop', 'events', '--all', '--reason', 'the next minute did the same'])).code).toBe(0);
  });

  it('sends an event that a rule could not deliver to the inbox', async () => {
    const { pipeline, at } = await operator();
    const event = {
      version: '0',
      id: '11111111-2222-4333-8444-555555555555',
      'detail-type': 'DeployRequested',
      source: 'ci',
      account: '123456789012',
      time: '2026-03-01T12:00:05Z',
      region: 'eu-west-1',
      resources: [],
      detail: { environment: 'preprod', service: SERVICE, image: 'preprod:good' },
    };
    await pipeline.sqs.send(new SendMessageCommand({ QueueUrl: `${URL}-events-dlq`, MessageBody: JSON.stringify(event) }));
    expect((await at(['redrive', 'send-back', 'events', '--all', '--reason', 'the inbox is back'])).code).toBe(0);
    expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
    const { QueueUrls } = await pipeline.sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'switchyard-events-dlq' }));
    expect((await pipeline.sqs.send(new ReceiveMessageCommand({ QueueUrl: QueueUrls?.[0] }))).Messages).toBeUndefined();
  });
});

describe('what AWS answers', () => {
  it('is told with what was being done and what to do: no permission, an expired session, no role (S5.6)', async () => {
    const { pipeline, iam } = await operator();
    await iam.send(new CreateUserCommand({ UserName: 'bob' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }));
    const aws = { ...pipeline.access, credentials: { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: 'x' } };
    const denied = await cli([...ASK, '--image', 'preprod:good'], { aws });
    expect(denied).toMatchObject({
      code: 10,
      err: 'cannot put the request on the bus switchyard (source cli): your credentials may not events:PutEvents on arn:aws:events:eu-west-1:123456789012:event-bus/switchyard; attach the policy switchyard-operator (people) or switchyard-ci (CI), or ask whoever runs the pipeline',
    });
    const other = await cli(['status', '--name', 'elsewhere'], { aws: pipeline.access });
    expect(other).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^cannot read the table of elsewhere .*: it is not there; see that --name and --region/),
    });
  });

  it('is a sentence where nothing listens, without a stack', async () => {
    const { code, err } = await cli(['status'], {
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_REGION: 'eu-west-1' },
      aws: { credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 },
    });
    expect(code).toBe(1);
    expect(err).toMatch(
      /^cannot read the table of switchyard at http:\/\/127\.0\.0\.1:1: AWS does not answer \(ECONNREFUSED\); see that --endpoint/,
    );
  });
});

/** What the pipeline cannot do, told by the command that asked for it (S5.6). */
describe('the verdict tells', () => {
  const outcome = ({ at }: Awaited<ReturnType<typeof operator>>) => at([...ASK, '--image', 'preprod:better', '--wait']);

  it('a role that may not be passed, and where to list it', async () => {
    const all = await operator();
    const { pipeline } = all;
    await pipeline.earnFirst('preprod', SERVICE);
    pipeline.expected.refusals = true;
    const { family, containerDefinitions } = await pipeline.taskDefinition('adit-preprod', SERVICE);
    const executionRoleArn = 'arn:aws:iam::123456789012:role/somebody-elses';
    const fargate = { networkMode: 'awsvpc' as const, requiresCompatibilities: ['FARGATE' as const], cpu: '256', memory: '512' };
    const definition = { family, containerDefinitions, executionRoleArn, ...fargate };
    const { taskDefinition } = await pipeline.ecs.send(new RegisterTaskDefinitionCommand(definition));
    const input = { cluster: 'adit-preprod', service: SERVICE, taskDefinition: taskDefinition?.taskDefinitionArn };
    await pipeline.ecs.send(new UpdateServiceCommand(input));
    await pipeline.pass(30);
    const { code, out, err } = await outcome(all);
    expect([code, err]).toEqual([4, '']);
    expect(out).toMatch(
      /role \S*DeployRole\S* may not iam:PassRole on arn:aws:iam::123456789012:role\/somebody-elses .*; list that role in "passRoles" of the catalogue and package again \[access-denied\]/,
    );
  });

  it('a permission that the pipeline lacks', async () => {
    const all = await operator();
    const lambda = new LambdaClient(all.pipeline.access);
    const { Role = '' } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'switchyard-deploy' }));
    const Statement = { Effect: 'Deny', Action: 'ecs:RegisterTaskDefinition', Resource: '*' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    all.pipeline.expected.refusals = true;
    const RoleName = Role.slice(Role.lastIndexOf('/') + 1);
    await all.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'less', PolicyDocument }));
    const { code, out, err } = await outcome(all);
    expect([code, err]).toEqual([4, '']);
    expect(out).toMatch(/may not ecs:RegisterTaskDefinition on .* \(with an explicit deny .*\); allow it in that role/);
  });

  it('a task definition without the container, and those that it has', async () => {
    const mistaken = ({ services, ...rest }: Catalogue): Catalogue => ({
      ...rest,
      services: services.map((service) => {
        const { settings } = service;
        return { ...service, settings: { ...settings, target: { ...settings.target, container: 'adit' } } };
      }),
    });
    const { code, out, err } = await outcome(await operator({ mistaken }));
    expect([code, err]).toEqual([4, '']);
    expect(out).toMatch(
      /task definition "adit-service-preprod": it has no container "adit", only "adit-service"; correct "container" in the catalogue \[container-missing\]/,
    );
  });

  it('a service that does not become stable, with the reasons of its stopped tasks', async () => {
    const all = await operator();
    await all.pipeline.earnFirst('preprod', SERVICE);
    const { code, out } = await all.at([...ASK, '--image', 'preprod:unhealthy', '--wait']);
    expect(code).toBe(3);
    expect(out).toMatch(/the first task stopped: Task failed ELB health checks/);
  });
});
