import { readFile } from 'node:fs/promises';
import { targetAccount } from '../../infrastructure/target-account/template.ts';
import { templateIn } from '../../local/packaging.ts';
import { ACCOUNT, REGION } from '../../local/service.ts';
import { parseTemplate, type Template } from '../../local/stack/template.ts';
import { rolesFor } from '../../scripts/stack/roles.ts';
import { rulesFor } from '../../scripts/stack/rules.ts';
import type { Catalogue, CatalogueService } from '../../shared/catalogue/catalogue.ts';
import { readCatalogue } from '../../shared/catalogue/load.ts';
import { referencesOf, resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import type { TargetSettings } from '../../shared/deployment/settings.ts';
import { notifiersOf } from '../scenarios/notifiers.ts';
import { groupOf } from './code-deploy.ts';
import { ALIAS, functionTarget } from './functions-of-lambda.ts';
import { zipTarget } from './functions-of-zips.ts';
import { hostTarget } from './hosts.ts';
import { moduleTarget } from './modules-of-terraform.ts';
import { SHARED, SHARING } from './places.ts';
import { type Kind, SITES } from './plan.ts';
import { TOLD } from './subscribers.ts';

/** What every schedule shares: the packaged stack, and the catalogue as the packaged functions have it. */
export interface Package {
  readonly template: Template;
  readonly folder: string;
  readonly catalogue: Catalogue;
  readonly referenceNames: readonly string[];
}

/** By the targets that a plan has; absent: the catalogue's own. */
export type Packages = Package & { readonly kinds: Readonly<Record<Kind, Package>> };

/** What was packaged into the folder, of the project's own catalogue. */
export const readPackage = async (folder: string): Promise<Packages> => {
  const read = readCatalogue(await readFile(new URL('../../switchyard.yml', import.meta.url), 'utf8'));
  if ('problems' in read) throw new Error('the catalogue of the project is not valid');
  const catalogue = resolveCatalogue(read.source, { account: ACCOUNT, region: REGION });
  const text = await readFile(templateIn(folder), 'utf8');
  const own = { folder, template: parseTemplate(JSON.parse(text)), catalogue, referenceNames: referencesOf(read.source) };
  /** As it would be packaged with that catalogue: its roles are others. */
  const packaged = (other: Catalogue): Package => {
    const template = JSON.parse(text);
    const told = other.notify === undefined ? {} : notifiersOf(other, template);
    const made = { ...rolesFor(other).Resources, ...rulesFor(other).Resources, ...told };
    const Resources = { ...template.Resources, ...made };
    return { ...own, catalogue: other, template: parseTemplate({ ...template, Resources }) };
  };
  return {
    ...own,
    kinds: {
      'blue-green': packaged(shifting(catalogue, { strategy: 'BLUE_GREEN', bakeMinutes: 1, pause: PAUSED })),
      canary: packaged(shifting(catalogue, { strategy: 'CANARY', stepPercent: 20, stepMinutes: 1 })),
      codedeploy: packaged(byCodeDeploy(catalogue)),
      sites: packaged(inSites(catalogue)),
      subscribers: packaged({ ...catalogue, notify: TOLD.subscribers }),
      github: packaged({ ...catalogue, notify: TOLD.github }),
      alias: packaged(targeting(catalogue, functionTarget(ALIAS))),
      function: packaged(targeting(catalogue, functionTarget())),
      'zip-alias': packaged(targeting(catalogue, zipTarget(ALIAS))),
      'zip-function': packaged(targeting(catalogue, zipTarget())),
      hosts: packaged(targeting(catalogue, hostTarget)),
      terraform: packaged(targeting(catalogue, moduleTarget)),
      linear: packaged(shifting(catalogue, { strategy: 'LINEAR', stepPercent: 50, stepMinutes: 1, pause: BEFORE_STEPS })),
    },
  };
};

const PAUSED = { stage: 'POST_TEST_TRAFFIC_SHIFT', minutes: 10 };
const BEFORE_STEPS = { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', minutes: 10 };

/** The first two services in two regions. */
const inSites = ({ services, ...rest }: Catalogue): Catalogue => ({
  ...rest,
  services: services.map((service): CatalogueService => {
    const { settings, name } = service;
    const { target, health } = settings;
    if (name === SHARING.service) return service;
    const sites = SITES.map((site) => ({
      ...site,
      account: ACCOUNT,
      target,
      ...(health === undefined ? {} : { health: { ...health, url: health.url.replace('_URL}', `_${site.name}_URL}`) } }),
    }));
    const alarms = SITES.flatMap(({ region }) => settings.alarms.map((arn) => arn.replace(REGION, region)));
    return { ...service, settings: { ...settings, sites, alarms } };
  }),
});

/** The first two services by another target. */
const targeting = ({ services, ...rest }: Catalogue, targetOf: (service: string) => TargetSettings): Catalogue => ({
  ...rest,
  services: services.map((service): CatalogueService => {
    const { settings, name, environment } = service;
    if (name === SHARING.service) return service;
    return { ...service, settings: { ...settings, target: { service: name, environment, ...targetOf(name) } } };
  }),
});

/** What the region beside the pipeline's is given, where services are in both. */
export const otherRegion = (catalogue: Catalogue): Template => {
  const [, { region }] = SITES;
  const pipeline = { account: ACCOUNT, region: REGION, stack: 'switchyard' };
  return parseTemplate(targetAccount(catalogue, { account: ACCOUNT, region }, pipeline));
};

/** The first two services by CodeDeploy, each in a group of its own. */
const byCodeDeploy = ({ services, ...rest }: Catalogue): Catalogue => ({
  ...rest,
  services: services.map((service): CatalogueService => {
    const { settings, name } = service;
    if (name === SHARING.service) return service;
    const target = { ...settings.target, kind: 'codedeploy-ecs', application: groupOf(name), deploymentGroup: groupOf(name) };
    return { ...service, settings: { ...settings, target } };
  }),
});

/** The services that have a load balancer, by deployments that shift traffic; checked with test traffic where they pause. */
const shifting = ({ services, ...rest }: Catalogue, settings: Readonly<Record<string, unknown>>): Catalogue => ({
  ...rest,
  services: services.map((service): CatalogueService => {
    const { target, health, ...others } = service.settings;
    if (service.name === SHARING.service) return service;
    const checked =
      health === undefined
        ? {}
        : {
            health: {
              ...health,
              ...(settings['pause'] === undefined ? {} : { testUrl: health.url.replace('_URL}', '_TEST_URL}') }),
            },
          };
    return { ...service, settings: { ...others, ...checked, target: { ...target, kind: 'ecs-blue-green', ...settings } } };
  }),
});

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
  services.find(({ name }) => name === SHARED.service)?.settings.alarms.filter((arn) => arn.includes(`:${REGION}:`)) ?? [];
