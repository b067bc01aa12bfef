import { COMMITS, PULL_REQUESTS } from '../github.ts';
import { PLACES } from '../places.ts';
import type { HeardByGitHub, Seen, Stated, Told } from '../seen.ts';
import { at, groupBy, type Invariant } from './events.ts';
import { verdictsIn } from './subscribers.ts';

type Verdict = 'succeeded' | 'rolled-back' | 'failed' | 'rejected' | 'superseded' | 'expired' | 'cancelled';

/** GitHub's words for a verdict: of a deployment, of a commit status, of a check run; and ours, in whatever says it. */
const WORDS: Readonly<Record<Verdict, { readonly [what in 'deployment' | 'commit' | 'check' | 'ours']: string }>> = {
  succeeded: { deployment: 'success', commit: 'success', check: 'success', ours: 'succeeded' },
  'rolled-back': { deployment: 'failure', commit: 'failure', check: 'failure', ours: 'was rolled back' },
  failed: { deployment: 'failure', commit: 'failure', check: 'failure', ours: 'failed' },
  rejected: { deployment: 'error', commit: 'error', check: 'failure', ours: 'was rejected' },
  expired: { deployment: 'error', commit: 'error', check: 'timed_out', ours: 'expired' },
  superseded: { deployment: 'inactive', commit: 'error', check: 'skipped', ours: 'was superseded' },
  cancelled: { deployment: 'inactive', commit: 'error', check: 'cancelled', ours: 'was cancelled' },
};

/** A rollback that succeeded is a success of its own, and what went back because a person wanted that was cancelled. */
const verdictOf = ({ type, detail }: Told): Verdict => {
  if (type === 'RollbackSucceeded') return 'succeeded';
  return type === 'DeploymentRolledBack' && detail.reason.code === 'cancelled' ? 'cancelled' : detail.verdict;
};

const isKnown = ({ detail }: Told): boolean =>
  PLACES.some(({ environment, service }) => detail.environment === environment && detail.service === service);

const placeIn = ({ detail }: Told): string => `${detail.environment}/${detail.service}`;

/** How every request for a service that there is has ended, by its deployment. */
const endsOf = ({ told }: Seen): ReadonlyMap<string, Told> => new Map([...verdictsIn(told)].filter(([, end]) => isKnown(end)));

const newestOf = (ends: readonly Told[]): Told | undefined => ends.toSorted((a, b) => at(a) - at(b)).at(-1);

const saysTwice = (statuses: readonly Stated[]): boolean =>
  statuses.some(({ state, description }, index) => {
    const next = statuses[index + 1];
    return next?.state === state && next.description === description;
  });

const shown = (statuses: readonly Stated[]): string =>
  statuses.map(({ state, description }) => `${state} (${description})`).join(', ');

/** What is wrong with what one deployment says of itself. The newest success of its service is the active one. */
const wrongWith = (
  { deployment, environment, task, statuses }: HeardByGitHub['deployments'][number],
  end: Told | undefined,
  live: Told | undefined,
): readonly string[] => {
  if (end === undefined) return [`S3: GitHub has a deployment of ${deployment}, and nobody has told how it ended`];
  const verdict = verdictOf(end);
  const isReplaced = verdict === 'succeeded' && live?.detail.deployment !== deployment;
  const said = isReplaced ? statuses.at(-2) : statuses.at(-1);
  const wrong: string[] = [];
  if (said?.state !== WORDS[verdict].deployment || said.description?.includes(` ${WORDS[verdict].ours}: `) !== true)
    wrong.push(`S3: ${deployment} ended as ${verdict}, and its deployment on GitHub says ${shown(statuses)}`);
  if (isReplaced && statuses.at(-1)?.state !== 'inactive')
    wrong.push(`S3: ${deployment} was replaced, and its deployment on GitHub says ${shown(statuses)}`);
  if (saysTwice(statuses)) wrong.push(`S3: the deployment of ${deployment} on GitHub says twice the same: ${shown(statuses)}`);
  if (environment !== end.detail.environment || task !== `deploy:${end.detail.service}`)
    wrong.push(`S3: ${deployment} is one of ${placeIn(end)}, and GitHub has it in ${environment} as ${task}`);
  return wrong;
};

/** S3: each deployment of a commit that GitHub has is one there, and its last status says how it ended; a rollback is at most one. */
export const oneDeploymentEach: Invariant = (seen) => {
  const { github } = seen.heard ?? {};
  if (github === undefined) return [];
  const ends = endsOf(seen);
  const byId = groupBy(github.deployments, ({ deployment }) => deployment);
  const successes = groupBy(
    [...ends.values()].filter((end) => verdictOf(end) === 'succeeded'),
    placeIn,
  );
  const lacking = [...ends].flatMap(([id, { detail }]) => {
    const { kind, asked } = detail;
    const is = byId.get(id)?.length ?? 0;
    const isRight = kind === 'deploy' ? is === (COMMITS.includes(asked.commit) ? 1 : 0) : is < 2;
    return isRight ? [] : [`S3: ${kind} ${id} of commit ${asked.commit} is ${is} deployments on GitHub`];
  });
  const wrong = github.deployments.flatMap((deployment) => {
    const end = ends.get(deployment.deployment);
    return wrongWith(deployment, end, newestOf(end === undefined ? [] : (successes.get(placeIn(end)) ?? [])));
  });
  return [...lacking, ...wrong];
};

const askedAt = ({ detail }: Told): number => Date.parse(detail.cause.time);

/** Those that were asked for last: at the same moment, either may be shown. */
const askedLast = (ends: readonly Told[]): readonly Told[] => {
  const newest = Math.max(...ends.map(askedAt));
  return ends.filter((end) => askedAt(end) === newest);
};

