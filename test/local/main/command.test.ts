import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneService } from './one-service.ts';

describe('the switchyard command', () => {
  const { begin, switchyard, ask, end } = oneService();

  beforeAll(() => begin(/all 1 example services are deployed and verified/), 300_000);
  afterAll(async () => {
    expect(await end()).toBe(0);
  });

  it('ends with 0 for a good image, 3 for a bad one, and 2 for a typing mistake', async () => {
    const good = await switchyard(...ask('better', '--wait'));
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(good.out).toMatch(/^succeeded: api in preprod/m);
    const bad = await switchyard(...ask('crashing', '--wait'));
    expect(bad.code).toBe(3);
    expect(bad.out).toMatch(/^ {2}stopped {2}.*exit code 1/m);
    const mistake = await switchyard(...ask('better').map((word) => (word === 'api' ? 'apo' : word)));
    expect(mistake.code).toBe(2);
    expect(mistake.err).toMatch(/"apo".*api/);
  }, 180_000);
});
