/**
 * The value at a JSON path of dots, indices and `[*]`: `$.detail.images[0]`, `$.detail.images[*].tag` (User Guide, "Input
 * transformation", of which these are the parts that EventBridge supports). `undefined`: there is none.
 */
export const valueAt = (path: string, event: unknown): unknown => {
  const parts = path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]+/)
    .filter((name) => name !== '');
  return inside(event, parts);
};

const inside = (value: unknown, [part, ...rest]: readonly string[]): unknown => {
  if (part === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if (part === '*') return Object.values(value).flatMap((entry) => inside(entry, rest) ?? []);
  return Object.hasOwn(value, part) ? inside((value as Readonly<Record<string, unknown>>)[part], rest) : undefined;
};
