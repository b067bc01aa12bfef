import type { Failure } from '../deployment/observations.ts';
import type { Site } from '../deployment/settings.ts';
import { NotYetError } from '../targets/not-yet.ts';

export const inSite = ({ name }: Pick<Site, 'name'>, message: string): string => `${name}: ${message}`;

/** The failure, with the name of the site before what it says. */
export const saying = (site: Site, failure: Failure): Failure => ({ ...failure, message: inSite(site, failure.message) });

/** AWS has answered, with a no, or will: no call has taken effect (AWS SDK, `$metadata`). */
const hasAnswered = (error: unknown): boolean => {
  if (error instanceof NotYetError) return true;
  const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } })?.$metadata?.httpStatusCode;
  return status !== undefined && status >= 400 && status < 500;
};

/**
 * Asks in every site at once, and waits for all. Throws the error of one that was not answered, with the site's name before its message;
 * first of those of which nobody knows whether they took effect.
 */
export const beside = async <P extends { readonly site: Site }, R>(
  parts: readonly P[],
  ask: (part: P) => Promise<R>,
): Promise<ReadonlyMap<P, R>> => {
  const settled = await Promise.allSettled(parts.map(async (part) => [part, await ask(part)] as const));
  const failed = settled.flatMap((result, index) =>
    result.status === 'rejected' ? [{ site: parts[index]?.site, error: result.reason as unknown }] : [],
  );
  const worst = failed.find(({ error }) => !hasAnswered(error)) ?? failed[0];
  if (worst !== undefined) {
    const { error, site } = worst;
    if (error instanceof Error && site !== undefined) error.message = inSite(site, error.message);
    throw error;
  }
  return new Map(settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
};
