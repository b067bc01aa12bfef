import { forbiddenCharacter } from './characters.ts';
import { invalidParameterValue } from './errors.ts';
import type { MessageAttribute, MessageAttributes } from './message.ts';
import { anything, map, optional, string, structure } from './shape.ts';

const attributeShape = structure({
  DataType: optional(string),
  StringValue: optional(string),
  BinaryValue: optional(string),
  StringListValues: optional(anything),
  BinaryListValues: optional(anything),
});

type Given = ReturnType<typeof attributeShape>;

/** Attributes as a request carries them: the JSON types are right, nothing else is known yet. */
export const givenAttributes = optional(map(attributeShape));

type GivenAttributes = ReturnType<typeof givenAttributes>;

const refuse = (message: string): never => {
  throw invalidParameterValue(message);
};

const checkName = (name: string): void => {
  if (name === '') refuse('The request must contain non-empty message (user) attribute names.');
  if (Buffer.byteLength(name) > 256) refuse('Message (user) attribute name must be shorter than 256 bytes.');
  if (/^(aws|amazon)\./i.test(name)) {
    refuse(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use.",
    );
  }
  if (!/^[\p{L}\p{N}_.-]+$/u.test(name) || /^\.|\.\.|\.$/.test(name)) {
    refuse(
      'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ',
    );
  }
};

/** `String`, `Number` or `Binary`, with or without a label of one's own after a period. */
const baseType = (name: string, type: string): string => {
  if (Buffer.byteLength(type) > 256) refuse('Message (user) attribute type must be shorter than 256 bytes.');
  const [base = ''] = type.split('.', 1);
  if (base === 'String' || base === 'Number' || base === 'Binary') return base;
  return refuse(
    `The type of message (user) attribute '${name}' is invalid. ` +
      'You must use only the following supported type prefixes: Binary, Number, String.',
  );
};

/** "A number can have up to 38 digits of precision, and it can be between 10^-128 to 10^+126." */
const isNumber = (value: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim());

const filled = (name: string, base: string, value: string | undefined): string =>
  value === undefined || value === ''
    ? refuse(`Message (user) attribute '${name}' must contain a non-empty value of type '${base}'.`)
    : value;

const readAttribute = (name: string, given: Given): MessageAttribute => {
  checkName(name);
  if ([given.StringListValues, given.BinaryListValues].some((values) => Array.isArray(values) && values.length > 0)) {
    refuse('Message attribute list values in SendMessage operation are not supported.');
  }
  const { DataType = '' } = given;
  if (DataType === '') refuse(`The message (user) attribute '${name}' must contain a non-empty message attribute type.`);
  const base = baseType(name, DataType);
  if (base === 'Binary') return { DataType, BinaryValue: filled(name, base, given.BinaryValue) };
  const StringValue = filled(name, base, given.StringValue);
  const bad = forbiddenCharacter(StringValue, `message attribute '${name}' value`);
  if (bad !== undefined) refuse(bad);
  if (base === 'Number' && !isNumber(StringValue)) {
    refuse(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return { DataType, StringValue };
};

/** A message's own attributes: ten at most. */
export const readMessageAttributes = (attributes: GivenAttributes): MessageAttributes => {
  const given = Object.entries(attributes ?? {});
  if (given.length > 10) refuse(`Number of message attributes [${given.length}] exceeds the allowed maximum [10].`);
  return Object.fromEntries(given.map(([name, attribute]) => [name, readAttribute(name, attribute)]));
};

/** AWSTraceHeader is the only one there is, and a String. */
export const readSystemAttributes = (attributes: GivenAttributes): MessageAttributes => {
  const given = Object.entries(attributes ?? {});
  return Object.fromEntries(
    given.map(([name, attribute]) => {
      if (name !== 'AWSTraceHeader') refuse(`Message system attribute name '${name}' is invalid.`);
      const { DataType = '', StringValue = '' } = attribute;
      if (DataType !== 'String' || StringValue === '') {
        refuse(`Message (system) attribute '${name}' must contain a non-empty value of type 'String'.`);
      }
      return [name, { DataType, StringValue }];
    }),
  );
};
