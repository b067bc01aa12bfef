import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { templateIn } from '../../local/packaging.ts';

/** A packaged CloudFormation template, as far as the checks read it. */
export interface Template {
  Resources: Record<string, Resource>;
}

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is any JSON; the checks read what they name
  Properties: Record<string, any>;
}

/** Reads a template and says, in a sentence each, what is wrong with it. */
export type Check = (template: Template) => readonly string[];

/** Takes something away from a template, or allows something more. */
export type Break = (resources: Record<string, Resource>) => void;

/** What holds, the check of it, and the ways in which a template fails it. */
export type Case = readonly [fact: string, check: Check, breaks: Readonly<Record<string, Break>>];

export const ofType = (template: Template, type: string) =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

export const functions = (template: Template) => ofType(template, 'AWS::Lambda::Function');

export const text = (value: unknown): string => JSON.stringify(value ?? null);

/** `Inbox` of `{ "Fn::GetAtt": ["Inbox", "Arn"] }` and of `{ "Ref": "Inbox" }`; anything else as it is written. */
export const named = (value: { 'Fn::GetAtt'?: string[]; Ref?: string; 'Fn::Sub'?: string } | string | undefined): string =>
  typeof value === 'string' ? value : (value?.['Fn::GetAtt']?.[0] ?? value?.Ref ?? value?.['Fn::Sub'] ?? text(value));

export const problem = (wrong: boolean, sentence: string): readonly string[] => (wrong ? [sentence] : []);

export const packaged = (): Template => JSON.parse(readFileSync(templateIn(inject('packaged')), 'utf8'));

/** Of a resource that a break needs: if the template has none, the break tests nothing. */
export const properties = (resources: Record<string, Resource>, id: string): Resource['Properties'] => {
  const found = resources[id];
  if (found === undefined) throw new Error(`the template has no ${id} to break`);
  return found.Properties;
};

/** Runs each check on the packaged template, and on copies with each break. */
export const testCases = (cases: readonly Case[]): void => {
  for (const [fact, check, breaks] of cases) {
    it(fact, () => expect(check(packaged())).toEqual([]));
    for (const [what, apply] of Object.entries(breaks)) {
      it(`${fact}; a template with ${what} does not`, () => {
        const template = packaged();
        apply(template.Resources);
        expect(check(template)).not.toEqual([]);
      });
    }
  }
};
