import fc from 'fast-check';

/** Secrets as people paste them; none may ever stand in a log line. */
export const SECRETS = [
  'AKIAIOSFODNN7EXAMPLE',
  'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  'xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy',
  'https://deployer:hunter2hunter2@registry.example.com/app',
  'Bearer 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
  'password=correct-horse-battery',
] as const;

/** The part of each that would give it away. */
export const GIVEAWAYS = [
  'IOSFODNN7EXAMPLE',
  '16C7e42F292c6912E7710c838347Ae178B4a',
  '17653672481-19874698323',
  'hunter2hunter2',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
  'dozjgNryP4J3jVmNHl0w5N',
  'correct-horse-battery',
] as const;

const deep = (levels: number): unknown => {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Texts that have broken parsers, paths, logs and keys before. */
const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e\u2066evil\u2069',
    'e\u0301\u0327'.repeat(20),
    '💥'.repeat(100),
    '__proto__',
    'constructor',
    'toString',
    '../../etc/passwd',
    '${env:AWS_SECRET_ACCESS_KEY}',
    '{{7*7}}',
    "'; drop table deployments; --",
    '%n%n%n%s',
    '\r\nlevel: forged',
    'NaN',
    '-0',
    '1e999',
    'sha256:',
    'arn:aws:ecs',
    'd-00000000000000000000000000',
  ),
  fc.constantFrom(...SECRETS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer({ min: 1, max: 12 }).map((power) => 'x'.repeat(2 ** power)),
);

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.constantFrom<unknown>(null, true, [], {}, 0, -1, 1e308, 2 ** 53, [[]], { length: 1e9 }, deep(40), deep(400)),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constant(JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}')),
);

/** Times that no clock of ours shows. */
export const skewedTime = fc.constantFrom(
  '1970-01-01T00:00:00Z',
  '2099-12-31T23:59:59Z',
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00Z',
  'yesterday',
  '2026-02-30T00:00:00Z',
  '',
);

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One place in a value, changed: taken away, replaced, renamed or added to. */
const changed = (value: unknown, path: number, way: number, replacement: unknown): unknown => {
  if (!isObject(value)) return replacement;
  const names = Object.keys(value);
  const name = names[path % Math.max(names.length, 1)];
  if (name === undefined || way % 5 === 4) return { ...value, [`x${path}`]: replacement };
  if (way % 5 === 0) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  if (way % 5 === 1 && isObject(value[name])) return { ...value, [name]: changed(value[name], path >> 3, way + 1, replacement) };
  if (way % 5 === 2) return { ...value, [name]: [value[name]] };
  return { ...value, [name]: replacement };
};

/** Nearly what it should be: one thing about it is wrong, mostly. */
export const nearly = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(valid, fc.nat(1000), fc.nat(1000), hostileValue).map(([value, path, way, other]) => changed(value, path, way, other));

/** Valid, nearly valid, and hostile, in this proportion. */
export const anyOf = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: valid }, { weight: 5, arbitrary: nearly(valid) }, { weight: 2, arbitrary: hostileValue });
