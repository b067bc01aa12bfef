import { readFile } from 'node:fs/promises';
import imageFile from '../../local/images.json' with { type: 'json' };
import type { ImageFile } from '../../local/images.ts';
import { templateIn } from '../../local/packaging.ts';
import { ACCOUNT, REGION } from '../../local/service.ts';
import { readTemplate, type Template } from '../../local/stack/template.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { readCatalogue } from '../../shared/catalogue/load.ts';
import { referencesOf, resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import { SHARED, SHARING } from './plan.ts';

/** What every schedule shares: the packaged stack, and the catalogue as the packaged functions have it. */
export interface Package {
  readonly template: Template;
  readonly folder: string;
  readonly catalogue: Catalogue;
  readonly referenceNames: readonly string[];
}

/** What was packaged into the folder, of the project's own catalogue. */
export const readPackage = async (folder: string): Promise<Package> => {
  const read = readCatalogue(await readFile(new URL('../../switchyard.yml', import.meta.url), 'utf8'));
  if ('problems' in read) throw new Error('the catalogue of the project is not valid');
  const catalogue = resolveCatalogue(read.source, { account: ACCOUNT, region: REGION });
  return { folder, template: await readTemplate(templateIn(folder)), catalogue, referenceNames: referencesOf(read.source) };
};

/** Short clocks: what takes hours otherwise ends within the minutes that are simulated. The services of prod share an alarm. */
export const hurried = ({ services, ...rest }: Catalogue, bakeSeconds: number): Catalogue => ({
  ...rest,
  // Few minutes to wait for evidence, so that both ends are seen.
  promotions: rest.promotions.map((rule) => ({
    ...rule,
    also: ['channel'],
    gates: { verified: false, evidence: ['tests'], signature: false },
    waitSeconds: 300,
    copySeconds: 300,
  })),
  services: services.map((service) => ({
    ...service,
    settings: {
      ...service.settings,
      alarms: [...service.settings.alarms, ...(service.name === SHARING.service ? sharedAlarms(services) : [])],
      bakeSeconds,
      rolloutSeconds: 600,
      rollbackSeconds: 600,
      waitSeconds: 3600,
      rollbackWindowSeconds: 60,
      ...(service.settings.health === undefined ? {} : { health: { ...service.settings.health, attempts: 4 } }),
    },
  })),
});

const sharedAlarms = (services: Catalogue['services']): readonly string[] =>
  services.find(({ name }) => name === SHARED.service)?.settings.alarms ?? [];

/** Beside the examples: images that fall ill after the target found them good, before the bake is over; and a tag that is moved. */
export const IMAGES: ImageFile = Object.fromEntries(
  Object.entries(imageFile as ImageFile).map(([repository, images]) => [
    repository,
    [
      ...images.map((image) => (image.tags.includes('good') ? { ...image, tags: [...image.tags, 'moving'] } : image)),
      { tags: ['sick'], labels: { 'switchyard.local.fails-after-seconds': '2.6' } },
      { tags: ['fragile'], labels: { 'switchyard.local.exit-code': '1', 'switchyard.local.exit-after-seconds': '9' } },
    ],
  ]),
);
