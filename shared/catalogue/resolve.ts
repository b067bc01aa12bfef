import type { HealthSettings, Settings, Site, SmokeTest } from '../deployment/settings.ts';
import type { Catalogue, CatalogueService, PromotionRule, RegistryPlace } from './catalogue.ts';
import schema from './generated/defaults.json' with { type: 'json' };
import type {
  CatalogueSource,
  SourceEnvironment,
  SourcePromotion,
  SourceService,
  SourceSettings,
  SourceSmoke,
  SourceSmokeTest,
} from './generated/types.ts';
import { notifyWords } from './notify.ts';
import { filled, type Names, type Spot, spotsOf, textsOf } from './sites.ts';

interface Where {
  readonly account: string;
  readonly region: string;
}

/** Fills in every default: the service's own word counts first, then the environment's, the file's, the schema's. */
export const resolveCatalogue = (source: CatalogueSource, where: Where): Catalogue => ({
  services: Object.entries(source.environments).flatMap(([environment, entry]) =>
    Object.entries(entry.services).map(([name, service]) => resolveService({ source, where, environment, entry }, name, service)),
  ),
  promotions: Object.entries(source.promotions ?? {}).map(([name, promotion]) => resolvePromotion(source, name, promotion)),
  external: Object.entries(source.environments).flatMap(([name, { promotion }]) => (promotion === 'external' ? [name] : [])),
  notify: notifyWords(source),
  ...(source.cdevents === undefined ? {} : { cdevents: source.cdevents }),
});

const resolvePromotion = (
  { environments }: CatalogueSource,
  name: string,
  { from, to, gates, ...rest }: SourcePromotion,
): PromotionRule => {
  const registryOf = (environment: string | undefined) => environments[environment ?? '']?.registry ?? '';
  const place = <T extends Partial<RegistryPlace> & { readonly environment?: string }>(given: T) => ({
    ...given,
    registry: given.registry ?? registryOf(given.environment),
  });
  return {
    name,
    ...(schema.promotion as Pick<PromotionRule, 'version' | 'also' | 'overwrite' | 'waitSeconds' | 'copySeconds'>),
    ...rest,
    from: place(from),
    to: place(to),
    gates: { ...schema.gates, ...gates },
  };
};

interface Around {
  readonly source: CatalogueSource;
  readonly where: Where;
  readonly environment: string;
  readonly entry: SourceEnvironment;
}

const resolveService = (
  { source, where, environment, entry }: Around,
  name: string,
  service: SourceService,
): CatalogueService => {
  const {
    target,
    apply,
    repository,
    deploy = schema.service.deploy as CatalogueService['deploy'],
    tags,
    logGroup,
    notify: _,
    ...given
  } = service;
  const lane = entry.lane ?? schema.environment.lane;
  const merged: SourceSettings = { ...source.defaults, ...entry.defaults, ...given };
  const settle = (names: Names) => {
    const own = filled({ target, apply, settings: merged }, names);
    const before = own.apply === undefined ? {} : { apply: { service: name, environment, ...own.apply } };
    return { ...settingsOf(own.settings, names), ...before, target: { service: name, environment, ...own.target } };
  };
  const sites = spotsOf(entry, where).map((spot) => ({ spot, settings: settle({ ...spot, site: spot.name }) }));
  const { apply: __, ...here } = sites[0]?.settings ?? settle(where);
  const there = apply === undefined || sites.length > 0 ? sites : [{ spot: { ...where, ...ONLY }, settings: settle(where) }];
  return {
    name,
    environment,
    lane: lane === 'service' ? `${environment}/${name}` : environment,
    registry: entry.registry,
    deploy,
    ...(repository === undefined ? {} : { repository }),
    ...(tags === undefined ? {} : { tags }),
    ...(logGroup === undefined ? {} : { logGroup }),
    settings: {
      ...here,
      ...(there.length === 0 ? {} : { alarms: everyAlarm(there), sites: there.flatMap(apply === undefined ? siteOf : inTurn) }),
      maxWaiting: entry.maxWaiting ?? schema.environment.maxWaiting,
    },
  };
};

/** Where the pipeline is, of a service that stands on infrastructure of its own. */
const ONLY = { name: 'service', wave: 0 } as const;

interface There {
  readonly spot: Spot;
  readonly settings: Pick<Settings, 'target' | 'health' | 'smoke' | 'alarms'> & { readonly apply?: Settings['target'] };
}

const everyAlarm = (there: readonly There[]): readonly string[] => [...new Set(there.flatMap(({ settings }) => settings.alarms))];

const siteOf = ({ spot, settings: { target, health, smoke } }: There): Site => ({
  ...spot,
  target,
  ...(health === undefined ? {} : { health }),
  ...(smoke === undefined ? {} : { smoke }),
});

/** No site can be called so, and no part of one: its infrastructure, in the wave before its own. */
const infrastructureOf = (name: string): string => (name === ONLY.name ? 'infrastructure' : `${name}.infrastructure`);

/** What the service stands on there, then itself; each wave of sites becomes two. */
const inTurn = (there: There): readonly Site[] => {
  const { spot, settings } = there;
  const own: Site = { ...siteOf(there), wave: spot.wave * 2 + 1 };
  if (settings.apply === undefined) return [own];
  const name = infrastructureOf(spot.name);
  return [{ ...spot, name, wave: spot.wave * 2, infrastructure: true, target: settings.apply }, own];
};

const settingsOf = (
  { health, smoke, alarms = [], ...rest }: SourceSettings,
  where: Where,
): Omit<Settings, 'target' | 'sites' | 'maxWaiting'> => ({
  ...schema.settings,
  ...rest,
  alarms: alarms.map((alarm) => alarmArn(alarm, where)),
  ...(health === undefined ? {} : { health: { ...schema.health, ...health } satisfies HealthSettings }),
  ...(smoke === undefined ? {} : { smoke: { ...schema.smoke, tests: smoke.tests.map(resolveTest), ...attemptsOf(smoke) } }),
});

const attemptsOf = ({ attempts }: SourceSmoke) => (attempts === undefined ? {} : { attempts });

/** Which of the two it is has been checked. */
const resolveTest = ({ function: name, url = '', expect, ...rest }: SourceSmokeTest): SmokeTest => {
  const { timeoutSeconds, ...http } = schema.smokeTest;
  if (name !== undefined) return { timeoutSeconds, ...rest, function: name };
  return { timeoutSeconds, ...http, ...rest, url, expect: { ...schema.expect, ...expect } };
};

const alarmArn = (nameOrArn: string, { account, region }: Where): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:cloudwatch:${region}:${account}:alarm:${nameOrArn}`;

/** Names of the `${env:NAME}` references, each once. */
export const referencesOf = (source: CatalogueSource): readonly string[] => [
  ...new Set(
    textsOf(source).flatMap((text) => [...text.matchAll(/\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name = '']) => name)),
  ),
];
