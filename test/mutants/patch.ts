/** A part of a file that a patch replaces, with the lines around it. */
interface Hunk {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** The hunks of a patch: a line that says what is wrong, and a unified diff. */
const hunksOf = (patch: string): readonly Hunk[] => {
  const hunks: { file: string; before: string[]; after: string[] }[] = [];
  let file = '';
  for (const line of patch.split('\n').slice(1)) {
    if (line.startsWith('--- ')) continue;
    if (line.startsWith('+++ b/')) file = line.slice('+++ b/'.length);
    else if (line.startsWith('@@')) hunks.push({ file, before: [], after: [] });
    else {
      if (!line.startsWith('+') && line !== '') hunks.at(-1)?.before.push(line.slice(1));
      if (!line.startsWith('-') && line !== '') hunks.at(-1)?.after.push(line.slice(1));
    }
  }
  return hunks.map(({ before, after, ...hunk }) => ({ ...hunk, before: before.join('\n'), after: after.join('\n') }));
};

/** The files that a patch changes, as they are after it. Throws where one does not fit any more, or fits in two places. */
export const patched = async (patch: string, read: (file: string) => Promise<string>): Promise<ReadonlyMap<string, string>> => {
  const files = new Map<string, string>();
  for (const { file, before, after } of hunksOf(patch)) {
    const text = files.get(file) ?? (await read(file));
    const [start = '', rest, ...more] = `\n${text}`.split(`\n${before}\n`);
    if (rest === undefined) throw new Error(`it does not fit ${file} any more: nothing there reads\n${before}`);
    if (more.length > 0) throw new Error(`it fits ${file} in ${more.length + 1} places`);
    files.set(file, `${start}\n${after}\n${rest}`.slice(1));
  }
  return files;
};
