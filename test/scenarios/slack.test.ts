import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { HttpApp } from '../../local/ports.ts';
import { createSlack } from '../../local/slack/slack.ts';
import { appFetch } from '../in-process/app-fetch.ts';
import { CHANNEL, PEOPLE, people, SCOPES, TOKEN } from '../in-process/slack-people.ts';
import { startPipeline } from './pipeline.ts';
import { catalogueWith, keepSecret, tellAgain } from './with-notify.ts';

const SERVICE = 'adit-service-preprod';
const HOOK = '/services/T0/B0/secret';
const QUEUE = 'http://cloud.test/123456789012/switchyard-notify-slack';

const BY_TOKEN = `{ slack: { channel: ${CHANNEL}, token: '\${ssm:/switchyard/slack}' }, links: { dashboard: 'https://example.com/board' } }`;

const start = async (notify = BY_TOKEN) => {
  const world: { app: HttpApp; before: (path: string) => Promise<void> } = {
    app: () => Promise.reject(new Error('not yet')),
    before: async () => undefined,
  };
  const pipeline = await startPipeline({
    services: [SERVICE],
    catalogue: catalogueWith(notify),
    receivers: (clock) => {
      world.app = createSlack({
        clock,
        tokens: { [TOKEN]: [...SCOPES, 'channels:manage'], [PEOPLE]: [...SCOPES, 'channels:manage'] },
        channels: [CHANNEL],
        webhooks: { [HOOK]: CHANNEL },
      });
      const reached: HttpApp = async (request) => {
        await world.before(request.path);
        return world.app(request);
      };
      return { 'slack.com': appFetch(reached), 'hooks.slack.com': appFetch(reached) };
    },
  });
  await keepSecret(pipeline, '/switchyard/slack', TOKEN);
  await keepSecret(pipeline, '/switchyard/hook', `https://hooks.slack.com${HOOK}`);
  return { pipeline, world, seen: people((request) => world.app(request)) };
};

type Started = Awaited<ReturnType<typeof start>>;

const titles = async ({ seen }: Started): Promise<readonly string[]> =>
  (await seen.messages()).map((message) => seen.words(message).split('\n')[0] ?? '');

