import { masked } from '../../secrets.ts';

/** Direction marks and other characters that are not seen, and change how what stands around them is read (Unicode, category Cf). */
const UNSEEN = /\p{Cf}|\p{Co}|\p{Cn}|\p{Surrogate}/gu;

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** Letters that are written from right to left: they stay among themselves (Unicode Bidirectional Algorithm, FSI and PDI). */
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const [ISOLATE, END] = ['\u2068', '\u2069'];

/** At whole characters, with an ellipsis in the place of what is left out. `most` counts as JavaScript does: never fewer than Slack. */
export const cut = (text: string, most: number): string => {
  if (text.length <= most) return text;
  let short = '';
  for (const character of text) {
    if (short.length + character.length > most - 1) break;
    short += character;
  }
  return `${short}…`;
};

/** One line of what somebody else wrote: no control characters, no hidden ones, no secrets that are seen to be some; cut. */
export const oneLine = (text: string, most: number): string => {
  const plain = masked(text).replace(CONTROLS, ' ').replace(UNSEEN, '').replace(/\s+/gu, ' ').trim();
  return RIGHT_TO_LEFT.test(plain) ? `${ISOLATE}${cut(plain, most - 2)}${END}` : cut(plain, most);
};

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
