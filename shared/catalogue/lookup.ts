import type { Catalogue, CatalogueService } from './catalogue.ts';

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
