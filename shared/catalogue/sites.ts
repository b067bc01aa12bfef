import type { Site } from '../deployment/settings.ts';
import type { CatalogueSource, SourceEnvironment } from './generated/types.ts';

/** What `${site}`, `${region}` and `${account}` stand for. */
export interface Names {
  readonly site?: string;
  readonly region: string;
  readonly account: string;
}

const NAME = /\$\{(site|region|account)\}/g;

/** The value with the names of a site filled into its texts. */
export const filled = <T>(value: T, names: Names): T => {
  if (typeof value === 'string') return value.replace(NAME, (whole, name: keyof Names) => names[name] ?? whole) as T;
  if (Array.isArray(value)) return value.map((entry) => filled(entry, names)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, filled(entry, names)])) as T;
};

/** `arn:aws:iam::<account>:role/…` */
const accountOf = (role: string): string => role.split(':')[4] ?? '';

export type Spot = Pick<Site, 'name' | 'account' | 'region' | 'wave' | 'role'>;

/**
 * Where an environment is, in the order of its waves, which count from 0 here. Nothing: where the pipeline is (`where`), in the functions'
 * own names.
 */
export const spotsOf = ({ role, sites }: SourceEnvironment, where: Omit<Names, 'site'>): readonly Spot[] => {
  if (sites === undefined)
    return role === undefined ? [] : [{ name: where.region, account: accountOf(role), region: where.region, wave: 0, role }];
  const waves = [...new Set(Object.values(sites).map(({ wave }) => wave))].toSorted((a, b) => a - b);
  return Object.entries(sites)
    .map(([name, { region, role: taken, wave }]) => ({
      name,
      account: taken === undefined ? where.account : accountOf(taken),
      region,
      wave: waves.indexOf(wave),
      ...(taken === undefined ? {} : { role: taken }),
    }))
    .toSorted((a, b) => a.wave - b.wave);
};

/** Every text of the catalogue, with the names of sites filled in, whatever account and region they are in. */
export const textsOf = (source: CatalogueSource): readonly string[] => [
  JSON.stringify(source),
  ...Object.values(source.environments).flatMap((entry) =>
    Object.keys(entry.sites ?? {}).map((site) =>
      JSON.stringify(filled({ defaults: source.defaults, entry }, { site, region: '', account: '' })),
    ),
  ),
];
