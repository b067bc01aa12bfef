import type { LocalImage } from '../ports.ts';
import { repositoryArn } from './names.ts';
import type { EcrStore } from './store.ts';

/** Most severe first (API reference, ImageScanFinding). */
const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED'] as const;

export type Counts = Readonly<Partial<Record<(typeof SEVERITIES)[number], number>>>;

export interface Scan {
  /** ACTIVE: of enhanced scanning, which goes on after its first result. */
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'ACTIVE' | 'PENDING';
  /** Milliseconds since the epoch. */
  readonly completedAt?: number;
  readonly counts: Counts;
}

/** How long a scan takes here, in milliseconds. */
const DURATION = 2000;

const LABEL = 'switchyard.local.findings';

/** What a scan finds in an image, from its label: `CRITICAL=1,HIGH=2`; without one, nothing. Throws for a label that makes no sense. */
export const findingsOf = (labels: LocalImage['labels']): Counts => {
  const text = labels[LABEL];
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [severity = '', count = ''] = part.split('=');
      if (!SEVERITIES.some((known) => known === severity) || !/^[1-9][0-9]{0,3}$/.test(count))
        throw new Error(`label ${LABEL} is "${text}", and has to be like CRITICAL=1,HIGH=2 (of ${SEVERITIES.join(', ')})`);
      return [severity, Number(count)];
    }),
  );
};

export const scanKey = ({ repository, digest }: Pick<LocalImage, 'repository' | 'digest'>): string => `${repository}@${digest}`;

/**
 * Scans an image, or each platform of an index: ECR scans no index itself. The events are those of the Amazon ECR User Guide, "Amazon ECR
 * events and EventBridge" and "EventBridge events" of enhanced scanning.
 */
export const scanImage = (store: EcrStore, image: LocalImage): void => {
  if (image.platforms.length > 0) {
    for (const digest of image.platforms) {
      const child = store.images.find(image.repository, digest);
      if (child !== undefined) scanImage(store, child);
    }
    return;
  }
  const key = scanKey(image);
  const enhanced = store.scanning.type === 'ENHANCED';
  store.scans.set(key, { status: enhanced ? 'PENDING' : 'IN_PROGRESS', counts: {} });
  store.clock.after(DURATION, () => {
    const counts = findingsOf(image.labels);
    store.scans.set(key, { status: enhanced ? 'ACTIVE' : 'COMPLETE', completedAt: store.clock.now(), counts });
    const arn = repositoryArn(store.place, image.repository);
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    store.events.publish({
      source: enhanced ? 'aws.inspector2' : 'aws.ecr',
      detailType: enhanced ? 'Inspector2 Scan' : 'ECR Image Scan',
      resources: [arn],
      detail: {
        'scan-status': enhanced ? 'INITIAL_SCAN_COMPLETE' : 'COMPLETE',
        'repository-name': enhanced ? arn : image.repository,
        'finding-severity-counts': enhanced ? { ...counts, TOTAL: total } : counts,
        'image-digest': image.digest,
        'image-tags': store.images.find(image.repository, image.digest)?.tags ?? [],
      },
    });
  });
};
