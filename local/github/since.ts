import { validationFailed } from './refusal.ts';

/** "Only show results that were last updated after the given time": in milliseconds since the epoch; 0 where none is given. */
export const sinceOf = (query: URLSearchParams): number => {
  const text = query.get('since');
  if (text === null) return 0;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw validationFailed({ resource: 'Search', code: 'invalid', field: 'since' });
  return time;
};
