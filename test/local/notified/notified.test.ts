import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../local/clock.ts';
import { virtualNetwork } from '../../../local/network/virtual-network.ts';
import { type Notified, notifiedBy } from '../../../local/notified/notified.ts';
import { SECRET } from '../../../local/notified/webhooks-here.ts';
import { readCatalogue } from '../../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../../shared/catalogue/resolve.ts';
import { startPipeline } from '../../scenarios/pipeline.ts';

const EXAMPLE = readFileSync(new URL('../../../examples/told.yml', import.meta.url), 'utf8');
const SERVICE = 'adit-service-preprod';

const catalogueOf = (text: string) => {
  const read = readCatalogue(text);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return resolveCatalogue(read.source, { account: '123456789012', region: 'eu-west-1' });
};

/** The pipeline of a catalogue, as `npm start` has it, with what is shown of those who are told. */
const demonstration = async (text: string) => {
  const clock = manualClock(Date.parse('2026-03-01T12:00:00Z'));
  const network = virtualNetwork(clock);
  // a webhook is on this machine, or https
  const addresses: Readonly<Record<string, string>> = {
    slack: 'http://127.0.0.1:1',
    github: 'http://127.0.0.1:2',
    webhooks: 'http://127.0.0.1:3',
  };
  const here = { ...network, address: async (name: string) => addresses[name] ?? '' };
  const lines: string[] = [];
  const notified = await notifiedBy({
    catalogue: catalogueOf(text),
    network: here,
    clock,
    say: (line) => void lines.push(line.trim()),
  });
  /** To the stand-in, in the place of the address that the functions have. */
  const to =
    (name: string, own: string, base = '', what = 'api'): typeof globalThis.fetch =>
    async (input, init) =>
      network.fetch(String(input).replace(own, `${await network.address(name, what)}${base}`), init);
  const pipeline = await startPipeline({
    catalogue: text,
    post: notified.post,
    receivers: () => ({
      'slack.com': to('slack', 'https://slack.com'),
      '127.0.0.1:1': to('slack', 'http://127.0.0.1:1'),
      'api.github.com': to('github', 'https://api.github.com', '/api/v3'),
      'ledger.example.com': to('webhooks', 'https://ledger.example.com/hooks/switchyard', '/ledger', 'receiver'),
    }),
  });
  await notified.prepare(pipeline.access);
  return { pipeline, notified, lines };
};

const asked = ({ asked: of }: Notified) => of ?? {};

