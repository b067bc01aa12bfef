import { invalidParameterValue } from './errors.ts';

const LARGEST_PAGE = 1000;

interface Page {
  readonly names: readonly string[];
  readonly nextToken: string | undefined;
}

/** A page of sorted names; a token comes only with MaxResults, as on AWS, and tells the last name of its page. */
export const pageOf = (all: readonly string[], maxResults: number | undefined, token: string | undefined): Page => {
  if (maxResults !== undefined && (maxResults < 0 || maxResults > LARGEST_PAGE)) {
    const reason = `MaxResults must be an integer between 1 and ${LARGEST_PAGE}.`;
    throw invalidParameterValue(`Value for parameter MaxResults is invalid. Reason: ${reason}`);
  }
  const after = token === undefined ? '' : Buffer.from(token, 'base64').toString('utf8');
  if (token !== undefined && !/^[\w.-]+$/.test(after)) throw invalidParameterValue('Invalid or expired next token.');
  const rest = [...all].sort().filter((name) => name > after);
  const names = rest.slice(0, maxResults || LARGEST_PAGE);
  const isCut = names.length < rest.length && Boolean(maxResults);
  return { names, nextToken: isCut ? Buffer.from(names.at(-1) ?? '').toString('base64') : undefined };
};
