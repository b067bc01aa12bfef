import type { RegistryPlace } from '../catalogue/catalogue.ts';
import type { Reason } from '../deployment/observations.ts';
import { completeImageReference, type ImageReference } from '../registries/image-reference.ts';

/** Takes the name of an image of a place apart; a short one is completed. */
export const readImage = (
  image: string,
  { registry, repository }: RegistryPlace,
): ImageReference | { readonly problem: Reason } => {
  const host = registry.replace(/^https?:\/\//, '');
  const parsed = completeImageReference(image, host);
  if ('problem' in parsed)
    return { problem: { ...parsed.problem, message: parsed.problem.message.replace('deploy', 'promote') } };
  if (parsed.host === host && parsed.path === repository) return parsed;
  return {
    problem: { code: 'image-elsewhere', message: `"${image}" is none of ${host}/${repository}, whose images are promoted` },
  };
};
