import { type AttributeValue, attributeOf, type Item, typeOf } from './attribute-value.ts';
import { numberBytes, parseNumber } from './numbers.ts';

/**
 * A string, number or binary as bytes that sort as DynamoDB sorts: strings by their UTF-8 bytes, numbers by value, binaries as
 * unsigned bytes. `undefined`: values of this type have no order.
 */
export const sortBytes = (value: AttributeValue): Buffer | undefined => {
  if ('S' in value) return Buffer.from(value.S);
  if ('N' in value) return numberBytes(parseNumber(value.N));
  if ('B' in value) return Buffer.from(value.B, 'base64');
  return undefined;
};

/** Negative, zero or positive; `undefined` where the two cannot be compared. */
export const compareValues = (left: AttributeValue, right: AttributeValue): number | undefined => {
  if (typeOf(left) !== typeOf(right)) return undefined;
  const leftBytes = sortBytes(left);
  const rightBytes = sortBytes(right);
  return leftBytes === undefined || rightBytes === undefined ? undefined : Buffer.compare(leftBytes, rightBytes);
};

const sameMembers = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((member) => right.includes(member));

const sameItem = (left: Item, right: Item): boolean => {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => {
    const one = attributeOf(left, name);
    const other = attributeOf(right, name);
    return one !== undefined && other !== undefined && sameValue(one, other);
  });
};

const sameList = (left: readonly AttributeValue[], right: readonly AttributeValue[]): boolean =>
  left.length === right.length &&
  left.every((member, index) => {
    const other = right[index];
    return other !== undefined && sameValue(member, other);
  });

/** Members of a set value, whatever its type. */
export const setMembers = (value: AttributeValue): readonly string[] | undefined => {
  if ('SS' in value) return value.SS;
  if ('NS' in value) return value.NS;
  return 'BS' in value ? value.BS : undefined;
};

/** Equal in type and content; the order within a set does not count. */
export const sameValue = (left: AttributeValue, right: AttributeValue): boolean => {
  if (typeOf(left) !== typeOf(right)) return false;
  if ('M' in left && 'M' in right) return sameItem(left.M, right.M);
  if ('L' in left && 'L' in right) return sameList(left.L, right.L);
  if ('BOOL' in left && 'BOOL' in right) return left.BOOL === right.BOOL;
  const leftMembers = setMembers(left);
  const rightMembers = setMembers(right);
  if (leftMembers !== undefined && rightMembers !== undefined) return sameMembers(leftMembers, rightMembers);
  return 'NULL' in left || compareValues(left, right) === 0;
};
