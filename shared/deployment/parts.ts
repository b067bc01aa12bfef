/**
 * What is in several sites has one id: theirs, each after its site's name, `eu=arn:… us=arn:…`. So what a deployment keeps of a rollout or a
 * revision is one thing, wherever it is.
 */
export const joined = (ids: ReadonlyMap<string, string>): string => [...ids].map(([site, id]) => `${site}=${id}`).join(' ');

/** The other way round; no site for an id that is of one place alone. */
export const partsOf = (id: string): ReadonlyMap<string, string> =>
  new Map(
    id.split(' ').flatMap((part) => {
      const end = part.indexOf('=');
      return end < 1 ? [] : [[part.slice(0, end), part.slice(end + 1)] as const];
    }),
  );

/** Whether the id that a target tells is this one, or that of one of its sites. */
export const isIdOf = (id: string, told: string): boolean => id === told || [...partsOf(id).values()].includes(told);

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** What people say of an ARN: `api:7`; of several sites `eu api:7, us api:9`. */
export const shortId = (id: string): string => {
  const parts = [...partsOf(id)].map(([site, part]) => `${site} ${lastPart(part)}`);
  return parts.length === 0 ? lastPart(id) : parts.join(', ');
};
