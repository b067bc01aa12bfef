import { invalid } from './known.ts';

type Input = Readonly<Record<string, unknown>>;

const MOST = 100;

/**
 * One page of a list, by name: at most `Limit` entries (100 unless told otherwise, and never more), from where `NextToken` ended.
 * A token stands for the last name of its page, so that what is made or deleted meanwhile moves nothing else.
 */
export const pageOf = <T>(all: readonly T[], nameOf: (entry: T) => string, input: Input) => {
  const limit = Number(input['Limit'] ?? MOST);
  if (!(limit >= 1 && limit <= MOST)) throw invalid(limitMessage(limit));
  const after = nameIn(input['NextToken']);
  const rest = all
    .filter((entry) => after === undefined || nameOf(entry) > after)
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const token = last === undefined || rest.length <= limit ? {} : { NextToken: tokenOf(nameOf(last)) };
  return { page, token };
};

const limitMessage = (limit: number): string =>
  `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value ${
    limit < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST}`
  }`;

const PREFIX = 'after:';

const tokenOf = (name: string): string => Buffer.from(`${PREFIX}${name}`).toString('base64');

const nameIn = (token: unknown): string | undefined => {
  if (token === undefined) return undefined;
  const text = Buffer.from(String(token), 'base64').toString();
  if (!text.startsWith(PREFIX)) throw invalid('Parameter NextToken is not valid.');
  return text.slice(PREFIX.length);
};
