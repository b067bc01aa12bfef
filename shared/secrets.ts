/** What secrets look like that people paste where they do not belong; each keeps what tells its kind. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\b(A[KS]IA)[A-Z0-9]{12,}/g, '$1***'],
  [/\b(gh[opusr]_|github_pat_|glpat-|npm_|xox[abeoprs]-|xapp-|sk-)[A-Za-z0-9_-]{10,}/g, '$1***'],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_-]*)?/g, 'eyJ***'],
  [/(:\/\/)[^/\s:@"]*:[^/\s@"]+@/g, '$1***@'],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}/gi, '$1 ***'],
  [/\b((?:password|passwd|secret|token|api[-_]?key|signature)\\?["']?\s*[=:]\s*\\?["']?)[^\s"'&,;\\]{4,}/gi, '$1***'],
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(-----END|$)/g, '$1***$2'],
];

/** The text without the secrets that it visibly holds: access keys, tokens, passwords in addresses, private keys. */
export const masked = (text: string): string => SHAPES.reduce((rest, [shape, kept]) => rest.replace(shape, kept), text);
