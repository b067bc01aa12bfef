/** The numbers of a version tag (`v1.2.3` or `1.2.3`): Semantic Versioning 2.0.0, without pre-releases and build metadata, which are no next patch. */
const VERSION = /^(v?)(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})$/;

interface Version {
  readonly prefix: string;
  readonly numbers: readonly [number, number, number];
}

const read = (tag: string): Version | undefined => {
  const [, prefix, major, minor, patch] = VERSION.exec(tag) ?? [];
  return prefix === undefined ? undefined : { prefix, numbers: [Number(major), Number(minor), Number(patch)] };
};

const isAbove = (a: Version, b: Version): boolean => {
  const at = a.numbers.findIndex((number, index) => number !== b.numbers[index]);
  return at !== -1 && (a.numbers[at] ?? 0) > (b.numbers[at] ?? 0);
};

/** The patch after the highest version among the tags, written like it; `v0.0.1` where there is none. */
export const nextPatch = (tags: readonly string[]): string => {
  let highest: Version = { prefix: 'v', numbers: [0, 0, 0] };
  for (const tag of tags) {
    const version = read(tag);
    if (version !== undefined && isAbove(version, highest)) highest = version;
  }
  const [major, minor, patch] = highest.numbers;
  return `${highest.prefix}${major}.${minor}.${patch + 1}`;
};
