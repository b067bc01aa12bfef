import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withSection } from '../../bench/report/document.ts';
import { markdown } from '../../bench/report/table.ts';

const DOCUMENT = 'before\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nbetween\n<!-- bench:b -->\n<!-- /bench:b -->\nafter\n';

describe('a section', () => {
  it('is replaced, and nothing else', () => {
    expect(withSection(DOCUMENT, 'a', 'new')).toBe(
      'before\n<!-- bench:a -->\n\nnew\n\n<!-- /bench:a -->\nbetween\n<!-- bench:b -->\n<!-- /bench:b -->\nafter\n',
    );
  });

  it('stays as it is when the same is written twice', () => {
    const once = withSection(DOCUMENT, 'b', 'new');
    expect(withSection(once, 'b', 'new')).toBe(once);
  });

  it('that is not there is an error', () => {
    expect(() => withSection(DOCUMENT, 'c', 'new')).toThrow('<!-- bench:c -->');
    expect(() => withSection('<!-- /bench:a --><!-- bench:a -->', 'a', 'new')).toThrow('no section');
  });
});

describe('docs/performance.md', () => {
  const document = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');
  const main = readFileSync(new URL('../../bench/main.ts', import.meta.url), 'utf8');

  it('has a section for each measurement', () => {
    const names = ['verdict-lag', 'stopped-task', 'requests', 'history', 'load', 'targets', 'flips', 'copy', 'bundles', 'start'];
    const marked = [...document.matchAll(/<!-- bench:([a-z-]+) -->/g)].map(([, name]) => name);
    expect(marked).toEqual(names);
    for (const name of names) {
      expect(main).toContain(`from './${name}.ts'`);
      expect(() => withSection(document, name, '')).not.toThrow();
    }
  });
});

describe('a table', () => {
  it('writes numbers with the decimals of their column, to the right', () => {
    const columns = [{ title: 'who' }, { title: 's', decimals: 2 }, { title: 'n' }];
    expect(markdown({ columns, rows: [['a', 0.125, 3]] })).toBe('| who | s | n |\n| --- | ---: | ---: |\n| a | 0.13 | 3 |');
  });

  it('refuses a row that does not fit', () => {
    expect(() => markdown({ columns: [{ title: 'who' }], rows: [['a', 'b']] })).toThrow('a, b');
  });
});
