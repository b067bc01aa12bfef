import type { Catalogue } from '../catalogue/catalogue.ts';
import { findService } from '../catalogue/lookup.ts';
import { notifyOf } from '../catalogue/notify.ts';
import { consoleOf, dashboardUrl } from '../dashboard.ts';
import { logGroupOf, logGroupUrl } from '../log-group.ts';
import { resolveReferences } from '../references.ts';
import type { Runtime } from '../runtime.ts';
import { type Outcome, placeOf } from './outcome.ts';

type Target = Catalogue['services'][number]['settings']['target'];

/** More would hide each other. */
const MOST_SITES = 3;

/** What the service itself writes, in CloudWatch; the catalogue's `logs` may be anything. */
export const SERVICE_LOGS = 'service logs';

/** Where Amazon's console shows an ECS service's deployments, whatever kind of target rolls them out. */
const consolePage = ({ cluster, service }: Target, region: string): string | undefined =>
  typeof cluster === 'string' && typeof service === 'string'
    ? `https://${consoleOf(region)}/ecs/v2/clusters/${encodeURIComponent(cluster)}/services/${encodeURIComponent(service)}/deployments?region=${region}`
    : undefined;

type Page = readonly [name: string, address: string];

/** `site`: absent where there is but one. */
const pagesOf = (logGroup: string | undefined, page: string | undefined, region: string, site?: string): readonly Page[] => {
  const named = (what: string): string => (site === undefined ? what : `${what} in ${site}`);
  return [
    ...(page === undefined ? [] : [[named('deployments'), page] as const]),
    ...(logGroup === undefined ? [] : [[named(SERVICE_LOGS), logGroupUrl(region, logGroup)] as const]),
  ];
};

const consolePages = (catalogue: Catalogue, outcome: Outcome, region: string): readonly Page[] => {
  const { environment, service } = placeOf(outcome);
  const found = service === undefined ? undefined : findService(catalogue, environment, service);
  if (found === undefined || 'unknown' in found) return [];
  const { sites, target } = found.settings;
  const spots = sites === undefined ? [{ name: undefined, target, region }] : sites.slice(0, MOST_SITES);
  return spots.flatMap((spot) =>
    pagesOf(logGroupOf(found, spot.target), consolePage(spot.target, spot.region), spot.region, spot.name),
  );
};

/** The stack makes one for each environment of the catalogue, and for no other. */
const dashboards = ({ services }: Catalogue, { region, bus }: Runtime['settings'], outcome: Outcome) => {
  const { environment } = placeOf(outcome);
  const isKnown = services.some((service) => service.environment === environment);
  return isKnown ? [['dashboard', dashboardUrl(region, bus, environment)] as const] : [];
};

/** Where to read on about an outcome, by what it is called: CloudWatch's dashboard, what the catalogue's `links` say, Amazon's console and the service's log group. */
export const placesFor = ({ catalogue, settings }: Runtime, outcome: Outcome): Readonly<Record<string, string>> => {
  const links = notifyOf(catalogue, 'links', placeOf(outcome)) ?? {};
  return Object.fromEntries([
    ...dashboards(catalogue, settings, outcome),
    ...Object.entries(links).map(([name, address]) => [name, resolveReferences(address, settings.references)] as const),
    ...consolePages(catalogue, outcome, settings.region),
  ]);
};
