import { oneLine } from '../text.ts';

/** The three characters that Slack gives a meaning ("Formatting message text", escaping): mentions and links cannot do without. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** One line, cut so that it fits when it is written as `write` does. */
const fitting = (text: string, most: number, write: (line: string) => string): string => {
  let room = most;
  let written = write(oneLine(text, room));
  while (written.length > most) {
    room -= Math.max(1, Math.ceil((written.length - most) / 5));
    written = write(oneLine(text, room));
  }
  return written;
};

/** Characters that format what stands between two of them, as others that look like them; `_` only where a word begins or ends. */
const LOOK_ALIKE: readonly (readonly [RegExp, string])[] = [
  [/\*/g, '∗'],
  [/~/g, '∼'],
  [/`/g, 'ˋ'],
  [/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ'],
  // no name of everybody, even where Slack is told to look for names
  [/@(?=channel|here|everyone)/gi, '@\u2060'],
];

const withoutMeaning = (line: string): string =>
  escaped(LOOK_ALIKE.reduce((rest, [pattern, other]) => rest.replace(pattern, other), line));

/** What somebody else wrote, in mrkdwn: as it stands, without a meaning. `most` is of what it becomes. */
export const prose = (text: string, most: number): string => fitting(text, most, withoutMeaning);

/** The same as code, in which nothing is formatted but its own end. */
export const code = (text: string, most: number): string => {
  const inside = fitting(text, most - 2, (line) => escaped(line.replaceAll('`', 'ˋ')));
  return inside === '' ? '' : `\`${inside}\``;
};

/** A link, where the address is one of the web; otherwise nothing. */
export const link = (address: string | undefined, label: string): string => {
  if (address === undefined || !URL.canParse(address)) return '';
  const { protocol, href, username, password } = new URL(address);
  if ((protocol !== 'https:' && protocol !== 'http:') || username !== '' || password !== '' || href.length > 1500) return '';
  return `<${escaped(href).replaceAll('|', '%7C')}|${prose(label, 75)}>`;
};
