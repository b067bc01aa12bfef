import type { Catalogue, CatalogueService, PromotionRule } from './catalogue.ts';

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

/** Services whose images are in a repository. */
const servicesAt = ({ services }: Catalogue, registry: string, repository: string): readonly CatalogueService[] =>
  services.filter((service) => service.registry === registry && service.repository === repository);

/** Services that a push of this tag deploys. */
export const servicesOnPush = (
  catalogue: Catalogue,
  registry: string,
  repository: string,
  tag: string,
): readonly CatalogueService[] =>
  servicesAt(catalogue, registry, repository).filter(
    (service) => service.deploy === 'on-push' && fitsTags(service.tags ?? '*', tag),
  );

/** Services that a promotion into this repository deploys. */
export const servicesOnPromotion = (
  catalogue: Catalogue,
  environment: string,
  registry: string,
  repository: string,
): readonly CatalogueService[] =>
  servicesAt(catalogue, registry, repository).filter(
    (service) => service.deploy === 'on-promotion' && service.environment === environment,
  );

/** Promotions out of a repository. */
export const promotionsFrom = ({ promotions }: Catalogue, registry: string, repository: string): readonly PromotionRule[] =>
  promotions.filter(({ from }) => from.registry === registry && from.repository === repository);

/** Services of the environment that an image comes from whose images are in that repository. */
export const servicesBelow = (catalogue: Catalogue, { from }: PromotionRule): readonly CatalogueService[] =>
  servicesAt(catalogue, from.registry, from.repository).filter(({ environment }) => environment === from.environment);
