import { ACCEPTED, digestOf, INDEXES, LARGEST_MANIFEST, type Manifest } from './manifest.ts';
import { CopyRefusal } from './refusal.ts';
import { pull, push, type Transport } from './transport.ts';

const mediaTypeOf = (response: Response): string => (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';

const TAGS_AT_ONCE = 1000;
/** A registry that lists more has no end. */
const MOST_PAGES = 1000;

/** The manifests of a registry's repositories. */
export const manifestClient = ({ host, ask, refuse }: Transport) => {
  const askFor = (method: 'GET' | 'HEAD', repository: string, what: string): Promise<Response> =>
    ask({ method, path: `/v2/${repository}/${what}`, scope: pull(repository), headers: { accept: ACCEPTED } });

  /** The manifest's digest; `undefined`: it is not there. */
  const headManifest = async (repository: string, reference: string): Promise<string | undefined> => {
    const response = await askFor('HEAD', repository, `manifests/${reference}`);
    if (response.status === 404) return undefined;
    if (!response.ok) return refuse(`look at ${repository}:${reference}`, response);
    return response.headers.get('docker-content-digest') ?? (await getManifest(repository, reference))?.digest;
  };

  /** As it is kept, checked against the digest that it was asked for by, or that the registry says. */
  const getManifest = async (repository: string, reference: string): Promise<Manifest | undefined> => {
    const response = await askFor('GET', repository, `manifests/${reference}`);
    if (response.status === 404) return undefined;
    if (!response.ok) return refuse(`pull ${repository}:${reference}`, response);
    const length = Number(response.headers.get('content-length') ?? 0);
    const bytes = length > LARGEST_MANIFEST ? undefined : Buffer.from(await response.arrayBuffer());
    if (bytes === undefined || bytes.length > LARGEST_MANIFEST) {
      if (bytes === undefined) await response.body?.cancel();
      throw new CopyRefusal(
        'manifest-too-large',
        `the manifest ${repository}:${reference} of ${host} has more than 4 MiB, which registries do not take`,
      );
    }
    const digest = digestOf(bytes);
    const promised = reference.startsWith('sha256:') ? reference : (response.headers.get('docker-content-digest') ?? digest);
    if (promised !== digest)
      throw new CopyRefusal(
        'digest-mismatch',
        `${host} handed out ${digest} for ${repository}@${promised}; push the image again`,
      );
    return { digest, mediaType: mediaTypeOf(response), bytes };
  };

  const putManifest = async (
    repository: string,
    reference: string,
    { digest, mediaType, bytes }: Manifest,
  ): Promise<{ readonly subject: boolean }> => {
    const response = await ask({
      method: 'PUT',
      path: `/v2/${repository}/manifests/${reference}`,
      scope: push(repository),
      headers: { 'content-type': mediaType },
      body: bytes,
    });
    if (response.status !== 201) return refuse(`take ${repository}:${reference}`, response);
    const kept = response.headers.get('docker-content-digest');
    await response.body?.cancel();
    if (kept !== null && kept !== digest)
      throw new CopyRefusal(
        'digest-mismatch',
        `${host} says that it keeps ${kept} as ${repository}:${reference}, and it was given ${digest}`,
      );
    return { subject: response.headers.has('oci-subject') };
  };

  /** The manifests that say that they belong to this one; `undefined`: the registry does not keep such a list. */
  const referrers = async (repository: string, digest: string): Promise<Manifest | undefined> => {
    const response = await askFor('GET', repository, `referrers/${digest}`);
    const mediaType = mediaTypeOf(response);
    if (!response.ok || !INDEXES.includes(mediaType)) {
      await response.body?.cancel();
      return undefined;
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    return { digest: digestOf(bytes), mediaType, bytes };
  };

  /** Every tag of a repository ("Listing Tags": page by page); none where there is no such repository. */
  const tags = async (repository: string): Promise<readonly string[]> => {
    const found: string[] = [];
    let path: string | undefined = `/v2/${repository}/tags/list?n=${TAGS_AT_ONCE}`;
    for (let page = 0; path !== undefined && page < MOST_PAGES; page += 1) {
      const response: Response = await ask({ method: 'GET', path, scope: pull(repository) });
      if (response.status === 404) return found;
      if (!response.ok) return refuse(`list the tags of ${repository}`, response);
      const body = (await response.json().catch(() => ({}))) as { readonly tags?: unknown };
      if (Array.isArray(body.tags)) found.push(...body.tags.filter((tag) => typeof tag === 'string'));
      path = /<([^>]+)>;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1];
    }
    return found;
  };

  return { headManifest, getManifest, putManifest, referrers, tags };
};
