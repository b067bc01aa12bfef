/** An object of Block Kit that is looked at, and where it is: `/blocks/0`. */
type Look = (value: unknown, at: string) => readonly string[];

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

const problem = (text: string, at: string): readonly string[] => [`${text} [json-pointer:${at}]`];

/** Of 1 to `most` characters. */
const text =
  (most: number): Look =>
  (value, at) => {
    if (typeof value !== 'string') return problem('must provide a string', at);
    if (value.length === 0) return problem('must be more than 0 characters', at);
    return value.length > most ? problem(`must be less than ${most + 1} characters`, at) : [];
  };

const flag: Look = (value, at) => (typeof value === 'boolean' ? [] : problem('must provide a boolean', at));

const oneOf =
  (...allowed: readonly string[]): Look =>
  (value, at) =>
    allowed.includes(String(value)) ? [] : problem(`must be one of: ${allowed.join(', ')}`, at);

const list =
  (most: number, look: Look): Look =>
  (value, at) => {
    if (!Array.isArray(value)) return problem('must provide an array', at);
    if (value.length === 0) return problem('no less than 1 items allowed', at);
    if (value.length > most) return problem(`no more than ${most} items allowed`, at);
    return value.flatMap((entry, index) => look(entry, `${at}/${index}`));
  };

const object =
  (members: Readonly<Record<string, Look>>, required: readonly string[]): Look =>
  (value, at) => {
    if (!isObject(value)) return problem('must provide an object', at);
    return [
      ...required.filter((name) => value[name] === undefined).flatMap((name) => problem(`missing required field: ${name}`, at)),
      ...Object.keys(value)
        .filter((name) => members[name] === undefined)
        .flatMap((name) => problem(`invalid additional property: ${name}`, at)),
      ...Object.entries(members).flatMap(([name, look]) => (value[name] === undefined ? [] : look(value[name], `${at}/${name}`))),
    ];
  };

/** "Text object": 1 to 3,000 characters; `emoji` of plain_text, `verbatim` of mrkdwn. */
const textObject =
  (kinds: readonly string[], most: number): Look =>
  (value, at) => {
    if (!isObject(value)) return problem('must provide an object', at);
    const only: Readonly<Record<string, Look>> = value['type'] === 'plain_text' ? { emoji: flag } : { verbatim: flag };
    return object({ type: oneOf(...kinds), text: text(most), ...only }, ['type', 'text'])(value, at);
  };

const anyText = (most: number) => textObject(['plain_text', 'mrkdwn'], most);

const plainText = (most: number) => textObject(['plain_text'], most);

/** "Button element". */
const button = object(
  {
    type: oneOf('button'),
    text: plainText(75),
    action_id: text(255),
    url: text(3000),
    value: text(2000),
    style: oneOf('primary', 'danger'),
    accessibility_label: text(75),
  },
  ['type', 'text'],
);

const COMMON: Readonly<Record<string, Look>> = { type: text(255), block_id: text(255) };

/** "Section block": text or fields. */
const section: Look = (value, at) => {
  const members = { ...COMMON, text: anyText(3000), fields: list(10, anyText(2000)), accessory: button, expand: flag };
  const nothing = isObject(value) && value['text'] === undefined && value['fields'] === undefined;
  return [
    ...(nothing ? problem('must define either `text` or `fields`', `${at}/type`) : []),
    ...object(members, ['type'])(value, at),
  ];
};

/** By Slack's reference of blocks, each under its own name: those that a pipeline has a use for. The others are refused, as unknown ones. */
const BLOCKS: Readonly<Record<string, Look>> = {
  section,
  header: object({ ...COMMON, text: plainText(150) }, ['type', 'text']),
  divider: object(COMMON, ['type']),
  context: object({ ...COMMON, elements: list(10, anyText(3000)) }, ['type', 'elements']),
  actions: object({ ...COMMON, elements: list(25, button) }, ['type', 'elements']),
};

const block: Look = (value, at) => {
  if (!isObject(value)) return problem('must provide an object', at);
  const look = BLOCKS[String(value['type'])];
  return look === undefined ? problem(`unsupported type: ${String(value['type'])}`, `${at}/type`) : look(value, at);
};

/** What is wrong with the blocks of a message, in Slack's words; up to 50 of them ("Blocks", "Reference"). */
export const blockProblems = (blocks: unknown): readonly string[] => {
  const found = list(50, block)(blocks, '/blocks');
  const ids = (Array.isArray(blocks) ? blocks : []).flatMap((one) => (isObject(one) ? (one['block_id'] ?? []) : []));
  return [...found, ...(new Set(ids).size < ids.length ? problem('`block_id` must be unique', '/blocks') : [])];
};
