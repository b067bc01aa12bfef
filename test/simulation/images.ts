import imageFile from '../../local/images.json' with { type: 'json' };
import type { ImageFile } from '../../local/images.ts';

/**
 * Beside the examples: images that fall ill after the target found them good, before the bake is over; one that never starts; and a tag
 * that is moved.
 */
export const IMAGES: ImageFile = Object.fromEntries(
  Object.entries(imageFile as ImageFile).map(([repository, images]) => [
    repository,
    [
      ...images.map((image) => (image.tags.includes('good') ? { ...image, tags: [...image.tags, 'moving'] } : image)),
      { tags: ['endless'], labels: { 'switchyard.local.start-seconds': '100000' } },
      { tags: ['sick'], labels: { 'switchyard.local.fails-after-seconds': '2.6' } },
      { tags: ['fragile'], labels: { 'switchyard.local.exit-code': '1', 'switchyard.local.exit-after-seconds': '9' } },
    ],
  ]),
);
