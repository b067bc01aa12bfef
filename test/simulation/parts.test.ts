import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { templateIn } from '../../local/packaging.ts';
import { runParts, type Work, type Wrong } from './parts.ts';
import { scheduleOf } from './schedule.ts';

/** For what was packaged, without the rule that calls the sweep, and for a schedule that was kept. */
let folder: string;

const withoutSweep = (text: string): string => {
  const { Resources, ...rest } = JSON.parse(text);
  const { Switchyardsweeprule1EventBridgeRule: rule, ...others } = Resources;
  expect(rule.Properties.ScheduleExpression).toBe('rate(1 minute)');
  return JSON.stringify({ ...rest, Resources: others });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-unswept-'));
  const packaged = inject('packaged');
  const template = templateIn(packaged);
  for (const file of await readdir(packaged))
    if (file !== basename(template)) await symlink(join(packaged, file), join(folder, file));
  await writeFile(join(folder, basename(template)), withoutSweep(await readFile(template, 'utf8')));
  await writeFile(join(folder, 'kept.json'), JSON.stringify({ ...scheduleOf(2), points: [] }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// What is packaged as it should be is tried by sample.test.ts, the same way.
it('of a seed, and of a schedule that was kept, it is told what breaks', async () => {
  const told: string[] = [];
  const found = ({ schedule, wrong: [text = ''] }: Wrong, { kind }: Work) =>
    void told.push(`${kind}: seed ${schedule?.plan.seed}, ${text.slice(0, 2)}`);
  // The seed last: it ends everything with the first that is wrong, and is not made shorter for minutes.
  const works: readonly Work[] = [
    { kind: 'kept', file: join(folder, 'kept.json') },
    { kind: 'seeds', from: 1, count: 1, first: true },
  ];
  const totals = await runParts(works, folder, 1, { found });
  expect(totals).toMatchObject(works.map(() => ({ schedules: 1, wrong: 1 })));
  expect(told).toEqual(['kept: seed 2, I1', 'seeds: seed 1, I1']);
});
