import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { rolesFor } from '../../scripts/stack/roles.ts';
import { formatProblems, readCatalogue } from '../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import { amount } from '../amount.ts';
import { hostileValue, nearly } from './hostile.ts';

const OWN = readFileSync(new URL('../../switchyard.yml', import.meta.url), 'utf8');

const DOCUMENTS = amount(100, 1500);

/** A part of a text, replaced by another. */
const edited = fc
  .tuple(
    fc.nat(OWN.length),
    fc.nat(40),
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('\t', '*a', '&a', '!!js/function', '<<:', '? ', '- ', '%YAML 9.9', '---\n', '{', '"', '\u0000'),
    ),
  )
  .map(([at, length, text]) => OWN.slice(0, at) + text + OWN.slice(at + length));

/** Documents that are nearly the project's own, texts that are nearly it, and anything. */
const documents = fc.oneof(
  { weight: 6, arbitrary: nearly(fc.constant(parse(OWN))).map((value) => JSON.stringify(value) ?? '') },
  { weight: 2, arbitrary: nearly(fc.constant(parse(OWN))).map((value) => safely(value)) },
  { weight: 3, arbitrary: edited },
  { weight: 1, arbitrary: hostileValue.map((value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))) },
);

const safely = (value: unknown): string => {
  try {
    return stringify(value);
  } catch {
    return JSON.stringify(value) ?? '';
  }
};

describe('the catalogue', () => {
  it(`is taken whole, or refused with a place and a sentence for each problem (${DOCUMENTS} documents)`, () => {
    let taken = 0;
    const check = (text: string): void => {
      const read = readCatalogue(text);
      if (!('problems' in read)) {
        taken += 1;
        rolesFor(resolveCatalogue(read.source, { account: '123456789012', region: 'eu-west-1' }));
        return;
      }
      expect(read.problems.length).toBeGreaterThan(0);
      for (const line of formatProblems('switchyard.yml', read.problems).split('\n')) {
        expect(line).toMatch(/^switchyard\.yml:\d+ .{8,}/);
      }
    };
    fc.assert(fc.property(documents, check), {
      numRuns: DOCUMENTS,
      seed: Number(process.env['SWITCHYARD_INPUT_SEED'] ?? 20_261_121),
    });
    expect(taken).toBeGreaterThan(DOCUMENTS / 150);
    expect(taken).toBeLessThan(DOCUMENTS * 0.93);
  });
});
