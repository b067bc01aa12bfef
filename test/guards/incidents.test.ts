import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HARMFUL, STRANDED } from '../../shared/cdevents/incidents.ts';
import { HARMLESS } from './harmless.ts';
import { ROOT } from './sources.ts';

const SECTION = /^## Why a deployment failed or was rolled back\n([\s\S]*?)^## /m;

/** Codes of that section, which errors.test.ts holds against the code; a cancel stands among the refusals there. */
const reasonsIn = (page: string): readonly string[] => {
  const [, section = ''] = SECTION.exec(page) ?? [];
  return [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code = '']) => code).concat('cancelled');
};

const compare = (page: string) => {
  const reasons = reasonsIn(page);
  const judged: readonly string[] = [...HARMFUL, ...HARMLESS, STRANDED];
  return {
    unjudged: reasons.filter((code) => !judged.includes(code)),
    unknown: judged.filter((code) => !reasons.includes(code)),
  };
};

describe('reasons of failures', () => {
  const page = readFileSync(`${ROOT}docs/errors.md`, 'utf8');

  it('are each an incident or none, and no other is', () => {
    expect(reasonsIn(page).length).toBeGreaterThan(80);
    expect(compare(page)).toEqual({ unjudged: [], unknown: [] });
    expect(new Set([...HARMFUL, ...HARMLESS]).size).toBe(HARMFUL.length + HARMLESS.length);
  });

  it('that nobody has judged, or that are none, are found', () => {
    expect(compare(page.replace('| `deadline` |', '| `made-up` |'))).toEqual({ unjudged: ['made-up'], unknown: ['deadline'] });
  });
});
