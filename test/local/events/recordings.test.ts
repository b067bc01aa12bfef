import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../local/events/pattern/match.ts';

/** What AWS itself answered: one event and one pattern a file; `_NEG`: no match, `_EXC`: the pattern is refused. */
const FOLDER = new URL('../../../../shared/recordings/event-patterns/', import.meta.url);

/** JSON with comments and trailing commas. */
const relaxed = (text: string): { Event: unknown; EventPattern: unknown } =>
  JSON.parse(
    text
      .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*/g, (_, string: string | undefined) => string ?? '')
      .replace(/,(\s*[}\]])/g, '$1'),
  );

const verdict = (pattern: unknown, event: unknown): 'match' | 'no match' | 'refused' => {
  try {
    return compilePattern(JSON.stringify(pattern))(event) ? 'match' : 'no match';
  } catch {
    return 'refused';
  }
};

const expected = (file: string) => (file.includes('_EXC') ? 'refused' : file.includes('_NEG') ? 'no match' : 'match');

describe.skipIf(!existsSync(FOLDER))('patterns as AWS recorded them (needs the recordings beside the project)', () => {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => file.endsWith('.json5')) : [];
  for (const file of files) {
    it(`${file}: ${expected(file)}`, () => {
      const { Event, EventPattern } = relaxed(readFileSync(new URL(file, FOLDER), 'utf8'));
      expect(verdict(EventPattern, Event)).toBe(expected(file));
    });
  }
});
