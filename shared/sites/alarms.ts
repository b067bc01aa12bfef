import { readAlarms } from '../checks/alarms.ts';
import type { AlarmReading, Settings, Site } from '../deployment/types.ts';
import { inSite } from './asking.ts';
import type { Reach } from './reach.ts';

/** The site that an alarm is in: `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`. */
const siteOf = (arn: string, sites: readonly Site[]): Site | undefined => {
  const [, , , region, account] = arn.split(':');
  return sites.find((site) => site.region === region && site.account === account);
};

/** How the alarms stand now, each asked for where it is; one that is in no site, where the pipeline is. */
export const alarmsOf = async (
  { alarms, sites = [] }: { readonly alarms: Settings['alarms']; readonly sites?: Settings['sites'] | undefined },
  reach: Reach,
  deployment: string,
): Promise<readonly AlarmReading[]> => {
  const bySite = new Map<Site | undefined, string[]>();
  for (const arn of alarms) {
    const site = siteOf(arn, sites);
    bySite.set(site, [...(bySite.get(site) ?? []), arn]);
  }
  const read = await Promise.all([...bySite].map(([site, arns]) => readIn(site, arns, reach, deployment)));
  const byArn = new Map(read.flat().map((reading) => [reading.arn, reading]));
  return alarms.flatMap((arn) => byArn.get(arn) ?? []);
};

const readIn = async (site: Site | undefined, arns: readonly string[], reach: Reach, deployment: string) => {
  try {
    return await readAlarms(reach(site, deployment).cloudwatch, arns);
  } catch (error) {
    if (error instanceof Error && site !== undefined) error.message = inSite(site, error.message);
    throw error;
  }
};
