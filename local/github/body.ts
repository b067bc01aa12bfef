import { GitHubRefusal, invalidRequest } from './refusal.ts';

/** What a request holds. Each member is read once; what was not read in the end is refused by name. */
export interface Body {
  text(name: string): string | undefined;
  required(name: string): string;
  nullable(name: string): string | null | undefined;
  boolean(name: string): boolean | undefined;
  texts(name: string): readonly string[] | undefined;
  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined;
  object(name: string): Body | undefined;
  any(name: string): unknown;
  /** Throws where a member was never asked for: this stand-in does not know it, though GitHub may. */
  end(): void;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** "Problems parsing JSON" and "Body should be a JSON object" ("Troubleshooting the REST API"). */
export const readBody = (text: string): Body => {
  if (text === '') return bodyOf({}, '');
  const parsed = parse(text);
  if (!isObject(parsed)) throw new GitHubRefusal(400, 'Body should be a JSON object');
  return bodyOf(parsed, '');
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new GitHubRefusal(400, 'Problems parsing JSON');
  }
};

const bodyOf = (members: Readonly<Record<string, unknown>>, path: string): Body => {
  const read = new Set<string>();
  const inner: Body[] = [];
  const take = (name: string): unknown => {
    read.add(name);
    return members[name];
  };
  const wrong = (name: string, value: unknown, what: string) =>
    invalidRequest(`For 'properties/${path}${name}', ${JSON.stringify(value)} is not ${what}.`);
  const text = (name: string): string | undefined => {
    const value = take(name);
    if (value !== undefined && typeof value !== 'string') throw wrong(name, value, 'a string');
    return value;
  };
  return {
    text,
    required(name) {
      const value = text(name);
      if (value === undefined) throw invalidRequest(`"${path}${name}" wasn't supplied.`);
      return value;
    },
    nullable: (name) => (take(name) === null ? null : text(name)),
    boolean(name) {
      const value = take(name);
      if (value !== undefined && typeof value !== 'boolean') throw wrong(name, value, 'a boolean');
      return value;
    },
    texts(name) {
      const value = take(name);
      if (value === undefined) return undefined;
      if (!Array.isArray(value)) throw wrong(name, value, 'an array');
      for (const entry of value) if (typeof entry !== 'string') throw wrong(name, entry, 'a string');
      return value;
    },
    oneOf(name, allowed) {
      const value = text(name);
      const found = allowed.find((entry) => entry === value);
      if (value !== undefined && found === undefined)
        throw wrong(name, value, `a member of [${allowed.map((entry) => `"${entry}"`).join(', ')}]`);
      return found;
    },
    object(name) {
      const value = take(name);
      if (value === undefined) return undefined;
      if (!isObject(value)) throw wrong(name, value, 'an object');
      const made = bodyOf(value, `${path}${name}/`);
      inner.push(made);
      return made;
    },
    any: take,
    end() {
      const unread = Object.keys(members).filter((name) => !read.has(name));
      if (unread.length > 0)
        throw new GitHubRefusal(501, `the local GitHub does not know ${unread.map((name) => `"${path}${name}"`).join(', ')}`);
      for (const entry of inner) entry.end();
    },
  };
};
