import type { RegistryAction } from '../action.ts';
import { type KeptManifest, repositoryOf } from '../store.ts';

interface Body {
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly config?: { readonly mediaType?: string };
  readonly subject?: { readonly digest?: string };
}

const bodyOf = ({ bytes }: KeptManifest): Body => JSON.parse(bytes.toString('utf8'));

/** "Listing Referrers": an index of the manifests that name this one as their subject, whether it is there or not. */
export const listReferrers: RegistryAction = (store, { repository, reference }) => {
  const { manifests } = repositoryOf(store, repository);
  const attached = [...manifests.values()]
    .map((manifest) => ({ manifest, body: bodyOf(manifest) }))
    .filter(({ body }) => body.subject?.digest === reference)
    .map(({ manifest: { mediaType, digest, bytes }, body: { artifactType, annotations, config } }) => ({
      mediaType,
      digest,
      size: bytes.length,
      artifactType: artifactType ?? config?.mediaType,
      ...(annotations === undefined ? {} : { annotations }),
    }));
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: attached }));
  return { status: 200, headers: { 'content-type': mediaType }, body };
};
