import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../shared/notify/github/report.ts';
import { pullRequestText, type Row } from '../../../../shared/notify/github/texts.ts';

/** GitHub's answer to a comment that is longer: "body is too long (maximum is 65536 characters)". */
const LONGEST = 65_536;

const rowOf = (index: number, name: string, links: Row['links']): Row => ({
  report: {
    deployment: `d-${index}`,
    kind: 'deploy',
    environment: 'prod',
    service: `${index}-${name}`,
    sequence: 1,
    at: '2026-03-01T12:00:00.000Z',
    askedAt: '2026-03-01T12:00:00.000Z',
    phase: 'failed',
    text: name,
    version: name,
  } satisfies Report,
  links,
});

const rowsOf = (count: number, name: string, links: Row['links'] = {}): readonly Row[] =>
  Array.from({ length: count }, (_, index) => rowOf(index, name, links));

const linesIn = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('| `'));

describe("a pull request's comment", () => {
  it('has every row with its links, where there is room', () => {
    const lines = linesIn(pullRequestText('<!-- mark -->', rowsOf(50, 'v1', { dashboard: 'https://example.com/d' })));
    expect(lines).toHaveLength(50);
    for (const line of lines) expect(line).toContain('[dashboard](https://example.com/d)');
  });

  it('is never longer than GitHub takes: links are left out first', () => {
    const links = Object.fromEntries(
      Array.from({ length: 10 }, (_, n) => [`l${n}`, `https://example.com/${n}${'a'.repeat(1400)}`]),
    );
    const text = pullRequestText('<!-- mark -->', rowsOf(50, 'v1', links));
    expect(text.length).toBeLessThanOrEqual(LONGEST);
    expect(linesIn(text)).toHaveLength(50);
    expect(linesIn(text)[0]).toContain('[l9](');
    expect(linesIn(text)[49]).toMatch(/\| - \|$/);
  });

  it('is never longer than GitHub takes, whatever names are made of', () => {
    const text = pullRequestText('<!-- mark -->', rowsOf(50, '`'.repeat(400)));
    expect(text.length).toBeLessThanOrEqual(LONGEST);
    expect(text.split('\n').filter((line) => line.startsWith('| ')).length).toBeGreaterThan(20);
  });
});
