import type { CatalogueSource, SourceApply, SourceTarget } from './generated/types.ts';
import { filled, spotsOf } from './sites.ts';

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
  const spots = spotsOf(entry, OWN);
  const all = (spots.length === 0 ? [OWN] : spots).flatMap((spot) => {
    const site = 'name' in spot ? { site: spot.name } : {};
    const { target, apply } = filled({ target: service.target, apply: service.apply }, { ...spot, ...site });
    return [target, ...(apply === undefined ? [] : [apply])].map((one) => thingOf(one, { ...spot, environment, name }));
  });
  return all;
};

interface Whose {
  readonly environment: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
}

/** A bucket's name is nobody else's, wherever it is (Amazon S3 User Guide, "General purpose bucket naming rules"). */
const thingOf = (target: SourceTarget | SourceApply, { environment, name, account, region }: Whose): string => {
  switch (target.kind) {
    case 'terraform':
      return JSON.stringify([target.kind, target.bucket, target.key ?? `${environment}/${target.service ?? name}.tfstate`]);
    // Every alias of a function is changed by way of the same `$LATEST`.
    case 'lambda':
      return JSON.stringify([target.kind, target.function, account, region]);
    // It is what the script there deploys, whatever it is called here.
    case 'compose-host':
      return JSON.stringify([target.kind, target.instances ?? target.tags, target.document, target.script, account, region]);
    default:
      return JSON.stringify([target.kind, target.cluster, target.service ?? name, account, region]);
  }
};
