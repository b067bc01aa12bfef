import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../local/data/journal.ts';
import { startPipeline } from './pipeline.ts';

const SERVICE = 'adit-service-preprod';
const HOUR = 3600;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-catalogue-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a service that the next functions do not know any more', () => {
  it('ends what it has begun, closes its window, and is left alone', async () => {
    const first = await startPipeline({ services: [SERVICE], data: openJournal(folder) });
    await first.earnFirst('preprod', SERVICE);
    await first.deploy('preprod', 'preprod:better', SERVICE);
    await first.pass(3);
    rmSync(join(folder, 'lock'));
    const removed = await startPipeline({
      services: [SERVICE],
      data: openJournal(folder),
      start: first.clock.now(),
      mistaken: (all) => ({ ...all, services: [] }),
    });
    expect(await removed.verdict(900)).toMatchObject({ type: 'DeploymentSucceeded', detail: { changed: true, verified: true } });
    await removed.pass(2 * HOUR);
    const { Items = [] } = await removed.dynamodb.send(new ScanCommand({ TableName: 'switchyard' }));
    expect(Items.filter(({ dueAt }) => dueAt !== undefined)).toEqual([]);
    const calls = removed.calls.length;
    await removed.pass(HOUR / 4);
    expect(removed.calls.slice(calls).filter((call) => call !== 'dynamodb:Query')).toEqual([]);
  });
});
