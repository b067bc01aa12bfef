import { type AttributeValue, type Item, typeOf } from '../attribute-value.ts';
import { compareValues, sameValue, setMembers } from '../values.ts';
import type { Comparator, Condition, Operand } from './condition.ts';
import type { Call } from './operands.ts';
import { valueAt } from './paths.ts';

type Found = AttributeValue | undefined;

const sizeOf = (value: AttributeValue): number | undefined => {
  if ('S' in value) return value.S.length;
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('L' in value) return value.L.length;
  if ('M' in value) return Object.keys(value.M).length;
  return setMembers(value)?.length;
};

const resolve = (operand: Operand | undefined, item: Item): Found => {
  if (operand === undefined) return undefined;
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') return valueAt(item, operand.path);
  const measured = resolve(operand.operands[0], item);
  const size = measured === undefined ? undefined : sizeOf(measured);
  return size === undefined ? undefined : { N: String(size) };
};

const isEqual = (left: Found, right: Found): boolean => left !== undefined && right !== undefined && sameValue(left, right);

/** An attribute that is missing, or of another type, is unequal to everything and neither above nor below it. */
const compares = (comparator: Comparator, left: Found, right: Found): boolean => {
  if (comparator === '=') return isEqual(left, right);
  if (comparator === '<>') return !isEqual(left, right);
  const order = left === undefined || right === undefined ? undefined : compareValues(left, right);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
};

const beginsWith = (value: AttributeValue, prefix: AttributeValue): boolean => {
  if ('S' in value && 'S' in prefix) return value.S.startsWith(prefix.S);
  if (!('B' in value) || !('B' in prefix)) return false;
  const start = Buffer.from(prefix.B, 'base64');
  return Buffer.from(value.B, 'base64').subarray(0, start.length).equals(start);
};

const contains = (value: AttributeValue, part: AttributeValue): boolean => {
  if ('L' in value) return value.L.some((member) => sameValue(member, part));
  if ('S' in value) return 'S' in part && value.S.includes(part.S);
  if ('B' in value) return 'B' in part && Buffer.from(value.B, 'base64').includes(Buffer.from(part.B, 'base64'));
  if ('SS' in value) return 'S' in part && value.SS.includes(part.S);
  if ('NS' in value) return 'N' in part && value.NS.includes(part.N);
  return 'BS' in value && 'B' in part && value.BS.includes(part.B);
};

const calls = ({ name, operands }: Call<Operand>, item: Item): boolean => {
  const [first, second] = operands.map((operand) => resolve(operand, item));
  if (name === 'attribute_not_exists') return first === undefined;
  if (first === undefined) return false;
  if (name === 'attribute_exists') return true;
  if (second === undefined) return false;
  if (name === 'attribute_type') return 'S' in second && typeOf(first) === second.S;
  return name === 'begins_with' ? beginsWith(first, second) : contains(first, second);
};

/** Whether the item meets the condition. An item that does not exist is an empty one. */
export const meets = (item: Item, condition: Condition): boolean => {
  switch (condition.kind) {
    case 'and':
      return meets(item, condition.left) && meets(item, condition.right);
    case 'or':
      return meets(item, condition.left) || meets(item, condition.right);
    case 'not':
      return !meets(item, condition.condition);
    case 'compare':
      return compares(condition.comparator, resolve(condition.left, item), resolve(condition.right, item));
    case 'between': {
      const value = resolve(condition.operand, item);
      return compares('>=', value, resolve(condition.low, item)) && compares('<=', value, resolve(condition.high, item));
    }
    case 'in': {
      const value = resolve(condition.operand, item);
      return condition.choices.some((choice) => isEqual(value, resolve(choice, item)));
    }
    case 'call':
      return calls(condition, item);
  }
};
