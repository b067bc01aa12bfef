import { SERVICE_LOGS } from '../places.ts';
import { NotDoneError } from '../steps.ts';
import { type GitHubClient, unless, unlessGone } from './client.ts';
import { type DeploymentNote, type DeploymentStep, UNKNOWN } from './deployment-note.ts';
import { findIn } from './looking.ts';
import type { Report } from './report.ts';
import type { GitHubSettings } from './settings.ts';
import { descriptionOf, statesOf } from './states.ts';
import { checkTitle, type Places, summaryText } from './texts.ts';

/** What a step is done with. */
export interface Doing {
  readonly client: GitHubClient;
  readonly settings: GitHubSettings;
  readonly places: Places;
}

/** The name of what a commit shows: `switchyard/prod/api`. */
export const contextOf = ({ environment, service }: Pick<Report, 'environment' | 'service'>): string =>
  `switchyard/${environment}/${service}`;

/** Services of one repository and environment are told apart by their task. */
const taskOf = ({ service }: Report): string => `deploy:${service}`;

const at = ({ owner, repo }: GitHubSettings) => ({ owner, repo });

/** What the catalogue calls `logs`, else what asked, else what the service writes. */
export const logUrl = ({ links }: Places, { runUrl }: Report): string | undefined =>
  links['logs'] ?? runUrl ?? links[SERVICE_LOGS];

/** `note`: as it was when the step was begun. `since`: the step was begun at that time and may have been done. Answers as `doneOfDeployment` wants it. */
export const performDeployment = (
  doing: Doing,
  { report, sha }: DeploymentNote,
  step: DeploymentStep,
  since: number | undefined,
): Promise<unknown> => {
  switch (step.kind) {
    case 'commit':
      return findCommit(doing, step.ref);
    case 'deployment':
      return makeDeployment(doing, report, step.sha, since);
    case 'state':
      return stateDeployment(doing, step.deployment, step.report, since);
    case 'check':
      return makeCheck(doing, report, step.sha, since);
    case 'check-state':
      return stateCheck(doing, step.check, step.report, sha);
  }
};

/** The whole SHA: a commit status is of nothing else. What the repository does not have stays unknown. */
const findCommit = async ({ client, settings }: Doing, ref: string): Promise<string> => {
  const name = ref.replace(/^refs\//, '');
  const look = client.ask(`find the commit "${ref}"`, (octokit) =>
    octokit.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...at(settings), ref: name }),
  );
  return (await unless(422, look))?.data.sha ?? UNKNOWN;
};

const payloadOf = ({ deployment, kind, environment, service, version }: Report) => ({
  switchyard: deployment,
  kind,
  environment,
  service,
  version,
});

/** GitHub hands a payload out as it was given: as an object, or as its text. */
const isOurs = (payload: unknown, deployment: string): boolean =>
  JSON.stringify(payload)?.includes(JSON.stringify(deployment).slice(1, -1)) === true;

const makeDeployment = async (
  { client, settings }: Doing,
  report: Report,
  sha: string,
  since: number | undefined,
): Promise<number> => {
  const { environment, transient, production } = settings;
  const about = { environment, task: taskOf(report) };
  if (since !== undefined) {
    const found = await findIn(
      client,
      'look for the deployment',
      (octokit, page) => octokit.request('GET /repos/{owner}/{repo}/deployments', { ...at(settings), ...about, sha, ...page }),
      ({ payload }) => isOurs(payload, report.deployment),
    );
    if (found !== undefined) return Number(found.id);
  }
  const { data } = await client.ask('make the deployment', (octokit) =>
    octokit.request('POST /repos/{owner}/{repo}/deployments', {
      ...at(settings),
      ...about,
      ref: sha,
      auto_merge: false,
      required_contexts: [],
      payload: payloadOf(report),
      description: descriptionOf(report),
      transient_environment: transient,
      ...(production === undefined ? {} : { production_environment: production }),
    }),
  );
  if ('id' in data) return Number(data.id);
  throw new NotDoneError('GitHub merged instead of making a deployment', {
    cause: new Error('GitHub answered 202 to a deployment'),
  });
};

