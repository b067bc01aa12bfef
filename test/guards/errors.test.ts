import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT, type Source, sources } from './sources.ts';

const word = /[a-z]+(?:-[a-z]+)*/.source;

/** Where a code stands in the code: as a member, as an error's first argument, as a key of a list of codes. */
const PLACES = [
  new RegExp(`\\bcode(?:: | = )'(${word})'`, 'g'),
  new RegExp(`\\bcode: [a-z]+ \\? '(${word})' : '(${word})'`, 'g'),
  new RegExp(`(?:FinalError|SwitchyardError)\\(\\s*'(${word})'`, 'g'),
  new RegExp(`failLoudly\\(\\s*[a-z]+,\\s*'(${word})'`, 'g'),
  new RegExp(`const code = [^;]*\\? '(${word})' : '(${word})'`, 'g'),
];

const LIST = /export const [A-Z_]+ = \{([^}]*)\} as const;/g;

const codesIn = (files: readonly Source[]): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const { text } of files) {
    for (const place of PLACES)
      for (const [, ...codes] of text.matchAll(place)) for (const code of codes) if (code !== undefined) found.add(code);
    if (!text.includes('docs/errors.md')) continue;
    for (const [, list = ''] of text.matchAll(LIST))
      for (const [, code = ''] of list.matchAll(/^\s*'?([a-z-]+)'?:/gm)) found.add(code);
  }
  // The router makes these two of one: `unknown-${found.unknown}`.
  return found.add('unknown-environment').add('unknown-service');
};

const codesOf = (page: string): readonly string[] => [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code = '']) => code);

const compare = (files: readonly Source[], page: string) => {
  const code = codesIn(files);
  const docs = codesOf(page);
  return { undocumented: [...code].filter((word) => !docs.includes(word)), unknown: docs.filter((word) => !code.has(word)) };
};

describe('docs/errors.md', () => {
  const page = readFileSync(`${ROOT}docs/errors.md`, 'utf8');

  it('knows every code, and no other', () => {
    expect(compare(sources('handlers', 'shared'), page)).toEqual({ undocumented: [], unknown: [] });
  });

  it('that misses one, or has one too many, is found', () => {
    const more = [
      ...sources('handlers', 'shared'),
      { path: 'shared/a.ts', text: "const reason = { code: 'made-up', message: '' };" },
    ];
    expect(compare(more, page).undocumented).toEqual(['made-up']);
    expect(compare(sources('handlers', 'shared'), `${page}\n| \`not-there\` | |`).unknown).toEqual(['not-there']);
  });
});
