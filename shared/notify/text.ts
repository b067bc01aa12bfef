import { masked } from '../secrets.ts';

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

/** Several lines of what somebody else wrote, likewise; tabs stay. */
export const manyLines = (text: string, most: number): string => {
  const plain = masked(text)
    .replace(/\r\n?|\p{Zl}|\p{Zp}/gu, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, ' ');
  return cut(plain.replace(UNSEEN, '').trim(), most);
};
