import { describe, expect, it } from 'vitest';
import type { Site } from '../../../shared/deployment/settings.ts';
import type { Deployment, State } from '../../../shared/deployment/types.ts';
import { type CheckPorts, checksOf, healthOf } from '../../../shared/sites/checks.ts';
import { deployment, settings } from '../deployment/builders.ts';

const site = (name: string, wave: number): Site => ({
  name,
  account: '1',
  region: name,
  wave,
  target: settings.target,
  health: { url: `http://${name}.test/health`, testUrl: `http://test.${name}.test/health`, attempts: 1, timeoutSeconds: 1 },
});

const ofSites = (state: State, over: Partial<Deployment> = {}): Deployment =>
  deployment(state, { settings: { ...settings, sites: [site('eu', 0), site('us', 1), site('asia', 2)] }, desired: 2, ...over });

/** Who was asked; those that are ill answer 500. */
const asking = (...ill: readonly string[]) => {
  const asked: string[] = [];
  const fetch = async (url: string) => {
    const { host } = new URL(url);
    asked.push(host);
    return new Response('', { status: ill.some((name) => host.endsWith(`${name}.test`)) ? 500 : 200 });
  };
  const timeout = () => ({ signal: new AbortController().signal, cancel: () => undefined });
  const ports = { runtime: { fetch, timeout, now: () => 0, settings: { references: {} } } } as unknown as CheckPorts;
  return { ports: { ...ports, reach: () => ({}) } as unknown as CheckPorts, asked };
};

describe('whether a service is well', () => {
  it.each([
    ['before anything is begun: everywhere', ofSites('starting'), ['eu.test', 'us.test', 'asia.test']],
    ['in the first wave', ofSites('verifying'), ['eu.test']],
    ['in a later wave: wherever it has come to', ofSites('verifying', { wave: 1 }), ['eu.test', 'us.test']],
    ['on its own way back: the same', ofSites('verifying-rollback', { wave: 1 }), ['eu.test', 'us.test']],
    [
      'of an asked rollback: everywhere',
      ofSites('verifying-rollback', { kind: 'rollback' }),
      ['eu.test', 'us.test', 'asia.test'],
    ],
  ])('is asked %s', async (_, of, hosts) => {
    const { ports, asked } = asking();
    expect(await healthOf(ports, of)).toMatchObject({ healthy: true });
    expect(asked).toEqual(hosts);
  });

  it('is no where one site is not, and says which', async () => {
    const { ports } = asking('us');
    expect(await healthOf(ports, ofSites('starting'))).toMatchObject({
      healthy: false,
      detail: expect.stringMatching(/^us: http:\/\/us\.test\/health answered 500/),
    });
  });

  it('is asked with test traffic where the target waits, and nowhere else', async () => {
    const { ports, asked } = asking();
    await checksOf(ports, ofSites('rolling-out', { wave: 1 }), 'test', new Map([['us', 'hook-1']]));
    expect(asked).toEqual(['test.us.test']);
  });

  it('is not asked where nothing is wanted', async () => {
    const { ports, asked } = asking();
    expect(await checksOf(ports, ofSites('verifying', { desired: 0 }), 'production')).toEqual({});
    expect(asked).toEqual([]);
  });
});
