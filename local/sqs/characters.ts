const ALLOWED = '#x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]';

/** Half of a surrogate pair matches too: with the flag u a whole pair is one character. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** AWS's message about the first character that SQS does not carry; `undefined` if there is none. */
export const forbiddenCharacter = (value: string, where: string): string | undefined => {
  const found = FORBIDDEN.exec(value)?.[0];
  if (found === undefined) return undefined;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `Invalid binary character '#x${code}' was found in the ${where}, the set of allowed characters is ${ALLOWED}.`;
};
