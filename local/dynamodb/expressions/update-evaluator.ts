import { type AttributeValue, attributeOf, type Item, typeOf } from '../attribute-value.ts';
import { validationError } from '../errors.ts';
import { addNumbers, formatNumber, negateNumber, parseNumber } from '../numbers.ts';
import { setMembers } from '../values.ts';
import { type PathTree, pathTree } from './path-tree.ts';
import { valueAt } from './paths.ts';
import type { Assigned, Update, UpdateAction, UpdateOperand } from './update.ts';

type Found = AttributeValue | undefined;

const wrongOperand = () => validationError('An operand in the update expression has an incorrect data type');
const invalidPath = () => validationError('The document path provided in the update expression is invalid for update');
const missing = () => validationError('The provided expression refers to an attribute that does not exist in the item');

const sum = (left: AttributeValue, right: AttributeValue, sign: '+' | '-'): AttributeValue => {
  if (!('N' in left) || !('N' in right)) throw wrongOperand();
  const addend = parseNumber(right.N);
  return { N: formatNumber(addNumbers(parseNumber(left.N), sign === '+' ? addend : negateNumber(addend))) };
};

const append = (left: AttributeValue, right: AttributeValue): AttributeValue => {
  if (!('L' in left) || !('L' in right)) throw wrongOperand();
  return { L: [...left.L, ...right.L] };
};

/** Operands are read from the item as it was before the update. */
const evaluate = (operand: UpdateOperand | undefined, before: Item): AttributeValue => {
  if (operand?.kind === 'call') {
    const [first, second] = operand.operands;
    if (operand.name === 'list_append') return append(evaluate(first, before), evaluate(second, before));
    const present = first?.kind === 'path' ? valueAt(before, first.path) : undefined;
    return present ?? evaluate(second, before);
  }
  const value = operand?.kind === 'path' ? valueAt(before, operand.path) : operand?.value;
  if (value === undefined) throw missing();
  return value;
};

const evaluateAssigned = (assigned: Assigned, before: Item): AttributeValue =>
  assigned.kind === 'sum'
    ? sum(evaluate(assigned.left, before), evaluate(assigned.right, before), assigned.sign)
    : evaluate(assigned, before);

const setOf = (type: string, members: readonly string[]): AttributeValue => {
  if (type === 'SS') return { SS: members };
  return type === 'NS' ? { NS: members } : { BS: members };
};

const add = (present: Found, addend: AttributeValue): AttributeValue => {
  if (present === undefined) return addend;
  if (typeOf(present) !== typeOf(addend)) throw wrongOperand();
  if ('N' in present) return sum(present, addend, '+');
  return setOf(typeOf(present), [...new Set([...(setMembers(present) ?? []), ...(setMembers(addend) ?? [])])]);
};

/** A set whose last member goes, goes with it. */
const subtract = (present: Found, removed: AttributeValue): Found => {
  if (present === undefined) return undefined;
  if (typeOf(present) !== typeOf(removed)) throw wrongOperand();
  const left = (setMembers(present) ?? []).filter((member) => !setMembers(removed)?.includes(member));
  return left.length === 0 ? undefined : setOf(typeOf(present), left);
};

const applyAction = (action: UpdateAction, present: Found, before: Item): Found => {
  switch (action.kind) {
    case 'SET':
      return evaluateAssigned(action.assigned, before);
    case 'REMOVE':
      return undefined;
    case 'ADD':
      return action.operand.value === undefined ? present : add(present, action.operand.value);
    case 'DELETE':
      return action.operand.value === undefined ? present : subtract(present, action.operand.value);
  }
};

const applyToList = (children: ReadonlyMap<number, PathTree<UpdateAction>>, list: readonly AttributeValue[], before: Item) => {
  const changed: Found[] = list.map((member, index) => {
    const child = children.get(index);
    return child === undefined ? member : applyTree(child, member, before);
  });
  const beyond = [...children].filter(([index]) => index >= list.length).sort(([left], [right]) => left - right);
  const appended = beyond.map(([, child]) => applyTree(child, undefined, before));
  return [...changed, ...appended].filter((member) => member !== undefined);
};

const applyToMap = (children: ReadonlyMap<string, PathTree<UpdateAction>>, item: Item, before: Item): Item => {
  const changed = new Map<string, Found>(Object.entries(item));
  for (const [name, child] of children) changed.set(name, applyTree(child, attributeOf(item, name), before));
  return Object.fromEntries([...changed].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
};

const applyTree = (tree: PathTree<UpdateAction>, present: Found, before: Item): Found => {
  if (tree.kind === 'leaf') return applyAction(tree.leaf, present, before);
  if (tree.kind === 'names') {
    if (present === undefined || !('M' in present)) throw invalidPath();
    return { M: applyToMap(tree.children, present.M, before) };
  }
  if (present === undefined || !('L' in present)) throw invalidPath();
  return { L: applyToList(tree.children, present.L, before) };
};

/**
 * The item after the update. Indexes into lists mean the list as it was; elements set beyond its end are appended in order.
 */
export const applyUpdate = (item: Item, update: Update): Item => {
  const tree = pathTree(update.map((action) => [action.path, action]));
  return tree.kind === 'names' ? applyToMap(tree.children, item, item) : item;
};
