import { FinalError } from '../../errors.ts';
import type { Invocation } from '../../handler.ts';
import type { Runtime } from '../../runtime.ts';
import { deskFor, inTurn } from '../notifier.ts';
import { type Held, NotDoneError, type Step, type Telling, tellInSteps } from '../steps.ts';
import type { GitHubClient } from './client.ts';
import { type CommitNote, type CommitStep, doneOfCommit, owedByCommit, tellCommit } from './commit-note.ts';
import {
  type DeploymentNote,
  type DeploymentStep,
  doneOfDeployment,
  hasCommit,
  owedByDeployment,
  tellDeployment,
  UNKNOWN,
} from './deployment-note.ts';
import { type Installation, markerOf } from './marker.ts';
import { performCommit } from './perform-commit.ts';
import { type Doing, performDeployment } from './perform-deployment.ts';
import { performPullRequest } from './perform-pull-request.ts';
import { performService } from './perform-service.ts';
import {
  doneOfPullRequest,
  owedByPullRequest,
  type PullRequestNote,
  type PullRequestStep,
  pullRequestNumber,
  tellPullRequest,
} from './pull-request-note.ts';
import { GITHUB_REFUSALS } from './refusals.ts';
import { isEnd, type Report } from './report.ts';
import { doneOfService, owedByService, type ServiceNote, type ServiceStep, tellService, withImages } from './service-note.ts';
import type { GitHubSettings } from './settings.ts';
import { type Places, pullRequestText } from './texts.ts';

const NOTIFIER = 'notify-github';

/** One word on one request, and where it is told. */
interface Task {
  readonly settings: GitHubSettings;
  readonly client: GitHubClient;
  readonly report: Report;
  /** Where to read on, by what it is called. */
  readonly links: Readonly<Record<string, string>>;
  readonly invocation: Invocation;
  /** The message's id. */
  readonly message: string;
}

/** Its end is not known where it was begun before: that it was refused now says nothing of then. */
const careful = <Note extends Held, S extends Step>(telling: Telling<Note, S>): Telling<Note, S> => ({
  ...telling,
  async perform(step, note, since) {
    try {
      return await telling.perform(step, note, since);
    } catch (error) {
      throw since !== undefined && error instanceof NotDoneError ? error.cause : error;
    }
  },
});

const placesOf = ({ settings, links }: Task, sha: string | undefined): Places => {
  const { page, environment, environmentUrl, deployments } = settings;
  return {
    links,
    ...(environmentUrl === undefined ? {} : { environmentUrl }),
    ...(deployments && hasCommit(sha) ? { deploymentUrl: `${page}/deployments/${encodeURIComponent(environment)}` } : {}),
  };
};

const doingOf = (task: Task, sha: string | undefined): Doing => {
  const { settings, client } = task;
  return { settings, client, places: placesOf(task, sha) };
};

/** What is kept, and how each kind of it is told: one thing after the other, in steps that are each done once. */
const keeping = (runtime: Runtime) => {
  const turns = inTurn();
  const keeper = <Note extends Held>() => {
    const desk = deskFor<Note>(runtime, NOTIFIER);
    return {
      tell: <S extends Step>({ invocation, message }: Task, id: string, telling: Telling<Note, S>): Promise<void> =>
        turns(id, () => tellInSteps(desk(invocation, message), id, careful(telling))),
      read: async ({ invocation, message }: Task, id: string) => (await desk(invocation, message).notes.read(id)).note,
    };
  };
  return {
    deployments: keeper<DeploymentNote>(),
    commits: keeper<CommitNote>(),
    services: keeper<ServiceNote>(),
    pullRequests: keeper<PullRequestNote>(),
  };
};

type Keeping = ReturnType<typeof keeping>;

const serviceId = ({ environment, service }: Report): string => `service/${environment}/${service}`;

/** The request's deployment with its statuses, and its check run. A commit that the repository does not have is reported once. */
const tellOfDeployment = async ({ deployments }: Keeping, task: Task): Promise<void> => {
  const { settings, report, invocation } = task;
  const id = `deployment/${report.deployment}`;
  let missing: string | undefined;
  await deployments.tell<DeploymentStep>(task, id, {
    tell: (note) => tellDeployment(note, report),
    next: (note) => owedByDeployment(note, { deployments: settings.deployments, report: settings.report }),
    done: doneOfDeployment,
    async perform(step, note, since) {
      const answer = await performDeployment(doingOf(task, note.sha), note, step, since);
      if (step.kind === 'commit' && answer === UNKNOWN) missing = step.ref;
      return answer;
    },
  });
  if (missing !== undefined) throw unknownCommit(settings, missing);
  if (report.ref === undefined && isEnd(report) && (await deployments.read(task, id))?.sha === undefined)
    invocation.log.info('nothing was told of a commit: the request names none, and no image of it is known', {
      deployment: report.deployment,
    });
};

