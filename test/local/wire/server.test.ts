import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../local/server.ts';
import { wireOf } from './wire-builder.ts';

const open: Listening[] = [];
const serve = async (handle: Parameters<typeof listen>[0], port = 0): Promise<Listening> => {
  const listening = await listen(handle, port);
  open.push(listening);
  return listening;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()));
});

describe('the local cloud on a socket', () => {
  it('answers the SDK, which keeps its connection', async () => {
    const { handle, seen } = wireOf({
      sqs: { ListQueues: (_, input) => ({ QueueUrls: [`http://x/${input['QueueNamePrefix']}`] }) },
    });
    const { port } = await serve(handle);
    const sqs = new SQSClient({
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'local', secretAccessKey: 'secret' },
    });
    for (const prefix of ['a', 'ü'])
      expect((await sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix }))).QueueUrls).toEqual([`http://x/${prefix}`]);
    expect(seen[0]?.context.endpoint).toBe(`http://127.0.0.1:${port}`);
    sqs.destroy();
  });

  it('greets at its root, with and without a body', async () => {
    const { port } = await serve(wireOf({}).handle);
    const got = await fetch(`http://127.0.0.1:${port}/`);
    expect(await got.text()).toMatch(/^This is Switchyard's local cloud/);
    const head = await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('refuses a body of more than 8 MB and goes on', async () => {
    const { port } = await serve(wireOf({}).handle);
    const large = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x'.repeat(8 * 1024 * 1024 + 1) });
    expect(large.status).toBe(413);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  it('says in one sentence that its port is taken', async () => {
    const { port } = await serve(wireOf({}).handle);
    await expect(serve(wireOf({}).handle, port)).rejects.toThrow(
      `port ${port} is taken: end what listens there (perhaps another local cloud), or choose another port`,
    );
  });

  it('ends requests that are still waiting when it closes', async () => {
    let arrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { port, close } = await listen(() => {
      arrived();
      return new Promise(() => undefined);
    }, 0);
    const waiting = fetch(`http://127.0.0.1:${port}/`).then(
      () => 'answered',
      () => 'ended',
    );
    await arrival;
    await close();
    expect(await waiting).toBe('ended');
  });
});
