import { stringify } from 'yaml';
import type { TargetModule } from '../shared/targets/module.ts';
import type { Statement, TargetMethod } from '../shared/targets/target.ts';

interface Property {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Property>>;
  /** Of each entry of a list. */
  readonly items?: Property;
}

/** Which function calls which method (shared/crew.ts; the roles follow it). */
const CALLERS: Readonly<Record<string, readonly TargetMethod[]>> = {
  deploy: ['current', 'start'],
  verify: ['observe', 'proceed'],
  rollback: ['current', 'restore'],
};

const values = ({ enum: choices, minimum, maximum }: Property): string => {
  if (choices !== undefined) return choices.map((value) => `\`${String(value)}\``).join(', ');
  return minimum === undefined || maximum === undefined ? '' : `${minimum} to ${maximum}`;
};

/** Keys within a key are written with a dot. */
const rows = (properties: Readonly<Record<string, Property>>, required: readonly string[], prefix = ''): readonly string[] =>
  Object.entries(properties).flatMap(([name, property]) => {
    const key = `${prefix}${name}`;
    if (name === 'kind') return [];
    const standard = required.includes(name) ? 'needed' : property.default === undefined ? '' : `\`${String(property.default)}\``;
    const told = [values(property), property.description ?? ''].filter((part) => part !== '').join('. ');
    const own = `| \`${key}\` | ${standard} | ${told} |`;
    const inner = property.properties === undefined ? property.items : property;
    return [own, ...rows(inner?.properties ?? {}, inner?.required ?? [], `${key}.`)];
  });

const actionsOf = (statements: readonly Statement[]): string =>
  [...new Set(statements.flatMap(({ actions }) => actions))]
    .sort()
    .map((action) => `\`${action}\``)
    .join(', ');

const section = ({ kind, schema, example, events, permissions }: TargetModule): string => {
  const { description, properties, required } = schema as unknown as Property;
  const config = { service: 'api', ...example };
  const allowed = permissions(config, { account: '123456789012', region: 'eu-west-1' });
  return [
    `## ${kind}`,
    '',
    description ?? '',
    '',
    '```yaml',
    stringify({ target: example }).trimEnd(),
    '```',
    '',
    '| key | default | |',
    '|---|---|---|',
    ...rows(properties ?? {}, required ?? []),
    '',
    '| function | may call |',
    '|---|---|',
    ...Object.entries(CALLERS).map(
      ([name, methods]) => `| ${name} | ${actionsOf(methods.flatMap((method) => allowed[method] ?? []))} |`,
    ),
    '',
    `Woken by: ${Object.keys(events).join(', ') || 'nothing; it is asked'}.`,
  ].join('\n');
};

/** `docs/targets.md`: what each kind needs, may do, and is woken by. */
export const targetsPage = (targets: Readonly<Record<string, TargetModule>>): string =>
  [
    '# Targets',
    '',
    'Generated from `shared/targets/`: how a service is deployed, by the `kind` of its `target` in `switchyard.yml`. Permissions are on the named service',
    'alone wherever AWS can narrow them; the packaged roles hold exactly these.',
    '',
    ...Object.values(targets).flatMap((module) => [section(module), '']),
  ].join('\n');
