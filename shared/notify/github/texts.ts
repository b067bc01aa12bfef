import { oneLine } from '../text.ts';
import { block, code, link } from './markdown.ts';
import type { Report, Restored } from './report.ts';
import { SAID } from './states.ts';

/** Where people may look further. */
export interface Places {
  /** By what they are called: `dashboard`, `logs`, and others. */
  readonly links: Readonly<Record<string, string>>;
  readonly environmentUrl?: string;
  /** Of the GitHub deployment's environment. */
  readonly deploymentUrl?: string;
}

const bullets = (lines: readonly (string | undefined)[]): string =>
  lines
    .filter((line) => line !== undefined)
    .map((line) => `- ${line}`)
    .join('\n');

const WHETHER: Readonly<Record<Restored, string>> = {
  worked: 'yes',
  failed: '**no**: see to what runs there',
  none: 'nothing had been changed, so there was nothing to roll back',
  others: 'not done: somebody else, or another rollback, has the service',
};

const restored = ({ restored: how, running }: Report): string =>
  how === undefined ? 'unknown' : `${WHETHER[how]}${running === undefined ? '' : `; ${code(running)} runs`}`;

/** What everything that is posted of one request says. `commit`: as the repository has it. */
const facts = (report: Report, commit: string | undefined, places: Places): string =>
  bullets([
    `Environment: ${code(report.environment)}`,
    `Service: ${code(report.service)}`,
    report.leaves === undefined ? undefined : `Version that was left: ${code(report.leaves)}`,
    `Version: ${code(report.version)}`,
    `Commit: ${commit === undefined ? 'not known' : commit}`,
    report.runUrl === undefined ? 'Workflow: not known' : `Workflow: ${link('run', report.runUrl)}`,
    report.restored === undefined ? undefined : `Rollback worked: ${restored(report)}`,
    report.actor === undefined ? undefined : `Asked by: ${code(report.actor)}`,
    `Deployment: ${code(report.deployment)}`,
    places.deploymentUrl === undefined ? undefined : link('Deployments', places.deploymentUrl),
    ...Object.entries(places.links).map(([name, address]) => link(name, address)),
    places.environmentUrl === undefined ? undefined : link('Environment', places.environmentUrl),
  ]);

const why = ({ reason, text }: Report): string =>
  reason === undefined ? block(text) : `Reason: ${code(reason.code)}\n\n${block(reason.message)}`;

const LONGEST_TITLE = 256;

export const issueTitle = ({ environment, service, version, leaves, kind, phase }: Report): string =>
  oneLine(
    `${environment}: ${kind === 'rollback' ? 'the rollback' : 'the deployment'} of ${service} ${leaves ?? version} ${SAID[phase]}`,
    LONGEST_TITLE,
  );

/** S4.5: environment, version, commit, workflow, whether the rollback worked. `marker` tells it from all others. */
export const failureText = (marker: string, report: Report, commit: string | undefined, places: Places): string =>
  [marker, facts(report, commit, places), why(report)].join('\n\n');

export const resolvedText = (marker: string, report: Report, commit: string | undefined, places: Places): string => {
  const what = report.kind === 'rollback' ? 'A rollback succeeded: what runs is verified.' : 'The next deployment succeeded.';
  return [marker, what, facts(report, commit, places)].join('\n\n');
};

export const checkTitle = ({ environment, service, version, phase }: Report): string =>
  oneLine(`${service} ${version} in ${environment} ${SAID[phase]}`, LONGEST_TITLE);

/** The summary at the end, and on the way there (S5.2). */
export const summaryText = (report: Report, commit: string | undefined, places: Places): string =>
  [facts(report, commit, places), why(report)].join('\n\n');

/** One row of a pull request's comment: the newest request of one service in one environment. */
export interface Row extends Places {
  readonly report: Report;
}

const SIGNS: Readonly<Record<Report['phase'], string>> = {
  queued: '🕐',
  'under-way': '🔄',
  'rolling-back': '⏪',
  succeeded: '✅',
  'rolled-back': '⏪',
  failed: '❌',
  rejected: '🚫',
  superseded: '⏭️',
  expired: '⌛',
  cancelled: '🚫',
};

const linksOf = ({ report, links: known, environmentUrl, deploymentUrl }: Row): string =>
  [
    deploymentUrl === undefined ? undefined : link('deployment', deploymentUrl),
    ...Object.entries(known).map(([name, address]) => link(name, address)),
    environmentUrl === undefined ? undefined : link('environment', environmentUrl),
    report.runUrl === undefined ? undefined : link('run', report.runUrl),
  ]
    .filter((entry) => entry !== undefined)
    .join(' · ');

const lineOf = ({ report }: Row, links: string): string => {
  const { environment, service, version, phase, text } = report;
  const said = `${SIGNS[phase]} ${SAID[phase]}`;
  return `| ${code(environment, 128)} | ${code(service, 128)} | ${code(version, 128)} | ${said}: ${code(text, 200)} | ${links || '-'} |`;
};

/** "body is too long (maximum is 65536 characters)": GitHub's answer to a longer comment; the rest of it is short. */
const LONGEST_TABLE = 65_000;

const HEAD = ['| Environment | Service | Version | State | Links |', '| --- | --- | --- | --- | --- |'];

/** Takes as many, one after the other, as there is room for; `most` characters with the ends of their lines. */
const fitting = (lines: readonly string[], most: number): readonly string[] => {
  let room = most;
  return lines.filter((line) => {
    const fits = line.length < room;
    if (fits) room -= line.length + 1;
    return fits;
  });
};

/** Every row comes before any row's links: what stands where is what people look for. */
const tableOf = (rows: readonly Row[]): string => {
  const bare = fitting([...HEAD, ...rows.map((row) => lineOf(row, ''))], LONGEST_TABLE).slice(HEAD.length);
  const known = rows.filter((row) => bare.includes(lineOf(row, '')));
  let room = LONGEST_TABLE - [...HEAD, ...bare].join('\n').length;
  const lines = known.map((row) => {
    const links = linksOf(row);
    const fits = links.length <= room;
    if (fits) room -= links.length;
    return lineOf(row, fits ? links : '');
  });
  return [...HEAD, ...lines].join('\n');
};

/** S2.5: one comment, with the newest of each service in each environment. */
export const pullRequestText = (marker: string, rows: readonly Row[]): string =>
  [marker, '### Deployments', tableOf(rows)].join('\n\n');