/** `undefined`: it has none, or somebody has deleted the deployment. */
const newestStatus = async ({ client, settings }: Pick<Doing, 'client' | 'settings'>, deployment_id: number) => {
  const path = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';
  const of = { ...at(settings), deployment_id, per_page: 1 };
  const look = client.ask('look at the deployment', (octokit) => octokit.request(path, of));
  return (await unlessGone(client, settings, look))?.data[0];
};

/**
 * Older deployments are made inactive by us, one by one: `auto_inactive` would end those of other services of the environment, and none
 * of a production environment's (repos/create-deployment-status). One that somebody has deleted stays away.
 */
const stateDeployment = async (
  { client, settings, places }: Doing,
  deployment_id: number,
  report: Report,
  since: number | undefined,
): Promise<void> => {
  const { deployment: state } = statesOf(report);
  const description = descriptionOf(report);
  if (since !== undefined) {
    const newest = await newestStatus({ client, settings }, deployment_id);
    if (newest?.state === state && newest.description === description) return;
  }
  const log = logUrl(places, report);
  const made = client.ask('state how the deployment is', (octokit) =>
    octokit.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
      ...at(settings),
      deployment_id,
      state,
      description,
      auto_inactive: false,
      ...(log === undefined ? {} : { log_url: log }),
      ...(places.environmentUrl === undefined ? {} : { environment_url: places.environmentUrl }),
    }),
  );
  await unlessGone(client, settings, made);
};

/** For a deployment that another one has taken the place of; one that somebody has deleted is over too. */
export const endDeployment = async (
  { client, settings }: Doing,
  deployment_id: number,
  since: number | undefined,
): Promise<void> => {
  if (since !== undefined && (await newestStatus({ client, settings }, deployment_id))?.state === 'inactive') return;
  const end = client.ask('make the deployment before inactive', (octokit) =>
    octokit.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
      ...at(settings),
      deployment_id,
      state: 'inactive',
      description: 'another one has taken its place',
      auto_inactive: false,
    }),
  );
  await unlessGone(client, settings, end);
};

const makeCheck = async (
  { client, settings }: Doing,
  report: Report,
  sha: string,
  since: number | undefined,
): Promise<number> => {
  const name = contextOf(report);
  if (since !== undefined) {
    const path = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    const found = await findIn(
      client,
      'look for the check run',
      async (octokit, page) => {
        const { data } = await octokit.request(path, { ...at(settings), ref: sha, check_name: name, filter: 'all', ...page });
        return { data: data.check_runs };
      },
      ({ external_id: id }) => id === report.deployment,
    );
    if (found !== undefined) return Number(found.id);
  }
  const { data } = await client.ask('make the check run', (octokit) =>
    octokit.request('POST /repos/{owner}/{repo}/check-runs', {
      ...at(settings),
      name,
      head_sha: sha,
      external_id: report.deployment,
      started_at: report.askedAt,
    }),
  );
  return Number(data.id);
};

/** The same twice comes to the same: it needs no look before. */
const stateCheck = async (
  { client, settings, places }: Doing,
  check_run_id: number,
  report: Report,
  sha: string | undefined,
): Promise<void> => {
  const { check: conclusion, deployment } = statesOf(report);
  const details = places.links['dashboard'] ?? report.runUrl;
  await client.ask('state how the check run is', (octokit) =>
    octokit.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
      ...at(settings),
      check_run_id,
      ...(conclusion === undefined
        ? { status: deployment === 'queued' ? ('queued' as const) : ('in_progress' as const) }
        : { conclusion, completed_at: report.at }),
      ...(details === undefined ? {} : { details_url: details }),
      output: { title: checkTitle(report), summary: summaryText(report, sha, places) },
    }),
  );
};
