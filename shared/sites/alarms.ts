import { readAlarms } from '../checks/alarms.ts';
import type { AlarmReading } from '../deployment/observations.ts';
import type { Settings, Site } from '../deployment/settings.ts';
import { inSite } from './asking.ts';
import type { Reach } from './reach.ts';

/** The site that an alarm is in: `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`. */
const siteOf = (arn: string, sites: readonly Site[]): Site | undefined => {
  const [, , , region, account] = arn.split(':');
  return sites.find((site) => site.region === region && site.account === account && site.infrastructure !== true);
};

interface Watched {
  readonly alarms: Settings['alarms'];
  readonly sites?: Settings['sites'] | undefined;
}

type Reading = Promise<readonly AlarmReading[]>;

/** One for each site that has alarms, and one for where the pipeline is. */
const readEach = ({ alarms, sites = [] }: Watched, reach: Reach, deployment: string): readonly Reading[] => {
  const bySite = new Map<Site | undefined, string[]>();
  for (const arn of alarms) {
    const site = siteOf(arn, sites);
    bySite.set(site, [...(bySite.get(site) ?? []), arn]);
  }
  return [...bySite].map(([site, arns]) => readIn(site, arns, reach, deployment));
};

/** In the order in which they are watched. */
const inOrder = ({ alarms }: Watched, read: readonly (readonly AlarmReading[])[]): readonly AlarmReading[] => {
  const byArn = new Map(read.flat().map((reading) => [reading.arn, reading]));
  return alarms.flatMap((arn) => byArn.get(arn) ?? []);
};

/** How the alarms stand now, each asked for where it is; one that is in no site, where the pipeline is. */
export const alarmsOf = async (watched: Watched, reach: Reach, deployment: string): Reading =>
  inOrder(watched, await Promise.all(readEach(watched, reach, deployment)));

/** The same without those of sites that do not answer: they keep nobody from going back. Throws if none answers. */
export const alarmsThatAnswer = async (watched: Watched, reach: Reach, deployment: string): Reading => {
  const read = await Promise.allSettled(readEach(watched, reach, deployment));
  const [failed] = read.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const answered = read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (answered.length === 0 && failed !== undefined) throw failed;
  return inOrder(watched, answered);
};

const readIn = async (site: Site | undefined, arns: readonly string[], reach: Reach, deployment: string): Reading => {
  try {
    return await readAlarms(reach(site, deployment).cloudwatch, arns);
  } catch (error) {
    if (error instanceof Error && site !== undefined) error.message = inSite(site, error.message);
    throw error;
  }
};
