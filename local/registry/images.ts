import type { Images, LocalImage } from '../ports.ts';
import type { KeptManifest, RegistryStore, Repository } from './store.ts';

interface Body {
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly size?: number }[];
  readonly manifests?: readonly { readonly digest: string; readonly platform?: { readonly architecture?: string } }[];
  readonly artifactType?: string;
}

/** What a manifest says, read once. */
interface Read {
  readonly text: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  readonly size: number;
}

const bodyOf = (manifest: KeptManifest): Body => JSON.parse(manifest.bytes.toString('utf8'));

/** Labels of the image's config; of an index, those of its first platform. */
export const labelsOf = (store: RegistryStore, repository: Repository, { config, manifests = [] }: Body): Read['labels'] => {
  const [first] = manifests;
  if (first !== undefined) {
    const child = repository.manifests.get(first.digest);
    return child === undefined ? {} : labelsOf(store, repository, bodyOf(child));
  }
  const bytes = config === undefined ? undefined : store.blobs.get(config.digest);
  if (bytes === undefined) return {};
  try {
    const parsed: { readonly config?: { readonly Labels?: Read['labels'] | null } } = JSON.parse(bytes.toString('utf8'));
    return parsed.config?.Labels ?? {};
  } catch {
    // What is attached to an image may have a config that is no JSON: nothing runs it.
    return {};
  }
};

/** The images that a registry holds, as ECR and ECS of the local cloud look at them. */
export const imagesIn = (store: RegistryStore): Images => {
  const known = new WeakMap<KeptManifest, Read>();

  const read = (repository: Repository, manifest: KeptManifest): Read => {
    const before = known.get(manifest);
    if (before !== undefined) return before;
    const body = bodyOf(manifest);
    const found: Read = {
      text: manifest.bytes.toString('utf8'),
      labels: labelsOf(store, repository, body),
      platforms: (body.manifests ?? []).map(({ digest }) => digest),
      size: (body.layers ?? []).reduce((sum, { size = 0 }) => sum + size, 0),
    };
    known.set(manifest, found);
    return found;
  };

  const imageOf = (repository: Repository, manifest: KeptManifest): LocalImage => {
    const { text, labels, platforms, size } = read(repository, manifest);
    return {
      repository: repository.name,
      digest: manifest.digest,
      tags: [...repository.tags].flatMap(([tag, digest]) => (digest === manifest.digest ? [tag] : [])),
      pushedAt: new Date(manifest.pushedAt).toISOString(),
      mediaType: manifest.mediaType,
      manifest: text,
      platforms,
      labels,
      size,
      status: repository.archived.has(manifest.digest) ? 'ARCHIVED' : 'ACTIVE',
    };
  };

  return {
    repositories: () => [...store.repositories.keys()],
    list(name) {
      const repository = store.repositories.get(name);
      return repository === undefined
        ? undefined
        : [...repository.manifests.values()].map((manifest) => imageOf(repository, manifest));
    },
    find(name, reference) {
      const repository = store.repositories.get(name);
      const manifest = repository?.manifests.get(repository.tags.get(reference) ?? reference);
      return repository === undefined || manifest === undefined ? undefined : imageOf(repository, manifest);
    },
  };
};
