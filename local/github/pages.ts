import type { Answer, Call } from './action.ts';

const MOST_PER_PAGE = 100;
const PER_PAGE = 30;

const whole = (text: string | null, otherwise: number): number => {
  const value = Number(text ?? otherwise);
  return Number.isInteger(value) && value >= 1 ? value : otherwise;
};

/** One page of a list, with the links to the others in `Link` ("Using pagination in the REST API"). `wrap`: how the list is put. */
export const page = <T>(
  { query, asked }: Pick<Call, 'query' | 'asked'>,
  entries: readonly T[],
  wrap: (shown: readonly T[]) => unknown = (shown) => shown,
): Answer => {
  const perPage = Math.min(whole(query.get('per_page'), PER_PAGE), MOST_PER_PAGE);
  const number = whole(query.get('page'), 1);
  const last = Math.max(1, Math.ceil(entries.length / perPage));
  const link = (target: number, rel: string): string => {
    const url = new URL(asked);
    url.searchParams.set('page', String(target));
    return `<${url.href}>; rel="${rel}"`;
  };
  const before = number > 1 ? [link(Math.min(number - 1, last), 'prev'), link(1, 'first')] : [];
  const after = number < last ? [link(number + 1, 'next'), link(last, 'last')] : [];
  const links = [...before, ...after];
  return {
    status: 200,
    headers: links.length === 0 ? {} : { link: links.join(', ') },
    body: wrap(entries.slice((number - 1) * perPage, number * perPage)),
  };
};
