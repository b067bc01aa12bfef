/** What a planted bug is known by: the seed of a schedule that finds it, and the invariant that this breaks. */
export interface Known {
  readonly name: string;
  readonly about: string;
  readonly seed: number;
  readonly breaks: string;
}

/** The rows of the table in docs/reliability.md: `| name | what is wrong in it | 1,234 | I3 |`. */
export const knownIn = (text: string): readonly Known[] =>
  [...text.matchAll(/^\| ([a-z-]+) \| (.+) \| ([\d,]+) \| ([IS]\d) \|$/gm)].map(
    ([, name = '', about = '', seed = '', breaks = '']) => ({
      name,
      about,
      seed: Number(seed.replaceAll(',', '')),
      breaks,
    }),
  );
