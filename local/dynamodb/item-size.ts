import type { AttributeValue, Item } from './attribute-value.ts';
import { numberSize, parseNumber } from './numbers.ts';

/** 400 KB, names included (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html). */
export const MAX_ITEM_SIZE = 400 * 1024;

const LIST_OR_MAP_OVERHEAD = 3;

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
const stringSize = (text: string): number => Buffer.byteLength(text);
const binarySize = (base64: string): number => Buffer.byteLength(base64, 'base64');
const storedNumberSize = (text: string): number => numberSize(parseNumber(text));

const valueSize = (value: AttributeValue): number => {
  if ('S' in value) return stringSize(value.S);
  if ('N' in value) return storedNumberSize(value.N);
  if ('B' in value) return binarySize(value.B);
  if ('SS' in value) return sum(value.SS.map(stringSize));
  if ('NS' in value) return sum(value.NS.map(storedNumberSize));
  if ('BS' in value) return sum(value.BS.map(binarySize));
  if ('L' in value) return LIST_OR_MAP_OVERHEAD + sum(value.L.map((member) => 1 + valueSize(member)));
  if ('M' in value) return LIST_OR_MAP_OVERHEAD + itemSize(value.M) + Object.keys(value.M).length;
  return 1;
};

/**
 * Bytes of an item, as they count for limits, pages and capacity
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
 */
export const itemSize = (item: Item): number =>
  sum(Object.entries(item).map(([name, value]) => stringSize(name) + valueSize(value)));
