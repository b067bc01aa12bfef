import type { Reason } from '../deployment/observations.ts';

/** Why a text is no image's name: stable words, each with its line of `docs/errors.md`. @public */
export const IMAGE_NAME_ERRORS = {
  'image-name': 'The image is not named as images are: `name:tag`, `registry/name:tag` or `registry/name@sha256:…`.',
} as const;

/** An image's full name, taken apart. */
export interface ImageReference {
  /** Host (and port) of the registry; empty in a short name. */
  readonly host: string;
  /** Path within the registry. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;
  /** Where the host is one of Amazon ECR's. */
  readonly ecr?: { readonly account: string; readonly region: string };
}

type Parsed = ImageReference | { readonly problem: Reason };

/** The grammar of the distribution project's package `reference` (github.com/distribution/reference, regexp.go). */
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
export const DIGEST = /^sha256:[0-9a-f]{64}$/;
const LABEL = '(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])';
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})*(?::[0-9]+)?$`);
/** Of the path; `reference` has the same limit. */
const LONGEST_PATH = 255;

/** `<account>.dkr.ecr.<region>.amazonaws.com` (Amazon ECR User Guide, "Private registry"). */
const ECR = /^([0-9]{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** Account and region of a registry of Amazon ECR; `undefined`: it is another one. */
export const ecrOf = (host: string): { readonly account: string; readonly region: string } | undefined => {
  const [, account, region] = ECR.exec(host) ?? [];
  return account === undefined || region === undefined ? undefined : { account, region };
};

const bad = (image: string, message: string): { problem: Reason } => ({
  problem: { code: 'image-name', message: `cannot deploy "${image}": ${message}` },
});

/** The first part is a host if it has a dot or a port, or is `localhost`, as Docker has it. */
const splitHost = (name: string): { host: string; path: string } => {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  return first === 'localhost' || /[.:]/.test(first) ? { host: first, path: name.slice(slash + 1) } : { host: '', path: name };
};

/** Tag and digest stand behind the last `:` and the `@`; a `:` before a `/` is a port's. */
const splitTag = (text: string): { name: string; tag?: string } => {
  const colon = text.lastIndexOf(':');
  return colon > text.lastIndexOf('/') ? { name: text.slice(0, colon), tag: text.slice(colon + 1) } : { name: text };
};

/** Takes a name apart. A name with a tag and a digest means the digest. */
export const parseImageReference = (image: string): Parsed => {
  const [before = '', digest, ...more] = image.split('@');
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest)))
    return bad(image, 'what stands behind "@" is no digest (sha256: and 64 hexadecimal digits); correct it');
  const { name, tag } = splitTag(before);
  if (tag !== undefined && !TAG.test(tag))
    return bad(image, `"${tag}" is no tag (up to 128 letters, digits, and _ . - but not first . or -); correct it`);
  const { host, path } = splitHost(name);
  if (host !== '' && !HOST.test(host)) return bad(image, `"${host}" is no registry's host; correct it`);
  if (path.length > LONGEST_PATH) return bad(image, `its name is longer than ${LONGEST_PATH} characters; correct it`);
  if (!PATH.test(path))
    return bad(image, `"${path}" is no repository's name (lower-case letters, digits, and . _ - / between them); correct it`);
  if (tag === undefined && digest === undefined) return bad(image, `say which tag, as in ${name}:v1.2.3`);
  const ecr = ecrOf(host);
  return {
    host,
    path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
    ...(ecr === undefined ? {} : { ecr }),
  };
};

/** A short name (`preprod:<tag>`) is completed with the environment's registry; a full one stays as it is. */
export const completeImageReference = (image: string, registry: string): Parsed => {
  const parsed = parseImageReference(image);
  if ('problem' in parsed || parsed.host !== '') return parsed;
  return parseImageReference(`${registry}/${image}`);
};
