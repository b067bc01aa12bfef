import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventsPage } from '../../scripts/events-page.ts';
import { schemaProblem } from '../scenarios/schemas.ts';

const FOLDER = new URL('../../schemas/events/', import.meta.url);

interface Schema {
  readonly title: string;
  readonly description: string;
  readonly examples?: readonly Readonly<Record<string, unknown>>[];
  readonly required?: readonly string[];
}

const schemas: readonly Schema[] = readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));

describe('the example of an event', () => {
  it.each(schemas.map((schema) => [schema.title, schema] as const))(
    'of %s fits its schema, and no longer without what it needs',
    (title, schema) => {
      const [example, ...others] = schema.examples ?? [];
      expect([schemaProblem(title, example), others]).toEqual([undefined, []]);
      const { [schema.required?.[0] ?? '']: _, ...without } = example ?? {};
      expect(schemaProblem(title, without), 'without what is required first').toMatch(/required property/);
    },
  );

  it('of what we tell carries a "sequence", and is told of something', () => {
    const told = schemas.filter(({ examples = [] }) => examples.some((example) => 'sequence' in example));
    expect(told).toHaveLength(21);
  });
});

describe('docs/events.md', () => {
  it('has a part for each event, between its marks and nowhere else', () => {
    const page = eventsPage('before <!-- examples -->STALE<!-- /examples --> after', schemas);
    for (const { title, description } of schemas) expect(page).toContain(`### ${title}\n\n${description}\n\n\`\`\`json\n{`);
    expect(page.startsWith('before <!-- examples -->\n\n### ')).toBe(true);
    expect(page.endsWith('<!-- /examples --> after')).toBe(true);
    expect(page).not.toContain('STALE');
  });
});
