import { callIn, PLACEHOLDER } from './intrinsics.ts';
import { StackError } from './stack-error.ts';
import { isRecord, type TemplateResource } from './template.ts';

/** The names that a value's functions refer to, in both branches of each condition: resources and pseudo parameters. */
const namesIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isRecord(value)) return [];
  const call = callIn(value);
  const inner = Object.values(value).flatMap(namesIn);
  if (call === undefined) return inner;
  const { name, argument } = call;
  if (name === 'Ref') return [String(argument)];
  if (name === 'Fn::GetAtt') return [String(Array.isArray(argument) ? argument[0] : argument).split('.', 1)[0] ?? ''];
  if (name === 'Fn::Sub') return [...inner, ...placeholders(argument)];
  return inner;
};

const placeholders = (argument: unknown): readonly string[] => {
  const [text, own = {}] = Array.isArray(argument) ? argument : [argument];
  const names = [...String(text).matchAll(PLACEHOLDER)].filter(([, literal]) => literal !== '!').map(([, , name = '']) => name);
  return names
    .filter((name) => !isRecord(own) || !(name in own))
    .map((name) => (name.startsWith('AWS::') ? name : (name.split('.', 1)[0] ?? '')));
};

type Resources = Readonly<Record<string, TemplateResource>>;

const dependenciesOf = (id: string, resources: Resources): readonly string[] => {
  const resource = resources[id];
  if (resource === undefined) return [];
  const all = [...resource.dependsOn, ...namesIn(resource.properties)].filter((name) => !name.startsWith('AWS::'));
  const missing = all.find((name) => !(name in resources));
  if (missing !== undefined) throw new StackError(`${id} (${resource.type}) refers to ${missing}, which is not in the template`);
  return all;
};

/** The resources, each after all that it refers to or depends on. Throws a `StackError` that names the members of a cycle. */
export const inOrder = (resources: Resources): readonly string[] => {
  const ordered = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (ordered.has(id)) return;
    if (path.includes(id)) throw new StackError(`circular dependency: ${[...path.slice(path.indexOf(id)), id].join(' -> ')}`);
    for (const other of dependenciesOf(id, resources)) visit(other, [...path, id]);
    ordered.add(id);
  };
  for (const id of Object.keys(resources)) visit(id, []);
  return [...ordered];
};
