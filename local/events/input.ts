import type { Event, Rule, Target } from './model.ts';

/** The value at a JSON path of dots and indices: `$.detail.images[0]`. */
const valueAt = (path: string, event: unknown): unknown => {
  let value = event;
  for (const part of path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]+/)
    .filter((name) => name !== '')) {
    value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[part] : undefined;
  }
  return value;
};

/** What a target receives (User Guide, "Input transformation"). */
export const transformed = (target: Target, rule: Rule, event: Event, now: number): string => {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAt(target.InputPath, event) ?? null);
  if (target.InputTransformer !== undefined) return fromTemplate(target.InputTransformer, rule, event, now);
  return JSON.stringify(event);
};

const fromTemplate = (
  { InputPathsMap = {}, InputTemplate }: NonNullable<Target['InputTransformer']>,
  rule: Rule,
  event: Event,
  now: number,
): string => {
  const known: Readonly<Record<string, unknown>> = {
    'aws.events.event': event,
    'aws.events.event.json': event,
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': new Date(now).toISOString(),
    ...Object.fromEntries(Object.entries(InputPathsMap).map(([name, path]) => [name, valueAt(path, event)])),
  };
  return InputTemplate.replace(/"?<([A-Za-z0-9_.-]+)>"?/g, (whole, name: string) => {
    if (!Object.hasOwn(known, name)) return whole;
    const value = known[name] ?? '';
    const quoted = whole.startsWith('"') && whole.endsWith('"');
    if (typeof value !== 'string') return JSON.stringify(value);
    const inner = JSON.stringify(value).slice(1, -1);
    return quoted ? `"${inner}"` : whole.replace(`<${name}>`, isInText(InputTemplate) ? inner : JSON.stringify(value));
  });
};

/** A template that is one JSON text takes values without quotes of their own. */
const isInText = (template: string): boolean => template.trim().startsWith('"');
