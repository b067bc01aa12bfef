import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SortedMap } from '../../../local/dynamodb/sorted-map.ts';

const step = fc.record({ key: fc.integer({ min: 0, max: 2000 }), value: fc.option(fc.integer(), { nil: undefined }) });

it('a sorted map holds what a plain map holds, in order, from any place, both ways', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3000, size: 'max' }), fc.integer({ min: -1, max: 2001 }), (steps, from) => {
      const map = new SortedMap<number, number>((left, right) => left - right);
      const plain = new Map<number, number>();
      for (const { key, value } of steps) {
        if (value === undefined) map.delete(key);
        else map.set(key, value);
        if (value === undefined) plain.delete(key);
        else plain.set(key, value);
      }
      const sorted = [...plain].sort(([left], [right]) => left - right);
      expect(map.size).toBe(plain.size);
      expect([...map.ascending((key) => key >= from)]).toEqual(sorted.filter(([key]) => key >= from).map(([, value]) => value));
      const below = sorted.filter(([key]) => key < from).map(([, value]) => value);
      expect([...map.descending((key) => key >= from)]).toEqual(below.reverse());
      expect(map.get(from)).toBe(plain.get(from));
    }),
    { numRuns: 40 },
  );
});
