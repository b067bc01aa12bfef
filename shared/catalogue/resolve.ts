import type { HealthSettings, Settings, SmokeTest } from '../deployment/types.ts';
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
  const { target, repository, deploy = schema.service.deploy as CatalogueService['deploy'], tags, ...own } = service;
  const lane = entry.lane ?? schema.environment.lane;
  const settings: SourceSettings = { ...source.defaults, ...entry.defaults, ...own };
  return {
    name,
    environment,
    lane: lane === 'service' ? `${environment}/${name}` : environment,
    registry: entry.registry,
    deploy,
    ...(repository === undefined ? {} : { repository }),
    ...(tags === undefined ? {} : { tags }),
    settings: {
      ...(settingsOf(settings, where) satisfies Omit<Settings, 'target' | 'role' | 'maxWaiting'>),
      target: { service: name, ...target },
      ...(entry.role === undefined ? {} : { role: entry.role }),
      maxWaiting: entry.maxWaiting ?? schema.environment.maxWaiting,
    },
  };
};

const settingsOf = (
  { health, smoke, alarms = [], ...rest }: SourceSettings,
  where: Where,
): Omit<Settings, 'target' | 'maxWaiting'> => ({
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
  ...new Set([...JSON.stringify(source).matchAll(/\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name = '']) => name)),
];
