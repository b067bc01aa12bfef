import { validationError } from './errors.ts';

/**
 * A DynamoDB number, exactly: `coefficient` × 10^`exponent`, without trailing zeros in the coefficient; zero is 0 × 10^0.
 * Up to 38 digits, from 1E-130 to 9.9999999999999999999999999999999999999E+125
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html).
 */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const DIGITS = 38;
const LARGEST_MAGNITUDE = 125;
const SMALLEST_MAGNITUDE = -130;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const ZERO: Decimal = { coefficient: 0n, exponent: 0 };

const digitsOf = (coefficient: bigint): string => (coefficient < 0n ? -coefficient : coefficient).toString();

/** The power of ten of the first digit. */
const magnitude = (number: Decimal): number => number.exponent + digitsOf(number.coefficient).length - 1;

const checked = (number: Decimal): Decimal => {
  if (magnitude(number) > LARGEST_MAGNITUDE) {
    throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (magnitude(number) < SMALLEST_MAGNITUDE) {
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
  if (digitsOf(number.coefficient).length > DIGITS) {
    throw validationError('Attempting to store more than 38 significant digits in a Number');
  }
  return number;
};

const normalised = (negative: boolean, digits: string, exponent: number): Decimal => {
  const significant = digits.replace(/^0+/, '');
  const short = significant.replace(/0+$/, '');
  if (short === '') return ZERO;
  const coefficient = BigInt(short);
  return checked({ coefficient: negative ? -coefficient : coefficient, exponent: exponent + significant.length - short.length });
};

/** Reads a number as the wire carries it, in plain or scientific notation. Refuses what DynamoDB cannot hold. */
export const parseNumber = (text: string): Decimal => {
  if (text === '') throw validationError('The parameter cannot be converted to a numeric value');
  const [matched, sign, whole = '', fraction = '', power = '0'] = NUMBER.exec(text) ?? [];
  if (matched === undefined || whole + fraction === '') {
    throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  return normalised(sign === '-', whole + fraction, Number(power) - fraction.length);
};

/** The one way DynamoDB writes a number: plain, without an exponent or superfluous zeros. */
export const formatNumber = (number: Decimal): string => {
  const sign = number.coefficient < 0n ? '-' : '';
  const digits = digitsOf(number.coefficient);
  if (number.exponent >= 0) return sign + digits + '0'.repeat(number.exponent);
  const padded = digits.padStart(1 - number.exponent, '0');
  return `${sign}${padded.slice(0, number.exponent)}.${padded.slice(number.exponent)}`;
};

const scaledTo = (number: Decimal, exponent: number): bigint => number.coefficient * 10n ** BigInt(number.exponent - exponent);

export const addNumbers = (left: Decimal, right: Decimal): Decimal => {
  const exponent = Math.min(left.exponent, right.exponent);
  const sum = scaledTo(left, exponent) + scaledTo(right, exponent);
  return normalised(sum < 0n, digitsOf(sum), exponent);
};

export const negateNumber = (number: Decimal): Decimal => ({ ...number, coefficient: -number.coefficient });

/** Bytes that sort as the numbers do: sign, magnitude, digits; for negative ones the complement, ended by a byte above any digit. */
export const numberBytes = (number: Decimal): Buffer => {
  if (number.coefficient === 0n) return Buffer.from([1]);
  const scale = magnitude(number) - SMALLEST_MAGNITUDE;
  const digits = [...digitsOf(number.coefficient)].map(Number);
  if (number.coefficient > 0n) return Buffer.from([2, scale, ...digits.map((digit) => digit + 1)]);
  return Buffer.from([0, 255 - scale, ...digits.map((digit) => 10 - digit), 255]);
};

/** Bytes a number takes in an item: about one for two digits, one more, and one for the minus sign. */
export const numberSize = (number: Decimal): number => {
  if (number.coefficient === 0n) return 1;
  return Math.ceil(digitsOf(number.coefficient).length / 2) + 1 + (number.coefficient < 0n ? 1 : 0);
};