const unknownCommit = ({ repository }: GitHubSettings, ref: string): FinalError =>
  new FinalError(
    'github-commit-unknown',
    `cannot show the deployment of "${ref}": ${repository} has no such commit, branch or tag; ${GITHUB_REFUSALS['github-commit-unknown']}`,
  );

const tellOfCommit = ({ commits }: Keeping, task: Task, sha: string): Promise<void> => {
  const { report } = task;
  return commits.tell<CommitStep>(task, `commit/${sha}/${report.environment}/${report.service}`, {
    tell: (note) => tellCommit(note, report),
    next: owedByCommit,
    done: doneOfCommit,
    perform: (step, _, since) => performCommit(doingOf(task, sha), sha, step.report, since),
  });
};

const tellOfService = (
  { services }: Keeping,
  task: Task,
  installation: Installation,
  note: DeploymentNote | undefined,
): Promise<void> => {
  const { settings, report } = task;
  const { deployment, sha } = note ?? {};
  const end = { report, ...(hasCommit(sha) ? { sha } : {}), ...(deployment === undefined ? {} : { deployment }) };
  return services.tell<ServiceStep>(task, serviceId(report), {
    tell: (kept) => tellService(kept, end, settings.issues),
    next: owedByService,
    done: doneOfService,
    perform: (step, _, since) => performService(doingOf(task, sha), installation, step, since),
  });
};

const tellOfPullRequest = (
  { pullRequests }: Keeping,
  task: Task,
  installation: Installation,
  sha: string | undefined,
): Promise<void> => {
  const { settings, report, invocation } = task;
  const number = pullRequestNumber(report.pullRequest ?? '', settings.page);
  if (number === undefined) {
    invocation.log.warn('no pull request has a comment: the one that is named is of another repository, or none', {
      deployment: report.deployment,
      pullRequest: report.pullRequest,
    });
    return Promise.resolve();
  }
  const marker = markerOf(installation, 'pull-request', number);
  return pullRequests.tell<PullRequestStep>(task, `pull-request/${settings.repository.toLowerCase()}/${number}`, {
    tell: (note) => tellPullRequest(note, report, placesOf(task, sha)),
    next: (note) => owedByPullRequest(note, (rows) => pullRequestText(marker, rows)),
    done: doneOfPullRequest,
    perform: (step, _, since) => performPullRequest(doingOf(task, sha), marker, number, step, since),
  });
};

/** Tells GitHub one word on one request. What is refused of one thing keeps none of the others from being told. */
export const gitHubTeller = (runtime: Runtime) => {
  const keepers = keeping(runtime);
  const { account, region, bus } = runtime.settings;
  const installation: Installation = { account, region, bus };
  const isKnown = ({ environment, service }: Report) =>
    runtime.catalogue.services.some((known) => known.environment === environment && known.name === service);

  return async (asked: Task): Promise<void> => {
    const errors: unknown[] = [];
    const part = (work: Promise<void>) => work.catch((error: unknown) => void errors.push(error));
    const { images = [] } =
      (asked.report.kind === 'rollback' && (await keepers.services.read(asked, serviceId(asked.report)))) || {};
    const task = { ...asked, report: withImages(asked.report, images) };
    const { report, settings } = task;
    // of a name that the catalogue does not know GitHub would make an environment
    const known = isKnown(report);
    if (known) await part(tellOfDeployment(keepers, task));
    const note = await keepers.deployments.read(task, `deployment/${report.deployment}`);
    const sha = note?.sha;
    if (known && settings.report === 'commit-status' && hasCommit(sha)) await part(tellOfCommit(keepers, task, sha));
    // each word is taken in once: with the deployment, or when it is certain that there is none
    const isSettled = errors.every((error) => error instanceof FinalError);
    if (known && isSettled && isEnd(report)) await part(tellOfService(keepers, task, installation, note));
    if (settings.pullRequests && report.pullRequest !== undefined)
      await part(tellOfPullRequest(keepers, task, installation, sha));
    throwFirst(errors);
  };
};

/** What is to be tried again goes before what never can: the message comes back, and goes aside with its reason in the end. */
const throwFirst = (errors: readonly unknown[]): void => {
  const again = errors.find((error) => !(error instanceof FinalError));
  if (again !== undefined) throw again;
  if (errors.length > 0) throw errors[0];
};
