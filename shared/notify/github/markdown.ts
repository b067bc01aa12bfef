import { manyLines, oneLine } from '../text.ts';

/**
 * Texts of others (versions, reasons, names, messages) in GitHub's Markdown: shown as they are, and nothing more. Within code no mention
 * notifies anybody, no reference, link, image or HTML comes to life (GitHub Flavored Markdown, "Code spans" and "Fenced code blocks").
 */

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** In a line, and in a cell of a table: a bar there would end the cell, and with it the code. */
export const code = (text: string, most = 256): string => {
  const shown = oneLine(text, most).replaceAll('|', '¦');
  if (shown === '') return '`-`';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const pad = /^`|`$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
};

/** Several lines. */
export const block = (text: string, most = 4096): string => {
  const shown = manyLines(text, most);
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}text\n${shown}\n${fence}`;
};

/** `label` is ours; an address that is none of the web is only shown. */
export const link = (label: string, address: string): string => {
  if (!URL.canParse(address) || !/^https?:\/\//i.test(address)) return `${label} ${code(address)}`;
  const { href } = new URL(address);
  return `[${label}](${href.replace(/[()<>[\]`\\|*_~"']/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`)})`;
};
