/**
 * Texts of others (versions, reasons, names, messages) in GitHub's Markdown: shown as they are, and nothing more. Within code no mention
 * notifies anybody, no reference, link, image or HTML comes to life (GitHub Flavored Markdown, "Code spans" and "Fenced code blocks").
 */

/** What is not seen, and may turn around or hide what is: controls, marks of direction, zero-width marks, tags, halves of characters. */
const UNSEEN =
  /(?![\n\t])\p{Cc}|[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** Hebrew, Arabic and the like: they are set apart, so that what stands beside them stays in its place. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;

const cut = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
};

/** On one line, as plain text: for titles and descriptions, which are no Markdown. `most`: characters. */
export const plain = (text: string, most: number): string =>
  cut(text.replace(/\r\n?/g, '\n').replace(UNSEEN, '').replace(/\s+/g, ' ').trim(), most);

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** In a line, and in a cell of a table: a bar there would end the cell, and with it the code. */
export const code = (text: string, most = 256): string => {
  const shown = plain(text, most).replaceAll('|', '¦');
  if (shown === '') return '`-`';
  const apart = RIGHT_TO_LEFT.test(shown) ? `\u2068${shown}\u2069` : shown;
  const fence = '`'.repeat(longestRun(apart) + 1);
  const pad = /^`|`$/.test(apart) ? ' ' : '';
  return `${fence}${pad}${apart}${pad}${fence}`;
};

/** Several lines. */
export const block = (text: string, most = 4096): string => {
  const shown = cut(text.replace(/\r\n?/g, '\n').replace(UNSEEN, '').trim(), most);
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}text\n${shown}\n${fence}`;
};

/** `label` is ours; an address that is none of the web is only shown. */
export const link = (label: string, address: string): string => {
  if (!URL.canParse(address) || !/^https?:\/\//i.test(address)) return `${label} ${code(address)}`;
  const { href } = new URL(address);
  return `[${label}](${href.replace(/[()<>[\]`\\|*_~"']/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`)})`;
};
