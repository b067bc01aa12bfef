import { describe, expect, it } from 'vitest';
import { type Source, sources } from './sources.ts';

/** A test that is switched off, alone, cannot fail, or replaces what it tests. */
const OFF = /\b(?:it|test|describe)(?:\.[a-z]+)*\.(?:skip|only|todo|fails)\b|\bexpect\(true\)|\bvi\.(?:mock|spyOn|fn)\(/;
const off = (files: readonly Source[]): readonly string[] => files.filter(({ text }) => OFF.test(text)).map(({ path }) => path);

/** A test that needs what is not everywhere says so in its name, `(needs …)` or `(skipped …)`: the reason that CI prints. */
const SKIPS = /\.(?:skipIf|runIf)\([^\n]*?\)\(\s*(['"`])((?:(?!\1)[^\n])*)\1/g;
const HOW_MANY = /\.(?:skipIf|runIf)\(/g;
const unexplained = (files: readonly Source[]): readonly string[] =>
  files.flatMap(({ path, text }) => {
    const names = [...text.matchAll(SKIPS)].map(([, , name = '']) => name);
    const without = names.filter((name) => !/\((?:needs|skipped)\b[^()]+\)/.test(name));
    return names.length === [...text.matchAll(HOW_MANY)].length ? without.map((name) => `${path}: ${name}`) : [path];
  });

const file = (text: string): Source => ({ path: 'test/a.test.ts', text });

describe('tests', () => {
  it('are on, all of them', () => {
    expect(off(sources('test'))).toEqual([]);
    for (const word of ['only', 'skip', 'todo', 'concurrent.skip', 'fails']) {
      expect(off([file(`it.${word}('x', () => undefined)`)]), word).toHaveLength(1);
    }
    for (const word of ['mock', 'spyOn', 'fn']) expect(off([file(`vi.${word}('x')`)]), word).toHaveLength(1);
  });

  it('that are skipped somewhere say why in their name', () => {
    expect(unexplained(sources('test'))).toEqual([]);
    expect(unexplained([file(`describe.${'skipIf'}(!there)('recordings (needs ../recordings)', () => {})`)])).toEqual([]);
    expect(unexplained([file(`describe.${'skipIf'}(!there)('recordings', () => {})`)])).toHaveLength(1);
    expect(unexplained([file(`describe.${'skipIf'}(!there)(NAME, () => {})`)])).toHaveLength(1);
  });
});
