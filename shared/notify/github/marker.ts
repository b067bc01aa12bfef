import { createHash } from 'node:crypto';

/** This installation of the pipeline: another one may post to the same repository. */
export type Installation = Readonly<Record<'account' | 'region' | 'bus', string>>;

/** A comment that nobody sees, by which what we posted is found again. It holds nothing of what others wrote. */
export const markerOf = ({ account, region, bus }: Installation, ...what: readonly (string | number)[]): string => {
  const hash = createHash('sha256')
    .update(JSON.stringify([account, region, bus, ...what]))
    .digest('hex');
  return `<!-- switchyard:${hash.slice(0, 32)} -->`;
};
