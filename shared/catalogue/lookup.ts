import type { Catalogue, CatalogueService, PromotionRule, RegistryPlace } from './catalogue.ts';

/** What is not there, and what is. */
export interface Unknown {
  readonly unknown: 'environment' | 'service';
  readonly known: readonly string[];
}

export const findService = ({ services }: Catalogue, environment: string, name: string): CatalogueService | Unknown => {
  const there = services.filter((service) => service.environment === environment);
  if (there.length === 0) return { unknown: 'environment', known: [...new Set(services.map((service) => service.environment))] };
  const found = there.find((service) => service.name === name);
  return found ?? { unknown: 'service', known: there.map((service) => service.name) };
};

export const servicesWithAlarm = ({ services }: Catalogue, arn: string): readonly CatalogueService[] =>
  services.filter(({ settings }) => settings.alarms.includes(arn));

/** Whether a tag is of a pattern: with `*` for anything, or a regular expression where it begins with `^`. */
export const fitsTags = (pattern: string, tag: string): boolean => {
  const source = pattern.startsWith('^')
    ? pattern
    : `^${pattern
        .split('*')
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`;
  return new RegExp(source).test(tag);
};

const isAt = (place: Pick<RegistryPlace, 'registry' | 'repository'>, registry: string, repository: string): boolean =>
  place.registry === registry && place.repository === repository;

/** Services that a push of this tag deploys. */
export const servicesOnPush = (
  { services }: Catalogue,
  registry: string,
  repository: string,
  tag: string,
): readonly CatalogueService[] =>
  services.filter(
    (service) =>
      service.deploy === 'on-push' &&
      isAt({ registry: service.registry, repository: service.repository ?? '' }, registry, repository) &&
      fitsTags(service.tags ?? '*', tag),
  );

/** Services that a promotion into this repository deploys. */
export const servicesOnPromotion = (
  { services }: Catalogue,
  environment: string,
  registry: string,
  repository: string,
): readonly CatalogueService[] =>
  services.filter(
    (service) =>
      service.deploy === 'on-promotion' &&
      service.environment === environment &&
      isAt({ registry: service.registry, repository: service.repository ?? '' }, registry, repository),
  );

/** Promotions out of a repository. */
export const promotionsFrom = ({ promotions }: Catalogue, registry: string, repository: string): readonly PromotionRule[] =>
  promotions.filter(({ from }) => isAt(from, registry, repository));

/** Services of the environment that an image comes from whose images are in that repository. */
export const servicesBelow = ({ services }: Catalogue, { from }: PromotionRule): readonly CatalogueService[] =>
  services.filter(
    (service) =>
      service.environment === from.environment &&
      isAt({ registry: service.registry, repository: service.repository ?? '' }, from.registry, from.repository),
  );
