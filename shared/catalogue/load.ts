import type { ErrorObject } from 'ajv';
import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type LeastSeconds, reportChecks } from './check-problems.ts';
import type { CatalogueSource } from './generated/types.ts';
import { validators } from './generated/validators.mjs';
import { reportNotify } from './notify-problems.ts';
import { reportPromotions } from './promotion-problems.ts';
import { reportSites, thingsOf } from './site-problems.ts';

/** One thing that is wrong: `switchyard.yml:12 environments.prod.lane: must be …`. */
export interface Problem {
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

export type Read = { readonly source: CatalogueSource } | { readonly problems: readonly Problem[] };

const LONGEST = 256 * 1024;

/**
 * Reads and checks a catalogue, and tells every problem at once. Never throws for what the text holds. `leastSeconds`: of a target's rollout,
 * by its own plan; without it nobody checks whether that fits.
 */
export const readCatalogue = (text: string, leastSeconds: LeastSeconds = () => 0): Read => {
  if (text.length > LONGEST)
    return { problems: [{ line: 1, path: '', message: `the file is larger than ${LONGEST} characters` }] };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: false,
    stringKeys: true,
  });
  if (document.errors.length > 0) return { problems: document.errors.map((error) => syntaxProblem(error, lines)) };
  const data = toData(document);
  if ('problem' in data) return { problems: [data.problem] };
  const validate = validators.catalogue;
  if (!validate(data.value)) return { problems: inOrder(shapeProblems(validate.errors ?? [], document, lines)) };
  const source = data.value as CatalogueSource;
  const problems = meaningProblems(source, (path) => lineOf(document, lines, path), leastSeconds);
  return problems.length > 0 ? { problems: inOrder(problems) } : { source };
};

/** `file:line path: message`, one line for each problem. */
export const formatProblems = (file: string, problems: readonly Problem[]): string =>
  problems
    .map(({ line, path, message }) => `${file}:${line} ${inOneLine(path === '' ? message : `${path}: ${message}`)}`)
    .join('\n');

/** What the file holds may break lines, or never end. */
const inOneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, 500);

const syntaxProblem = (error: Document['errors'][number], lines: LineCounter): Problem => ({
  line: lines.linePos(error.pos[0]).line,
  path: '',
  message: `not valid YAML: ${error.message}`,
});

/** Aliases may blow a small file up: the parser's own limit stands, and its refusal is told like any other problem. */
const toData = (document: Document): { value: unknown } | { problem: Problem } => {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return {
      problem: { line: 1, path: '', message: `cannot be read: ${error instanceof Error ? error.message : String(error)}` },
    };
  }
};

const inOrder = (problems: readonly Problem[]): readonly Problem[] =>
  problems.toSorted((a, b) => a.line - b.line || (a.path < b.path ? -1 : 1));

type Path = readonly string[];

const pathOf = (pointer: string): Path =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const dotted = (path: Path): string => path.join('.');

/** The line of a key, or of the nearest thing around it that has one. */
const lineOf = (document: Document, lines: LineCounter, path: Path): number => {
  let node: unknown = document.contents;
  let offset = rangeOf(node);
  for (const part of path) {
    const next = step(node, part);
    if (next === undefined) break;
    offset = next.offset ?? offset;
    node = next.node;
  }
  return lines.linePos(offset ?? 0).line || 1;
};

const rangeOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

const step = (node: unknown, part: string): { node: unknown; offset: number | undefined } | undefined => {
  if (isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === part);
    return pair === undefined ? undefined : { node: pair.value, offset: rangeOf(pair.key as Node) };
  }
  if (!isSeq(node)) return undefined;
  const item = node.items[Number(part)];
  return { node: item, offset: rangeOf(item) };
};

/** What ajv found, said for people; of a `oneOf` by kind only what its own schema says. */
const shapeProblems = (errors: readonly ErrorObject[], document: Document, lines: LineCounter): Problem[] =>
  errors
    .filter(({ keyword, params }) => keyword !== 'oneOf' && keyword !== 'if' && params['allowedValue'] !== false)
    .map((error) => {
      const at = pathOf(error.instancePath);
      const path = error.keyword === 'additionalProperties' ? [...at, String(error.params['additionalProperty'])] : at;
      return { line: lineOf(document, lines, path), path: dotted(path), message: said(error) };
    });

const LITERAL_SECRET =
  'must be ${ssm:/name} or ${secretsmanager:name}: put the secret there, since no secret may stand in the catalogue';

const said = (error: ErrorObject): string => {
  const { keyword, params, message = 'is not allowed' } = error;
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(String(params['additionalProperty']), error.parentSchema);
    case 'required':
      return `"${String(params['missingProperty'])}" is missing`;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
    case 'discriminator':
      return `unknown kind "${String(params['tagValue'])}"; allowed: ${kindsIn(error.parentSchema).join(', ')}`;
    case 'pattern':
      return error.parentSchema?.['title'] === 'SourceSecret' ? LITERAL_SECRET : message;
    case 'propertyNames':
      return `"${String(params['propertyName'])}" is not a name: letters, digits, ".", "_" and "-", 128 at most`;
    case 'not':
      return `"${named(error.schema).join('", "')}" is not allowed beside what else stands here`;
    default:
      return message;
  }
};

const named = (schema: unknown): readonly string[] =>
  typeof schema === 'object' && schema !== null && 'required' in schema && Array.isArray(schema.required) ? schema.required : [];

const unknownKey = (key: string, parent: ErrorObject['parentSchema']): string => {
  const allowed = Object.keys((parent?.['properties'] as object | undefined) ?? {});
  const near = nearest(key, allowed);
  return `unknown key${near === undefined ? '' : ` (did you mean "${near}"?)`}; allowed: ${allowed.join(', ')}`;
};

/** What a `target`, or an `apply`, may be. */
const kindsIn = (parent: ErrorObject['parentSchema']): readonly string[] => {
  const choices = (parent?.['oneOf'] ?? []) as readonly { readonly properties: { readonly kind: { readonly const: string } } }[];
  return choices.map(({ properties }) => properties.kind.const);
};

/** The one that is at most two letters away. */
const nearest = (key: string, allowed: readonly string[]): string | undefined =>
  allowed.find((candidate) => distance(key.slice(0, 64), candidate) <= 2);

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** What the schema cannot say: references, addresses, and two services that are one thing. */
const meaningProblems = (source: CatalogueSource, line: (path: Path) => number, leastSeconds: LeastSeconds): Problem[] => {
  const problems: Problem[] = [];
  const known = new Map<string, string>();
  const report = (at: Path, message: string): void => {
    const path = dotted(at);
    // what is wrong in every site is wrong once
    if (!problems.some((known) => known.path === path && known.message === message))
      problems.push({ line: line(at), path, message });
  };
  for (const [environment, { services }] of Object.entries(source.environments)) {
    for (const name of Object.keys(services)) {
      const path = ['environments', environment, 'services', name];
      const things = thingsOf(source, environment, name);
      const other = things.flatMap((thing) => known.get(thing) ?? [])[0];
      if (other !== undefined)
        report([...path, 'target'], `names the same thing as ${other}; one service is deployed by one entry only`);
      if (new Set(things).size < things.length)
        report(
          path,
          'names one state of Terraform twice; put ${site} or ${region} into its "bucket" or its "key", or name another',
        );
      for (const thing of things) known.set(thing, `${environment}.${name}`);
    }
  }
  reportSites(source, report);
  reportChecks(source, leastSeconds, report);
  reportPromotions(source, report);
  reportNotify(source, report);
  return problems;
};
