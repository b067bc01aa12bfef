/** What a request is made under: condition keys in lower case, each with its values. A key that is not there is absent. */
export type Keys = Pick<ReadonlyMap<string, readonly string[]>, 'get'>;

const SPECIAL = /[\\^$.|+()[\]{}]/g;

/** `${aws:username}`, and `${*}`, `${?}`, `${$}` for the characters themselves (IAM User Guide, reference_policies_variables). */
const VARIABLE = /\$\{([^}]*)\}/g;

/** Whether the text holds a policy variable, and so has to be filled in for each request. */
export const hasVariables = (text: string): boolean => text.includes('${');

/** `undefined`: a variable has no value, or several, and the element then fits nothing. */
const filledIn = (text: string, keys: Keys): string | undefined => {
  let complete = true;
  const filled = text.replace(VARIABLE, (_, name: string) => {
    if (name === '*' || name === '?' || name === '$') return `\\u${name.charCodeAt(0)};`;
    const [key = '', fallback] = name.split(/\s*,\s*/);
    const values = keys.get(key.trim().toLowerCase()) ?? [];
    const [value = fallback?.replace(/^'|'$/g, '')] = values;
    if (value === undefined || values.length > 1) complete = false;
    return (value ?? '').replace(/[*?]/g, (character) => `\\u${character.charCodeAt(0)};`);
  });
  return complete ? filled : undefined;
};

const unescaped = (text: string): string => text.replace(/\\u(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

const toRegExp = (glob: string, flags: string): RegExp => {
  const parts = glob
    .split(/(\\u\d+;|[*?])/)
    .map((part) =>
      part === '*' ? '[^]*' : part === '?' ? '[^]' : unescaped(part).replace(SPECIAL, '\\$&').replace(/[*?]/g, '\\$&'),
    );
  return new RegExp(`^${parts.join('')}$`, flags);
};

export type TextMatcher = (value: string, keys: Keys) => boolean;

/** A text of a policy, with or without `*` and `?`; compiled once where it holds no variable. */
export const matcher = (text: string, { wildcards = true, ignoreCase = false } = {}): TextMatcher => {
  const test = (pattern: string): ((value: string) => boolean) => {
    if (wildcards && /[*?]/.test(pattern)) {
      const regExp = toRegExp(pattern, ignoreCase ? 'iu' : 'u');
      return (value) => regExp.test(value);
    }
    const wanted = unescaped(pattern);
    return ignoreCase ? (value) => value.toLowerCase() === wanted.toLowerCase() : (value) => value === wanted;
  };
  if (!hasVariables(text)) {
    const fits = test(text);
    return (value) => fits(value);
  }
  return (value, keys) => {
    const pattern = filledIn(text, keys);
    return pattern !== undefined && test(pattern)(value);
  };
};

/** "Each of the six colon-delimited components of the ARN is checked separately" (reference_policies_elements_condition_operators). */
export const arnMatcher = (text: string): TextMatcher => {
  const parts = arnParts(text).map((part) => matcher(part));
  return (value, keys) => arnParts(value).every((part, index) => parts[index]?.(part, keys) === true);
};

const arnParts = (arn: string): readonly string[] => {
  const parts = arn.split(':');
  return Array.from({ length: 6 }, (_, index) => (index < 5 ? (parts[index] ?? '') : parts.slice(5).join(':')));
};