describe('what people would see is shown', () => {
  it('of a deployment that is rolled back, and of the next, by the example', async () => {
    const { pipeline, notified, lines } = await demonstration(EXAMPLE);
    await pipeline.deploy('preprod', 'preprod:crashing', SERVICE, asked(notified));
    await pipeline.verdict(900);
    await pipeline.deploy('preprod', 'preprod:good', SERVICE, asked(notified));
    await pipeline.verdict(900);
    await pipeline.pass(60);
    const shown = lines.join('\n');
    for (const line of [
      /^slack {3}C0DEPLOYS1 {2}~ ↩️ adit-service-preprod in preprod: failed, and rolled back/m,
      /^slack {3}C0DEPLOYS1 {4}└ \*How it ended\*/m,
      /^slack {3}C0DEPLOYS1 {2}~ ✅ adit-service-preprod in preprod: deployed and verified/m,
      /^webhook ledger {2}DeploymentRolledBack of d-[0-9a-z]{26}$/m,
      /^mail {4}team@example.com {2}adit-service-preprod in preprod: failed, and rolled back$/m,
      /^github {2}acme\/app {2}deployment \d+: 4f9c2d1 to preprod$/m,
      /^github {2}acme\/app {2}deployment \d+ is failure: crashing was rolled back/m,
      /^github {2}acme\/app {2}check switchyard\/preprod\/adit-service-preprod: adit-service-preprod good in preprod succeeded$/m,
      /^github {2}acme\/app {2}issue 2 is opened: preprod: the deployment of adit-service-preprod crashing was rolled back$/m,
      /^github {2}acme\/app {2}comment on 2: The next deployment succeeded\./m,
      /^github {2}acme\/app {2}issue 2 is closed$/m,
      /^github {2}acme\/app {2}comment \d+ is changed: \| `preprod` .* ✅ succeeded/m,
    ])
      expect(shown).toMatch(line);
    expect(await notified.settled(pipeline.access)).toBe(true);
  });

  it('by an incoming webhook and a token too, where the catalogue has these', async () => {
    const text = EXAMPLE.replace(/ {4}channel: .*\n {4}token: (.*)\n/, '    webhook: ${secretsmanager:hook}\n')
      .replace(/ {4}app: .*\n/, '    token: ${ssm:/switchyard/github}\n')
      .replace(/ {2}email:\n.*\n/, '')
      .replace(/ {2}webhooks:\n.*\n/, '');
    const { pipeline, notified, lines } = await demonstration(text);
    // another address than before, as after a start on what was kept
    await notified.prepare(pipeline.access);
    await pipeline.deploy('preprod', 'preprod:good', SERVICE, asked(notified));
    await pipeline.verdict(900);
    await pipeline.pass(60);
    expect(lines.filter((line) => line.startsWith('slack'))).toEqual([
      expect.stringContaining('C0WEBHOOK  ✅ adit-service-preprod in preprod: deployed and verified'),
    ]);
    expect(lines.filter((line) => line.startsWith('mail'))).toEqual([]);
    expect(lines.join('\n')).toMatch(
      /^github {2}acme\/app {2}commit 4f9c2d1, switchyard\/preprod\/adit-service-preprod: success$/m,
    );
  });

  it('of webhooks, where they are signed as the standard has it, and not otherwise', async () => {
    const clock = manualClock(Date.parse('2026-03-01T12:00:00Z'));
    const network = virtualNetwork(clock);
    const lines: string[] = [];
    const { environment } = await notifiedBy({
      catalogue: catalogueOf(EXAMPLE),
      network,
      clock,
      say: (line) => void lines.push(line.trim()),
    });
    const url = environment['SWITCHYARD_WEBHOOKS_URL'] ?? '';
    const body = JSON.stringify({ type: 'DeploymentFailed', timestamp: '', data: { deployment: 'd-1' } });
    const post = async (secret: string, at: Date, text = body) => {
      const seconds = String(Math.floor(at.getTime() / 1000));
      const signature = new Webhook(secret).sign('e-1', at, body);
      const headers = { 'webhook-id': 'e-1', 'webhook-timestamp': seconds, 'webhook-signature': `v1,AAAA ${signature}` };
      return (await network.fetch(`${url}/ledger`, { method: 'POST', headers, body: text })).status;
    };
    const now = new Date(clock.now());
    expect(await post(SECRET, now)).toBe(200);
    expect(await post(`whsec_${Buffer.alloc(32).toString('base64')}`, now), 'another key').toBe(401);
    expect(await post(SECRET, new Date(clock.now() - 301_000)), 'too old').toBe(401);
    expect(await post(SECRET, now, `${body} `), 'another body').toBe(401);
    expect((await network.fetch(`${url}/ledger`, { method: 'POST', body })).status, 'no signature').toBe(401);
    expect(lines).toEqual(['webhook ledger  DeploymentFailed of d-1']);
  });

  it('and nothing stands there for a catalogue that tells nobody', async () => {
    const catalogue = catalogueOf(EXAMPLE.replace(/^notify:\n(?: .*\n|\n)*/m, ''));
    const clock = manualClock(0);
    const { environment, asked: of } = await notifiedBy({
      catalogue,
      network: virtualNetwork(clock),
      clock,
      say: () => undefined,
    });
    expect([environment, of]).toEqual([{}, undefined]);
  });
});
