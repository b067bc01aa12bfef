import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addNumbers, formatNumber, numberBytes, parseNumber } from '../../../local/dynamodb/numbers.ts';

const plus = (left: string, right: string) => formatNumber(addNumbers(parseNumber(left), parseNumber(right)));

// Worked by hand; the limits are those of
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
describe('numbers', () => {
  it.each([
    ['1.50', '1.5'],
    ['-0', '0'],
    ['007', '7'],
    ['1E2', '100'],
    ['+12.5e-3', '0.0125'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['1E-130', `0.${'0'.repeat(129)}1`],
  ])('write %s as %s', (given, written) => {
    expect(formatNumber(parseNumber(given))).toBe(written);
  });

  it.each([
    ['123456789012345678901234567890123456789', 'Attempting to store more than 38 significant digits in a Number'],
    ['1E126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['1E-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
    ['abc', 'The parameter cannot be converted to a numeric value: abc'],
    ['1e', 'The parameter cannot be converted to a numeric value: 1e'],
    ['.', 'The parameter cannot be converted to a numeric value: .'],
    ['', 'The parameter cannot be converted to a numeric value'],
    ['NaN', 'The parameter cannot be converted to a numeric value: NaN'],
  ])('refuse %s', (given, message) => {
    expect(() => parseNumber(given)).toThrow(message);
  });

  it.each([
    ['0.1', '0.2', '0.3'],
    ['9007199254740993', '1', '9007199254740994'],
    ['99999999999999999999999999999999999999', '1', `1${'0'.repeat(38)}`],
    ['1', '-1', '0'],
    ['-0.5', '-0.5', '-1'],
  ])('add %s and %s to %s, exactly', (left, right, sum) => {
    expect(plus(left, right)).toBe(sum);
  });

  it('refuse a sum of more than 38 digits', () => {
    expect(() => plus('1E38', '0.1')).toThrow('Attempting to store more than 38 significant digits in a Number');
  });

  it('have bytes that sort as the numbers do', () => {
    const ascending = [
      '-1E125',
      '-101',
      '-100',
      '-99.9',
      '-1.5',
      '-1',
      '-0.1',
      '-1E-130',
      '0',
      '1E-130',
      '0.1',
      '1',
      '1.5',
      '2',
      '10',
      '1E125',
    ];
    const sorted = [...ascending]
      .reverse()
      .sort((left, right) => Buffer.compare(numberBytes(parseNumber(left)), numberBytes(parseNumber(right))));
    expect(sorted).toEqual(ascending);
  });

  it('have bytes that sort as integers do', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }), fc.bigInt({ min: -1000n, max: 1000n }), (left, step) => {
        const right = left + step;
        const order = Buffer.compare(numberBytes(parseNumber(String(left))), numberBytes(parseNumber(String(right))));
        expect(order).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
    );
  });

  it('add as integers do', () => {
    const integer = fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n });
    fc.assert(
      fc.property(integer, integer, (left, right) => {
        expect(plus(String(left), String(right))).toBe(String(left + right));
      }),
    );
  });
});
