import { beforeAll, describe, expect, it } from 'vitest';
import { operator, SERVICE } from '../cli/cli-builder.ts';

type Operator = Awaited<ReturnType<typeof operator>>;

/** S4.8: deployment success rate, duration, rollback frequency and health-check retries are tracked. */
describe('what S4 tracks (S4.8)', () => {
  let pipeline: Operator['pipeline'];
  let at: Operator['at'];
  let counted: Readonly<Record<string, unknown>> = {};
  let durations: readonly number[] = [];

  const ask = async (...more: readonly string[]) => at(['metrics', '--environment', 'preprod', '--service', SERVICE, ...more]);

  beforeAll(async () => {
    ({ pipeline, at } = await operator());
    const good = await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.deploy('preprod', 'preprod:crashing', SERVICE);
    const undone = await pipeline.verdict(900);
    await pipeline.deploy('preprod', 'preprod:better', SERVICE);
    const better = await pipeline.verdict(900);
    await pipeline.deploy('preprod', 'preprod:absent', SERVICE);
    await pipeline.verdict();
    await pipeline.put('RollbackRequested', { environment: 'preprod', service: SERVICE, reason: 'customers complain' });
    const back = await pipeline.verdict(900);
    await pipeline.pass(10);
    durations = [good, undone, better, back].map(({ detail }) => Number(detail['durationSeconds']));
    const { out } = await ask('--json', '--since', '2026-03-01', '--until', '2026-03-02');
    [counted = {}] = JSON.parse(out).services;
  }, 240_000);

  it('is the success rate: two deployments and the rollback of four that were begun', () => {
    expect(counted).toMatchObject({
      requests: 5,
      verdicts: { succeeded: 2, 'rolled-back': 2, rejected: 1 },
      successRate: 3 / 4,
      // The one that was undone, and the one that the rollback left, of three.
      changes: 3,
      changesPerDay: 3,
      changeFailureRate: 2 / 3,
    });
  });

  it('is the duration, as the verdicts say it', () => {
    const [low = 0, high = 0] = durations.toSorted((a, b) => a - b).slice(1, 3);
    expect(counted['durationSeconds']).toBe((low + high) / 2);
  });

  it('is how often it went back, and how often a check was made again', () => {
    expect(counted).toMatchObject({ rollbacks: 2, failedRollbacks: 0, healthCheckRetries: 0 });
  });

  it('is the same in CloudWatch', () => {
    const lines = pipeline.log.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line.slice(line.indexOf('{'))));
    const sum = (name: string) => lines.reduce((all, line) => all + (line[name] ?? 0), 0);
    expect([sum('Deployments'), sum('Changes'), sum('ChangeFailures'), sum('Rollbacks')]).toEqual([5, 3, 2, 2]);
    expect(lines.flatMap((line) => line['Duration'] ?? [])).toEqual(durations);
  });

  it('is shown as a table too, and a time that is none is refused', async () => {
    const { out } = await ask('--since', '2026-03-01', '--until', '2026-03-02');
    expect(out).toMatch(new RegExp(`^ENVIRONMENT .*\\npreprod +${SERVICE} +5 +3 +3\\.00 +75 % .* 67 % .* 2 +0$`));
    expect((await ask('--since', 'yesterday')).err).toBe(
      '--since takes a time such as 2026-03-01 or 2026-03-01T12:00:00Z, not "yesterday"',
    );
    expect((await ask('--since', '2026-03-02', '--until', '2026-03-01')).err).toMatch(/^--since .* has to be before --until/);
    expect(JSON.parse((await ask('--json', '--until', '2026-02-01')).out).services[0]).toMatchObject({
      requests: 0,
      successRate: null,
    });
  });
});
