import type { Decision } from './decision.ts';
import { deployTime } from './durations.ts';
import type { Moment } from './input.ts';
import type { Revision } from './observations.ts';
import { joined, partsOf, shortId } from './parts.ts';
import type { Site } from './settings.ts';
import { handOver } from './steps.ts';
import type { Deployment } from './types.ts';

/** The wave under way; of an asked rollback there is none: it concerns every site. */
export const waveOf = ({ wave = 0 }: Deployment): number => wave;

const sitesOf = ({ settings: { sites = [] } }: Deployment): readonly Site[] => sites;

export const isLastWave = (deployment: Deployment): boolean =>
  sitesOf(deployment).every(({ wave }) => wave <= waveOf(deployment));

const namesIn = (deployment: Deployment, wanted: number): string =>
  sitesOf(deployment)
    .filter(({ wave }) => wave === wanted)
    .map(({ name }) => name)
    .join(', ');

/** What was rolled out in this wave, as people say it. */
export const rolledOut = (deployment: Deployment, { id }: Revision): string => {
  const here = sitesOf(deployment).filter(({ wave }) => wave === waveOf(deployment));
  const names = new Set(here.map(({ name }) => name));
  const parts = [...partsOf(id)].filter(([site]) => names.has(site));
  return shortId(parts.length === 0 ? id : joined(new Map(parts)));
};

/** What runs in the sites of this wave is well: those of the next are begun, with the time that each wave has. */
export const nextWave = (deployment: Deployment, moment: Moment): Decision => {
  const { nextCheckAt: _, bakeUntil: __, checksPassed: ___, smokeAttempts: ____, ...rest } = deployment;
  const wave = waveOf(deployment) + 1;
  const widening: Deployment = {
    ...rest,
    state: 'widening',
    wave,
    startAttempts: 0,
    checkAttempts: 0,
    troubles: 0,
    deadline: moment.now + deployTime(deployment.settings),
  };
  const message = `${namesIn(deployment, wave - 1)}: verified; next: ${namesIn(deployment, wave)}`;
  return handOver(widening, moment, { events: [{ type: 'DeploymentProgressed', extra: { phase: 'wave', message } }] });
};
