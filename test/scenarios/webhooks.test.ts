import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { startPipeline } from './pipeline.ts';
import { catalogueWith, keepSecret } from './with-notify.ts';

const SERVICE = 'adit-service-preprod';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Received {
  readonly path: string;
  readonly id: string;
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: Readonly<Record<string, unknown>> };
}

/** A receiver that verifies what it is sent with the reference implementation, and answers as it is told to. */
const receiver = () => {
  const received: Received[] = [];
  const state = { answer: (_: Received): Response => new Response(null, { status: 204 }) };
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const { pathname } = new URL(String(input));
    const headers = Object.fromEntries(new Headers(init.headers));
    const text = String(init.body);
    // the clock of the test is not that of the machine: the reference looks at how old a message is
    const signed = new Webhook(SECRET).sign(
      headers['webhook-id'] ?? '',
      new Date(Number(headers['webhook-timestamp']) * 1000),
      text,
    );
    if (signed !== headers['webhook-signature']) return new Response('wrong signature', { status: 401 });
    const one = { path: pathname, id: headers['webhook-id'] ?? '', body: JSON.parse(text) };
    received.push(one);
    return state.answer(one);
  };
  return { received, state, fetch };
};

const start = async (notify: string) => {
  const { received, state, fetch } = receiver();
  const pipeline = await startPipeline({
    services: [SERVICE],
    catalogue: catalogueWith(notify),
    receivers: () => ({ 'hooks.example.com': fetch }),
  });
  await keepSecret(pipeline, '/switchyard/hook', SECRET);
  return { pipeline, received, state };
};

const hook = (name: string, more = '') =>
  `{ name: ${name}, url: 'https://hooks.example.com/${name}', secret: '\${ssm:/switchyard/hook}'${more} }`;

const deadLetters = async ({ sqs }: Awaited<ReturnType<typeof startPipeline>>) => {
  const QueueUrl = 'http://cloud.test/123456789012/switchyard-notify-webhooks-dlq';
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  return Messages;
};

describe('webhooks', () => {
  it('are posted elsewhere where the package says so, but for those of this machine', async () => {
    const { received, fetch } = receiver();
    const own = `{ name: own, url: 'http://127.0.0.1:7/own', secret: '\${ssm:/switchyard/hook}' }`;
    const pipeline = await startPipeline({
      services: [SERVICE],
      catalogue: catalogueWith(`{ webhooks: [${hook('all')}, ${own}] }`),
      packaged: (template) => {
        for (const { Type, Properties } of Object.values(template.Resources))
          if (Type === 'AWS::Lambda::Function')
            Object.assign(Properties['Environment'].Variables, { SWITCHYARD_WEBHOOKS_URL: 'http://elsewhere.test' });
        return template;
      },
      receivers: () => ({ 'elsewhere.test': fetch, '127.0.0.1:7': fetch }),
    });
    await keepSecret(pipeline, '/switchyard/hook', SECRET);
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(60);
    expect(new Set(received.map(({ path }) => path))).toEqual(new Set(['/all', '/own']));
  });

  it('are posted every outcome as it is published, signed, to those who hear it', async () => {
    const { pipeline, received } = await start(`{ webhooks: [${hook('all')}, ${hook('ends', ', events: verdicts')}] }`);
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(60);
    const of = (name: string) => received.filter(({ path }) => path === `/${name}`);
    expect(new Set(of('all').map(({ id }) => id))).toEqual(new Set(pipeline.told.map(({ detail }) => detail['eventId'])));
    expect(of('ends').map(({ body }) => body.type)).toEqual(['DeploymentSucceeded']);
    const [verdict] = of('ends');
    const told = pipeline.told.find(({ type }) => type === 'DeploymentSucceeded');
    expect(verdict?.body).toEqual({ type: 'DeploymentSucceeded', timestamp: told?.detail['at'], data: told?.detail });
  });

  it('are tried again with the same id, and one that fails keeps nobody else waiting', async () => {
    const { pipeline, received, state } = await start(
      `{ webhooks: [${hook('one', ', events: verdicts')}, ${hook('two', ', events: verdicts')}] }`,
    );
    let failures = 2;
    state.answer = ({ path }) => {
      if (path === '/two' || failures === 0) return new Response(null, { status: 200 });
      failures -= 1;
      return failures === 1
        ? new Response('oh', { status: 500 })
        : new Response(null, { status: 429, headers: { 'retry-after': '40' } });
    };
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(20);
    expect(received.map(({ path }) => path).sort()).toEqual(['/one', '/one', '/two']);
    await pipeline.pass(60);
    expect(received.map(({ path }) => path).sort()).toEqual(['/one', '/one', '/one', '/two']);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  });

  it('that are gone are left alone, and that is reported once', async () => {
    const { pipeline, received, state } = await start(`{ webhooks: [${hook('one')}] }`);
    state.answer = () => new Response(null, { status: 410 });
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(60);
    expect(received.length).toBeLessThanOrEqual(2);
    const dead = await deadLetters(pipeline);
    expect(dead.length).toBe(received.length);
    expect(dead[0]?.MessageAttributes?.['code']?.StringValue).toBe('webhook-gone');
    const before = received.length;
    await pipeline.deploy('preprod', 'preprod:better', SERVICE);
    await pipeline.verdict();
    await pipeline.pass(60);
    expect(received.length).toBe(before);
  });

  it('whose secret is none are reported at once, and the pipeline goes on', async () => {
    const { pipeline, received } = await start(`{ webhooks: [${hook('one', ', events: verdicts')}] }`);
    await keepSecret(pipeline, '/switchyard/hook', 'whsec_c2hvcnQ=');
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(5);
    expect(received).toEqual([]);
    const [dead] = await deadLetters(pipeline);
    expect(dead?.MessageAttributes?.['code']?.StringValue).toBe('webhook-secret');
    expect(JSON.stringify(dead)).not.toContain('c2hvcnQ');
  });
});
