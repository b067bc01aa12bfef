import type { Place } from '../place.ts';
import { StackError } from './stack-error.ts';
import { isRecord, type Json } from './template.ts';

/** What a resource is to the others, once it is created. */
export interface CreatedResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What the functions of a template refer to. */
export interface Scope {
  readonly stackName: string;
  readonly place: Place;
  readonly conditions: Json;
  readonly resource: (logicalId: string) => CreatedResource;
}

const NO_VALUE = Symbol('AWS::NoValue');

const PSEUDO: Readonly<Record<string, (scope: Scope) => unknown>> = {
  'AWS::AccountId': ({ place }) => place.account,
  'AWS::NoValue': () => NO_VALUE,
  'AWS::Partition': () => 'aws',
  'AWS::Region': ({ place }) => place.region,
  'AWS::StackName': ({ stackName }) => stackName,
  'AWS::URLSuffix': () => 'amazonaws.com',
};

/**
 * Gives a value of a template with its functions worked out (CloudFormation template reference, intrinsic functions and pseudo
 * parameters). Throws a `StackError` for a function that is not handled, or that refers to nothing; `where` begins its message.
 */
export const resolve = (value: unknown, scope: Scope, where: string): unknown => {
  const resolved = resolveValue(value, scope, where);
  return resolved === NO_VALUE ? undefined : resolved;
};

const resolveValue = (value: unknown, scope: Scope, where: string): unknown => {
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, scope, where)).filter((item) => item !== NO_VALUE);
  if (!isRecord(value)) return value;
  const call = callIn(value);
  if (call !== undefined) return evaluate(call, scope, where);
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]): [string, unknown] => [name, resolveValue(inner, scope, where)])
      .filter(([, inner]) => inner !== NO_VALUE),
  );
};

interface Call {
  readonly name: string;
  readonly argument: unknown;
}

/** `{ "Ref": … }` or `{ "Fn::…": … }`, alone in its object. */
export const callIn = (value: Json): Call | undefined => {
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0 || !(name === 'Ref' || name.startsWith('Fn::'))) return undefined;
  return { name, argument: value[name] };
};

const evaluate = ({ name, argument }: Call, scope: Scope, where: string): unknown => {
  const wrong = (): never => {
    throw new StackError(`${where}: ${name} cannot be given ${JSON.stringify(argument)}`);
  };
  const list = (): readonly unknown[] => (Array.isArray(argument) ? argument : wrong());
  const texts = (value: unknown): readonly string[] => {
    const items = resolveValue(value, scope, where);
    return Array.isArray(items) && items.every((item) => typeof item !== 'object') ? items.map(String) : wrong();
  };
  switch (name) {
    case 'Ref':
      return typeof argument === 'string' ? reference(argument, scope) : wrong();
    case 'Fn::GetAtt': {
      const [id, attribute] = typeof argument === 'string' ? splitAttribute(argument) : texts(list());
      return id === undefined || attribute === undefined ? wrong() : attributeOf(id, attribute, scope, where);
    }
    case 'Fn::Join': {
      const [separator, items] = list();
      return typeof separator === 'string' ? texts(items).join(separator) : wrong();
    }
    case 'Fn::Split': {
      const [separator, text] = list();
      const source = resolveValue(text, scope, where);
      return typeof separator === 'string' && typeof source === 'string' ? source.split(separator) : wrong();
    }
    case 'Fn::Select': {
      const [index, items] = list();
      return texts(items)[Number(resolveValue(index, scope, where))] ?? wrong();
    }
    case 'Fn::Sub':
      return substitute(argument, scope, where) ?? wrong();
    case 'Fn::If': {
      const [condition, yes, no] = list();
      if (typeof condition !== 'string') return wrong();
      return resolveValue(isTrue(condition, scope) ? yes : no, scope, where);
    }
    default:
      throw new StackError(`${where}: the function ${name} is not supported by the local cloud`);
  }
};

const reference = (name: string, scope: Scope): unknown => PSEUDO[name]?.(scope) ?? scope.resource(name).ref;

/** The attribute's name may have dots of its own. */
const splitAttribute = (text: string): readonly string[] => {
  const dot = text.indexOf('.');
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
};

const attributeOf = (id: string, attribute: string, scope: Scope, where: string): string => {
  const value = scope.resource(id).attributes[attribute];
  if (value === undefined) throw new StackError(`${where}: the local cloud does not know the attribute ${attribute} of ${id}`);
  return value;
};

/** `${Name}`, `${Name.Attribute}`, a name of the function's own map; `${!Name}` stands for itself. */
export const PLACEHOLDER = /\$\{(!?)([^}]+)\}/g;

const substitute = (argument: unknown, scope: Scope, where: string): string | undefined => {
  const [text, own = {}] = Array.isArray(argument) ? argument : [argument];
  if (typeof text !== 'string' || !isRecord(own)) return undefined;
  const values = resolveValue(own, scope, where) as Json;
  return text.replace(PLACEHOLDER, (_, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    if (name in values) return String(values[name]);
    if (name.startsWith('AWS::') || !name.includes('.')) return String(reference(name, scope));
    const [id = '', attribute = ''] = splitAttribute(name);
    return attributeOf(id, attribute, scope, where);
  });
};

/** Whether the condition of this name holds. */
export const isTrue = (name: string, scope: Scope, path: readonly string[] = []): boolean => {
  if (path.includes(name)) throw new StackError(`the conditions ${[...path, name].join(' -> ')} refer to each other`);
  if (!(name in scope.conditions)) throw new StackError(`there is no condition ${name} in the template`);
  return holds(scope.conditions[name], scope, [...path, name]);
};

const holds = (value: unknown, scope: Scope, path: readonly string[]): boolean => {
  const where = `condition ${path.at(-1)}`;
  const [name, ...others] = isRecord(value) ? Object.keys(value) : [];
  if (!isRecord(value) || name === undefined || others.length > 0) throw new StackError(`${where} is not a condition`);
  const argument = value[name];
  if (name === 'Condition' && typeof argument === 'string') return isTrue(argument, scope, path);
  const list = Array.isArray(argument) ? argument : [];
  switch (name) {
    case 'Fn::Equals':
      return JSON.stringify(resolve(list[0], scope, where)) === JSON.stringify(resolve(list[1], scope, where));
    case 'Fn::And':
      return list.every((inner) => holds(inner, scope, path));
    case 'Fn::Or':
      return list.some((inner) => holds(inner, scope, path));
    case 'Fn::Not':
      return !holds(list[0], scope, path);
    default:
      throw new StackError(`${where}: the function ${name} is not supported by the local cloud`);
  }
};
