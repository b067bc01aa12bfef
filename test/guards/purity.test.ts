import { describe, expect, it } from 'vitest';
import { type Source, sources } from './sources.ts';

/** What makes a decision depend on more than its arguments. */
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bset(?:Timeout|Interval|Immediate)\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b|\bperformance\.now\b|\bfetch\(/;

/** The clock, timers, the randomness and the network come from here. */
const ALLOWED = ['shared/lambda.ts', 'shared/time.ts'];

const impure = (files: readonly Source[]): readonly string[] =>
  files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => IMPURE.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line) && !/\bawait fetch\(|\bfetch: /.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );

describe('time, randomness and timers', () => {
  it('reach handlers and shared code from one place', () => {
    expect(impure(sources('handlers', 'shared').filter(({ path }) => !ALLOWED.includes(path)))).toEqual([]);
  });

  it('that come from elsewhere are found', () => {
    expect(impure([{ path: 'shared/deployment/decide.ts', text: 'const now = Date.now();' }])).toHaveLength(1);
    expect(impure([{ path: 'shared/step.ts', text: 'await new Promise((resolve) => setTimeout(resolve, 5));' }])).toHaveLength(1);
    for (const text of ['new Date()', 'Math.random()', 'process.env', 'setInterval(f, 1)', 'crypto.randomUUID()', 'fetch(url)']) {
      expect(impure([{ path: 'shared/deployment/decide.ts', text: `const a = ${text};` }]), text).toHaveLength(1);
    }
    expect(impure([{ path: 'shared/step.ts', text: '/** Never Math.random. */' }])).toEqual([]);
    expect(impure([{ path: 'shared/step.ts', text: 'const at = new Date(now).toISOString();' }])).toEqual([]);
  });
});
