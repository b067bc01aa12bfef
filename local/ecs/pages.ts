import { type Input, invalid, text } from './lookup.ts';

interface Bounds {
  /** Entries of a page, if the request says nothing. */
  readonly usual: number;
}

const MOST = 100;
const PREFIX = 'after:';

/** One page of ARNs: at most `maxResults` of them, which goes from 1 to 100; `nextToken` stands for the last of a page. */
export const pageOf = <T>(all: readonly T[], arnOf: (entry: T) => string, input: Input, { usual }: Bounds) => {
  const size = Number(input['maxResults'] ?? usual);
  if (!Number.isInteger(size) || size < 1 || size > MOST) throw invalid(`maxResults must be between 1 and ${MOST}.`);
  const from = startOf(all.map(arnOf), text(input, 'nextToken'));
  const page = all.slice(from, from + size);
  const last = page.at(-1);
  return { page, token: last === undefined || from + size >= all.length ? {} : { nextToken: tokenOf(arnOf(last)) } };
};

const tokenOf = (arn: string): string => Buffer.from(`${PREFIX}${arn}`).toString('base64');

/** Throws for a token of another list, and for one whose page's last entry is gone. */
const startOf = (arns: readonly string[], token: string | undefined): number => {
  if (token === undefined) return 0;
  const after = Buffer.from(token, 'base64').toString();
  const index = after.startsWith(PREFIX) ? arns.indexOf(after.slice(PREFIX.length)) : -1;
  if (index === -1) throw invalid('Invalid token.');
  return index + 1;
};
