/** A number from 0 up to 1 that depends on a seed and on names alone, never on what was asked before (FNV-1a, then a finalizer). */
export const chance = (seed: number, ...names: readonly (string | number)[]): number => {
  let hash = (0x81_1c_9d_c5 ^ seed) >>> 0;
  for (const letter of names.join('\u0000')) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01_00_01_93) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35) >>> 0;
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
};

/** One of several, each as likely as its weight. */
export const pick = <T>(dice: number, weighted: readonly (readonly [weight: number, value: T])[]): T => {
  const total = weighted.reduce((sum, [weight]) => sum + weight, 0);
  let left = dice * total;
  for (const [weight, value] of weighted) {
    left -= weight;
    if (left < 0) return value;
  }
  const last = weighted.at(-1);
  if (last === undefined) throw new Error('there is nothing to pick from');
  return last[1];
};

/** Whole numbers, from `least` up to `most`. */
export const between = (dice: number, least: number, most: number): number => least + Math.floor(dice * (most - least + 1));
