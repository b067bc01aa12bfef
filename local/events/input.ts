import { AwsError } from '../errors.ts';
import { valueAt } from './json-path.ts';
import type { Event, Rule, Target } from './model.ts';

/** What a target receives (User Guide, "Input transformation"). Throws `InvalidJson` where the result would be none. */
export const transformed = (target: Target, rule: Rule, event: Event, now: number): string => {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAt(target.InputPath, event) ?? null);
  if (target.InputTransformer !== undefined) return fromTemplate(target.InputTransformer, rule, event, now);
  return JSON.stringify(event);
};

export const RESERVED = [
  'aws.events.event',
  'aws.events.event.json',
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
];

/** A text in which a quote, an escape or a `<name>` matters. */
const TOKEN = /\\.|"|<([A-Za-z0-9_.-]+)>/gs;

/** The names that a template asks for. */
export const placeholdersOf = (template: string): readonly string[] =>
  [...template.matchAll(TOKEN)].flatMap(([, name]) => name ?? []);

const fromTemplate = (
  { InputPathsMap = {}, InputTemplate }: NonNullable<Target['InputTransformer']>,
  rule: Rule,
  event: Event,
  now: number,
): string => {
  const { detail: _, 'detail-type': detailType, ...envelope } = event;
  const known: Readonly<Record<string, unknown>> = {
    'aws.events.event': { ...envelope, detailType },
    'aws.events.event.json': event,
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': new Date(now).toISOString(),
    ...Object.fromEntries(Object.entries(InputPathsMap).map(([name, path]) => [name, valueAt(path, event)])),
  };
  const isText = InputTemplate.trimStart().startsWith('"');
  const state = { quoted: false };
  const filled = InputTemplate.replace(TOKEN, (token: string, name?: string) => {
    if (token === '"') state.quoted = !state.quoted;
    if (name === undefined) return token;
    return filling(known[name] ?? '', state.quoted, isText);
  });
  return isText ? filled : minified(filled);
};

/** Between quotes a text's own characters, elsewhere a JSON value; a template of texts alone takes lists and objects without their quotes. */
const filling = (value: unknown, quoted: boolean, isText: boolean): string => {
  const json = JSON.stringify(value);
  if (!quoted) return json;
  if (typeof value === 'string') return json.slice(1, -1);
  return isText ? json.replaceAll('"', '') : json;
};

const minified = (json: string): string => {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    throw new AwsError('InvalidJson', `The input transformer does not make valid JSON: ${json}`);
  }
};