const deadLetters = async ({ pipeline }: Started) => {
  const asked = { QueueUrl: `${QUEUE}-dlq`, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  return (await pipeline.sqs.send(new ReceiveMessageCommand(asked))).Messages ?? [];
};

describe('Slack', () => {
  it('has one message for each deployment, for each way to end, with what people need', async () => {
    const started = await start();
    const { pipeline, seen } = started;
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.deploy('preprod', 'preprod:crashing', SERVICE, { actor: 'ann', runUrl: 'https://ci.example.com/7' });
    await pipeline.verdict(900);
    await pipeline.deploy('preprod', 'preprod:unhealthy', SERVICE);
    await pipeline.verdict(900);
    await pipeline.deploy('preprod', 'preprod:better', 'adit-servce-preprod');
    await pipeline.verdict(900);
    await pipeline.deploy('preprod', 'preprod:better', SERVICE);
    await pipeline.verdict(900);
    await pipeline.put('RollbackRequested', { environment: 'preprod', service: SERVICE, reason: 'too slow', actor: 'bob' });
    await pipeline.verdict(900);
    await pipeline.pass(120);
    expect(await titles(started)).toEqual([
      `✅ ${SERVICE} in preprod: deployed and verified`,
      `↩️ ${SERVICE} in preprod: failed, and rolled back`,
      `↩️ ${SERVICE} in preprod: failed, and rolled back`,
      '🚫 adit-servce-preprod in preprod: rejected',
      `✅ ${SERVICE} in preprod: deployed and verified`,
      `↩️ ${SERVICE} in preprod: rolled back`,
    ]);
    const [first, crashed, unhealthy] = await seen.messages();
    if (first === undefined || crashed === undefined || unhealthy === undefined) throw new Error('messages are missing');
    expect(seen.words(first)).toContain(`switchyard rollback --environment preprod --service ${SERVICE}`);
    expect(seen.words(first)).toContain('<https://example.com/board|dashboard>');
    expect(seen.words(first)).toContain(`/clusters/adit-preprod/services/${SERVICE}/deployments`);
    const replies = async (ts: string) => (await seen.thread(ts)).map(seen.words).join('\n');
    const ofCrashed = await replies(crashed.ts);
    for (const part of [
      '*Asked for* by ann',
      'https://ci.example.com/7',
      '*What changes*',
      '*A task stopped*',
      '*Going back*',
      '*How it ended*',
    ])
      expect(ofCrashed).toContain(part);
    expect(await replies(unhealthy.ts)).toContain('Task failed ELB health checks');
    expect(await deadLetters(started)).toEqual([]);
  }, 120_000);

  it('changes nothing when every event comes three times more, the newest first', async () => {
    const started = await start();
    const { pipeline, seen } = started;
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(30);
    const look = async () => JSON.stringify([await seen.messages(), await seen.thread((await seen.messages())[0]?.ts ?? '')]);
    const before = await look();
    await tellAgain(pipeline, QUEUE);
    await pipeline.pass(120);
    expect(await look()).toBe(before);
    expect(await deadLetters(started)).toEqual([]);
  });

  it('is told once though the function dies around its calls, and though Slack does not answer', async () => {
    const started = await start();
    const { pipeline, world, seen } = started;
    let calls = 0;
    pipeline.faults.crash = ({ function: name, action }) => {
      if (name !== 'notify-slack' || action !== 'dynamodb:PutItem') return undefined;
      calls += 1;
      if ([2, 9].includes(calls)) return 'after';
      return [5, 14].includes(calls) ? 'before' : undefined;
    };
    let posts = 0;
    world.before = async (path) => {
      posts += 1;
      if (path === '/api/chat.postMessage' && posts < 6) throw new TypeError('fetch failed');
    };
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(1800);
    expect(await titles(started)).toEqual([`✅ ${SERVICE} in preprod: deployed and verified`]);
    const [message] = await seen.messages();
    const replies = (await seen.thread(message?.ts ?? '')).map(seen.words);
    expect(new Set(replies).size).toBe(replies.length);
    // asked for, what changes, rolled out, how it ended
    expect(replies.length).toBe(4);
    expect(calls).toBeGreaterThan(10);
  });

  it('that refuses is reported by its code, holds up nobody, and is caught up with when that is mended', async () => {
    const started = await start();
    const { pipeline, seen } = started;
    await seen.call('conversations.leave', { channel: CHANNEL }, TOKEN);
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(60);
    const dead = await deadLetters(started);
    expect(dead.length).toBe(pipeline.told.length);
    for (const { MessageAttributes } of dead) {
      expect(MessageAttributes?.['code']?.StringValue).toBe('slack-channel');
      expect(MessageAttributes?.['reason']?.StringValue).toContain('invite the app to the channel');
    }
    expect(pipeline.log.join('\n')).not.toContain(TOKEN);
    // a token of somebody who is in the channel
    await keepSecret(pipeline, '/switchyard/slack', PEOPLE);
    for (const { Body } of dead) await pipeline.sqs.send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: Body }));
    await pipeline.pass(60);
    expect(await titles(started)).toEqual([`✅ ${SERVICE} in preprod: deployed and verified`]);
  });

  it('by an incoming webhook has one message, at the end', async () => {
    const started = await start(`{ slack: { webhook: '\${ssm:/switchyard/hook}' } }`);
    const { pipeline } = started;
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(30);
    const again = { 'detail-type': pipeline.told.at(-1)?.type, detail: pipeline.told.at(-1)?.detail };
    for (let index = 0; index < 3; index += 1)
      await pipeline.sqs.send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: JSON.stringify(again) }));
    await pipeline.pass(30);
    expect(await titles(started)).toEqual([`✅ ${SERVICE} in preprod: deployed and verified`]);
    const [message] = await started.seen.messages();
    expect(message === undefined ? '' : started.seen.words(message)).toMatch(
      /<https:[^|>]*#dashboards\/dashboard\/switchyard-preprod\|dashboard>/,
    );
  });

  it('by an incoming webhook is told nowhere but by https', async () => {
    const started = await start(`{ slack: { webhook: '\${ssm:/switchyard/hook}' } }`);
    const { pipeline } = started;
    await keepSecret(pipeline, '/switchyard/hook', `http://hooks.slack.com${HOOK}`);
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(30);
    expect(await titles(started)).toEqual([]);
    const [letter] = await deadLetters(started);
    expect(letter?.MessageAttributes?.['code']?.StringValue).toBe('slack-webhook');
    expect(letter?.MessageAttributes?.['reason']?.StringValue).toContain('holds no https address');
  });

  it('by an incoming webhook is not told again where nobody knows whether it was, and that is reported', async () => {
    const started = await start(`{ slack: { webhook: '\${ssm:/switchyard/hook}' } }`);
    const { pipeline, world } = started;
    world.before = async () => {
      throw new TypeError('fetch failed');
    };
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(60);
    world.before = async () => undefined;
    await pipeline.pass(600);
    expect(await titles(started)).toEqual([]);
    const codes = (await deadLetters(started)).map(({ MessageAttributes }) => MessageAttributes?.['code']?.StringValue);
    expect(codes).toEqual(['slack-unsure']);
  });

  it('is told of a promotion too, where the environment that it goes to says so', async () => {
    const started = await start(`{ slack: { channel: ${CHANNEL}, token: '\${ssm:/switchyard/slack}' } }`);
    const { pipeline } = started;
    await pipeline.put('PromotionRequested', { image: 'preprod:nowhere', to: 'prod' });
    await pipeline.until(({ type }) => type === 'PromotionFailed', 900);
    await pipeline.pass(30);
    expect(await titles(started)).toEqual(['❌ preprod:nowhere to prod: not promoted']);
  });
});