/** S3: an App's check run of each deployment tells how it ended, a token's commit status how the newest request for the commit did. */
export const onCommits: Invariant = (seen) => {
  const { github } = seen.heard ?? {};
  if (github === undefined) return [];
  const ends = endsOf(seen);
  const shownThere = github.deployments.flatMap(({ deployment, sha }) => {
    const end = ends.get(deployment);
    return end === undefined ? [] : [{ end, sha, context: `switchyard/${placeIn(end)}`, deployment }];
  });
  const [withChecks, withStatuses] = [true, false].map((isApp) =>
    shownThere.filter(({ end }) => (end.detail.environment === 'prod') === isApp),
  ) as [typeof shownThere, typeof shownThere];
  const checks = withChecks.flatMap(({ end, sha, context, deployment }) => {
    const [check, ...more] = github.checks.filter((one) => one.deployment === deployment);
    const { check: wanted } = WORDS[verdictOf(end)];
    const isRight = more.length === 0 && check?.conclusion === wanted && check.sha === sha && check.name === context;
    return isRight ? [] : [`S3: ${deployment} ended as ${wanted}, and its check runs are ${JSON.stringify([check, ...more])}`];
  });
  const statuses = [...groupBy(withStatuses, ({ sha, context }) => `${context} of ${sha}`)].flatMap(([name, all]) => {
    const said = github.statuses.filter(({ sha, context }) => `${context} of ${sha}` === name);
    const wanted = askedLast(all.map(({ end }) => end)).map((end) => WORDS[verdictOf(end)]);
    const last = said.at(-1);
    const isRight = wanted.some(
      ({ commit, ours }) => last?.state === commit && last.description?.includes(` ${ours}: `) === true,
    );
    const twice = saysTwice(said) ? [`S3: ${name} says twice the same: ${shown(said)}`] : [];
    return isRight ? twice : [...twice, `S3: ${name} says ${shown(said)}, and it ended as ${wanted.map(({ ours }) => ours)}`];
  });
  const others = github.checks.length + new Set(github.statuses.map(({ sha, context }) => sha + context)).size;
  const groups = new Set(withStatuses.map(({ sha, context }) => sha + context)).size;
  const unasked = others === withChecks.length + groups ? [] : ['S3: commits show what nobody has told'];
  return [...checks, ...statuses, ...unasked];
};

/** A failure, or a success that ends what went wrong; that an alarm led to a rollback speaks against the version that it left. */
const meaningOf = (end: Told): 'failure' | 'success' | undefined => {
  const verdict = verdictOf(end);
  if (verdict === 'failed' || verdict === 'rolled-back') return 'failure';
  if (verdict !== 'succeeded') return undefined;
  return end.detail.kind === 'rollback' && end.detail.cause.type !== 'RollbackRequested' ? 'failure' : 'success';
};

/** S3: each failure is told in one place of one issue; a service has one open issue if it failed after its last success, and otherwise none. */
export const oneIncident: Invariant = (seen) => {
  const { github } = seen.heard ?? {};
  if (github === undefined) return [];
  const ends = [...endsOf(seen).values()];
  const texts = github.issues.flatMap((issue) => issue.texts);
  const untold = ends.flatMap((end) => {
    const { deployment } = end.detail;
    const is = texts.filter((text) => text.includes(`Deployment: \`${deployment}\``)).length;
    const isRight = meaningOf(end) === 'failure' ? is === 1 : meaningOf(end) === 'success' || is === 0;
    return isRight ? [] : [`S3: ${end.type} of ${deployment} is told ${is} times in issues`];
  });
  const open = PLACES.flatMap(({ environment, service }) => {
    const here = ends.filter((end) => placeIn(end) === `${environment}/${service}`);
    const last = newestOf(here.filter((end) => meaningOf(end) !== undefined));
    const issues = github.issues.filter(
      ({ title, state }) => state === 'open' && title.startsWith(`${environment}: `) && title.includes(` of ${service} `),
    );
    const wanted = last !== undefined && meaningOf(last) === 'failure' ? 1 : 0;
    if (issues.length === wanted) return [];
    return [`S3: ${service} ended as ${last?.type} at last, and has ${issues.length} open issues`];
  });
  return [...untold, ...open];
};

/** S3: a pull request that a request names has one comment, with a row for each service: how the newest request for it ended. */
export const oneCommentEach: Invariant = (seen) => {
  const { github } = seen.heard ?? {};
  if (github === undefined) return [];
  const ends = [...verdictsIn(seen.told).values()];
  return PULL_REQUESTS.flatMap((pullRequest) => {
    const named = ends.filter(({ detail }) => detail.asked?.pullRequest === String(pullRequest));
    const comments = github.pullRequests.find(({ number }) => number === pullRequest)?.comments ?? [];
    const [comment = '', ...more] = comments;
    if (more.length > 0 || (comment === '') !== (named.length === 0))
      return [`S3: pull request ${pullRequest} has ${comments.length} comments, and ${named.length} requests name it`];
    return [...groupBy(named, placeIn)].flatMap(([place, all]) => {
      const [environment, service] = place.split('/');
      const rows = comment.split('\n').filter((line) => line.startsWith(`| \`${environment}\` | \`${service}\` | `));
      const wanted = askedLast(all).map((end) => WORDS[verdictOf(end)].ours);
      const isRight = rows.length === 1 && wanted.some((words) => rows[0]?.includes(` ${words}: `));
      return isRight ? [] : [`S3: pull request ${pullRequest} says of ${place} ${rows.join(' and ')}, and it ended as ${wanted}`];
    });
  });
};
