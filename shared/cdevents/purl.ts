import type { DeploymentDetail } from '../heard.ts';
import { parseImageReference } from '../registries/image-reference.ts';

/** Where an image is, and which it is. */
export interface Artifact {
  /** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/prod`, without tag. */
  readonly repository: string;
  readonly digest?: string;
  readonly tag?: string;
}

/** Slashes stay as they are in a qualifier's value. */
const qualifier = (name: string, value: string): string => `${name}=${encodeURIComponent(value).replaceAll('%2F', '/')}`;

/**
 * The package URL of an image: `pkg:oci/prod@sha256%3A…?repository_url=…/prod&tag=v1`. The name is the last part of the repository's, in
 * lower case; the version is the digest; qualifiers are in the order of their names (purl specification, type `oci`).
 */
export const purlOf = ({ repository, digest, tag }: Artifact): string => {
  const name = repository.slice(repository.lastIndexOf('/') + 1).toLowerCase();
  const version = digest === undefined ? '' : `@${encodeURIComponent(digest)}`;
  const qualifiers = [qualifier('repository_url', repository), ...(tag === undefined ? [] : [qualifier('tag', tag)])];
  return `pkg:oci/${encodeURIComponent(name)}${version}?${qualifiers.join('&')}`;
};

/** An image as a revision names it; `undefined`: it is no image's name. */
export const artifactOf = (image: string): Artifact | undefined => {
  const parsed = parseImageReference(image);
  if ('problem' in parsed) return undefined;
  const { host, path, tag, digest } = parsed;
  return {
    repository: host === '' ? path : `${host}/${path}`,
    ...(digest === undefined ? {} : { digest }),
    ...(tag === undefined ? {} : { tag }),
  };
};

/** What runs now, or is to. */
export const artifactIn = ({ running, digest, repository }: DeploymentDetail): Artifact | undefined => {
  const named = running === undefined ? undefined : artifactOf(running.image);
  const place = named?.repository ?? repository;
  const which = running?.digest ?? named?.digest ?? (running === undefined ? digest : undefined);
  if (place === undefined) return undefined;
  return {
    repository: place,
    ...(which === undefined ? {} : { digest: which }),
    ...(which !== undefined || named?.tag === undefined ? {} : { tag: named.tag }),
  };
};
