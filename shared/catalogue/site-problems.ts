import type { CatalogueSource } from './generated/types.ts';
import { spotsOf } from './sites.ts';

type Report = (path: readonly string[], message: string) => void;

/** The pipeline's own place is not known before it is packaged. */
const OWN = { account: 'own', region: 'own' } as const;

/** What the schema cannot say of where environments are. */
export const reportSites = (source: CatalogueSource, report: Report): void => {
  for (const [environment, entry] of Object.entries(source.environments)) {
    const path = ['environments', environment];
    const { sites, role, services } = entry;
    if (sites !== undefined && role !== undefined)
      report([...path, 'role'], 'counts without "sites" alone; give each site its own "role"');
    const seen = new Map<string, string>();
    for (const { name, account, region } of spotsOf(entry, OWN)) {
      const other = seen.get(`${account} ${region}`);
      if (other !== undefined)
        report([...path, 'sites', name], `is the same account and region as "${other}"; a service is there once`);
      seen.set(`${account} ${region}`, name);
    }
    for (const [name, service] of Object.entries(services))
      if (sites === undefined && JSON.stringify([source.defaults, entry.defaults, service]).includes('${site}'))
        report([...path, 'services', name], '"${site}" is not known: the environment has no "sites"');
  }
};

/** The things that a service of the environment is, wherever it is: two services may not share one. */
export const thingsOf = (source: CatalogueSource, environment: string, name: string): readonly string[] => {
  const entry = source.environments[environment];
  const service = entry?.services[name];
  if (entry === undefined || service === undefined) return [];
  const { kind } = service.target;
  const spots = spotsOf(entry, OWN);
  return (spots.length === 0 ? [OWN] : spots).map(({ account, region }) =>
    JSON.stringify([kind, ...thingIn(service.target, name), account, region]),
  );
};

/** Of a function every alias is changed by way of the same `$LATEST`. */
const thingIn = (target: CatalogueSource['environments'][string]['services'][string]['target'], name: string) =>
  'function' in target ? [target.function] : [target.cluster, target.service ?? name];
