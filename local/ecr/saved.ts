import type { Repository } from '../registry/store.ts';
import type { EcrStore } from './store.ts';

/** What is kept of ECR beside the bytes of its layers; a scan that was under way is begun again by whoever wants it. */
export interface SavedEcr {
  readonly repositories: ReadonlyMap<string, Repository>;
  readonly scans: EcrStore['scans'];
  readonly scanning: EcrStore['scanning']['type'];
  readonly mounting: boolean;
}

export const saveEcr = ({ registry, scans, scanning }: EcrStore): SavedEcr => ({
  repositories: registry.repositories,
  scans: new Map([...scans].filter(([, { completedAt }]) => completedAt !== undefined)),
  scanning: scanning.type,
  mounting: registry.mounting.enabled,
});

/** What was pushed by then gives way, repository by repository. */
export const loadEcr = (store: EcrStore, { repositories, scans, scanning, mounting }: SavedEcr): void => {
  for (const [name, repository] of repositories) {
    const manifests = [...repository.manifests].map(
      ([digest, kept]) => [digest, { ...kept, bytes: Buffer.from(kept.bytes) }] as const,
    );
    store.registry.repositories.set(name, { ...repository, manifests: new Map(manifests) });
  }
  for (const [key, scan] of scans) store.scans.set(key, scan);
  store.scanning.type = scanning;
  store.registry.mounting.enabled = mounting;
};
