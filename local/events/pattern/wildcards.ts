/** Whether a pattern, valid as it is, matches anywhere by `wildcard`. */
export const usesWildcard = (pattern: string): boolean => hasWildcard(JSON.parse(pattern), false);

/** Only inside a list is `wildcard` an operator; elsewhere it is a field's name. */
const hasWildcard = (value: unknown, inList: boolean): boolean => {
  if (Array.isArray(value)) return value.some((entry) => hasWildcard(entry, true));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => (inList && name === 'wildcard') || hasWildcard(inner, inList));
};
