import { checkHealth } from '../checks/health.ts';
import { smoke } from '../checks/smoke.ts';
import type { HealthResult, SmokeResult, Traffic } from '../deployment/observations.ts';
import type { Settings, Site } from '../deployment/settings.ts';
import type { Deployment } from '../deployment/types.ts';
import { waveOf } from '../deployment/waves.ts';
import { resolveReferences } from '../references.ts';
import type { Runtime } from '../runtime.ts';
import { inSite } from './asking.ts';
import type { Reach } from './reach.ts';

export interface CheckPorts {
  readonly runtime: Pick<Runtime, 'fetch' | 'timeout' | 'settings' | 'now'>;
  readonly reach: Reach;
}

export interface Asked {
  readonly health?: HealthResult;
  readonly smoke?: readonly SmokeResult[];
}

/** Where something is checked: a site, or where the pipeline is. */
interface Spot extends Pick<Settings, 'health' | 'smoke'> {
  readonly site?: Site;
}

/** The sites that the deployment has come to; before it has begun, and of an asked rollback, all of them. Infrastructure answers nobody. */
const spotsOf = (deployment: Deployment): readonly Spot[] => {
  const { settings, kind, state } = deployment;
  const { sites } = settings;
  if (sites === undefined) return [settings];
  return sites
    .filter(({ infrastructure }) => infrastructure !== true)
    .filter(({ wave }) => kind === 'rollback' || state === 'starting' || wave <= waveOf(deployment))
    .map((site) => ({ ...site, site }));
};

/** Not well in one site is not well; all that is said is of one address each. */
const together = (spots: readonly Spot[], results: readonly (HealthResult | undefined)[]): HealthResult | undefined => {
  const said = results.flatMap((result, index) => {
    const site = spots[index]?.site;
    if (result === undefined) return [];
    return spots.length === 1 || site === undefined ? [result] : [{ ...result, detail: inSite(site, result.detail) }];
  });
  return said.find(({ healthy }) => !healthy) ?? said[0];
};

const healthAt = async ({ runtime }: CheckPorts, { health }: Spot, traffic: Traffic): Promise<HealthResult | undefined> => {
  const text = traffic === 'test' ? health?.testUrl : health?.url;
  if (health === undefined || text === undefined) return undefined;
  const url = resolveReferences(text, runtime.settings.references);
  return checkHealth({ url, timeoutSeconds: health.timeoutSeconds }, runtime);
};

const healthIn = async (ports: CheckPorts, spots: readonly Spot[], traffic: Traffic): Promise<HealthResult | undefined> =>
  together(spots, await Promise.all(spots.map((spot) => healthAt(ports, spot, traffic))));

/** Whether the service is well wherever the deployment has come to; `undefined`: nothing can be asked. */
export const healthOf = (ports: CheckPorts, deployment: Deployment): Promise<HealthResult | undefined> =>
  healthIn(ports, spotsOf(deployment), 'production');

const smokeAt = async (
  { runtime, reach }: CheckPorts,
  { site, smoke: given }: Spot,
  { id, environment, service, image }: Deployment,
  traffic: Traffic,
): Promise<readonly SmokeResult[]> => {
  if (given === undefined) return [];
  const subject = {
    deployment: id,
    environment,
    service,
    traffic,
    ...(image === undefined ? {} : { digest: image.digest }),
  };
  const resolve = (text: string) => resolveReferences(text, runtime.settings.references);
  return smoke(given.tests, subject, { ...runtime, lambda: reach(site, id).lambda, resolve });
};

/**
 * Health first: of what is not healthy nothing else is asked. `paused`: the sites that wait for the answer, where there are several; the
 * others have no test traffic now.
 */
export const checksOf = async (
  ports: CheckPorts,
  deployment: Deployment,
  traffic: Traffic,
  paused: ReadonlyMap<string, string> = new Map(),
): Promise<Asked> => {
  if (deployment.desired === 0) return {};
  const all = spotsOf(deployment);
  const spots =
    all.length === 1 || paused.size === 0 ? all : all.filter(({ site }) => site !== undefined && paused.has(site.name));
  const well = await healthIn(ports, spots, traffic);
  const asked = well === undefined ? {} : { health: well };
  if (well?.healthy === false) return asked;
  const results = await Promise.all(
    spots.map(async (spot) => {
      const made = await smokeAt(ports, spot, deployment, traffic);
      const { site } = spot;
      return all.length === 1 || site === undefined ? made : made.map((one) => ({ ...one, name: inSite(site, one.name) }));
    }),
  );
  const smokeResults = results.flat();
  return smokeResults.length === 0 ? asked : { ...asked, smoke: smokeResults };
};
