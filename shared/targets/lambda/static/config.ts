const bucket = { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' } as const;
const prefix = { type: 'string', pattern: '^([A-Za-z0-9._-]+/)*$', default: '' } as const;
const header = { type: 'string', minLength: 1, maxLength: 255 } as const;

/** JSON Schema of `static`: the files that go with a function. */
export const staticSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['from', 'to'],
  description:
    'Files that are copied before the code changes, from where CI has put them for each version, to where they are served.',
  properties: {
    from: {
      type: 'object',
      additionalProperties: false,
      required: ['bucket', 'by'],
      properties: {
        bucket,
        prefix: { ...prefix, description: 'Ends with a slash; what `by` says follows, and another slash.' },
        by: {
          enum: ['tag', 'version', 'commit', 'digest'],
          description: "What CI calls the folder by: the image's tag or digest (64 digits), or the request's version or commit.",
        },
      },
    },
    to: {
      type: 'object',
      additionalProperties: false,
      required: ['bucket'],
      properties: { bucket, prefix: { ...prefix, description: 'Ends with a slash.' } },
    },
    cache: {
      type: 'object',
      additionalProperties: false,
      description: 'Cache-Control of files whose source has none.',
      properties: {
        html: { ...header, default: 'no-cache' },
        hashed: {
          ...header,
          default: 'public, max-age=31536000, immutable',
          description: 'Of files with a hash in their name: `app.3f2a9c1b.js`, `index-BxK3f9aQ.css`.',
        },
        other: { ...header, default: 'public, max-age=300' },
      },
    },
    keepDays: {
      type: 'integer',
      minimum: 1,
      maximum: 365,
      default: 7,
      description: 'How long files are kept that a later version has no more; a deployment after that removes them.',
    },
  },
} as const;

export interface StaticConfig {
  readonly from: { readonly bucket: string; readonly prefix?: string; readonly by: 'tag' | 'version' | 'commit' | 'digest' };
  readonly to: { readonly bucket: string; readonly prefix?: string };
  readonly cache?: { readonly html?: string; readonly hashed?: string; readonly other?: string };
  readonly keepDays?: number;
}

const STANDARD = staticSchema.properties.cache.properties;

export const keepMilliseconds = ({ keepDays = staticSchema.properties.keepDays.default }: StaticConfig): number =>
  keepDays * 24 * 3600 * 1000;

const isHtml = (key: string): boolean => /\.html?$/i.test(key);

/** Pages name all other files: they are copied last. */
export const isPage = isHtml;

/** Eight letters and digits or more, of which one is a digit, between separators before the extension. */
const HASHED = /[.-](?=[A-Za-z0-9_]*[0-9])[A-Za-z0-9_]{8,}\.[A-Za-z0-9.]+$/;

export const cacheOf = ({ cache = {} }: StaticConfig, key: string): string => {
  if (isHtml(key)) return cache.html ?? STANDARD.html.default;
  return HASHED.test(key) ? (cache.hashed ?? STANDARD.hashed.default) : (cache.other ?? STANDARD.other.default);
};

/** What browsers have to be told (IANA, Media Types; the WHATWG's MIME Sniffing for fonts and scripts). */
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  gif: 'image/gif',
  htm: 'text/html; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/vnd.microsoft.icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  mjs: 'text/javascript; charset=utf-8',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
  webp: 'image/webp',
  woff: 'font/woff',
  woff2: 'font/woff2',
  xml: 'application/xml',
};

/** What S3 says of an object that nobody has said anything of (API reference, PutObject, Content-Type), and its predecessor. */
const UNSAID: readonly (string | undefined)[] = [undefined, '', 'binary/octet-stream', 'application/octet-stream'];

/** The source's word counts, if it has one; then the extension. */
export const typeOf = (told: string | undefined, key: string): string =>
  told === undefined || UNSAID.includes(told)
    ? (TYPES[key.slice(key.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream')
    : told;
