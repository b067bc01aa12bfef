import { unlessGone } from './client.ts';
import { findIn, sinceTime } from './looking.ts';
import { type Installation, markerOf } from './marker.ts';
import { type Doing, endDeployment } from './perform-deployment.ts';
import type { ServiceStep } from './service-note.ts';
import { failureText, issueTitle, resolvedText } from './texts.ts';

type Tells = Exclude<ServiceStep, { kind: 'inactive' | 'close' }>;

/** `since`: it may have been done. Answers the number of the issue that it is about; `undefined`: that is gone. */
export const performService = async (
  doing: Doing,
  installation: Installation,
  step: ServiceStep,
  since: number | undefined,
): Promise<number | undefined> => {
  switch (step.kind) {
    case 'inactive':
      await endDeployment(doing, step.deployment, since);
      return undefined;
    case 'open':
      return openIssue(doing, installation, step, since);
    case 'again':
    case 'resolved':
      return comment(doing, installation, step, since);
    case 'close':
      return state(doing, step.issue, 'closed');
  }
};

/** A label has at most 50 characters. */
const labelOf = (environment: string): string => [...environment].slice(0, 50).join('').replaceAll(',', ' ');

const openIssue = async (
  { client, settings, places }: Doing,
  installation: Installation,
  { report, sha }: Extract<ServiceStep, { kind: 'open' }>,
  since: number | undefined,
): Promise<number> => {
  const { owner, repo, labels } = settings;
  const marker = markerOf(installation, 'failure', report.deployment);
  if (since !== undefined) {
    const asked = { owner, repo, state: 'all', since: sinceTime(since) } as const;
    const found = await findIn(
      client,
      'look for the issue',
      (octokit, page) => octokit.request('GET /repos/{owner}/{repo}/issues', { ...asked, ...page }),
      ({ body }) => body?.includes(marker) === true,
    );
    if (found !== undefined) return found.number;
  }
  const { data } = await client.ask('open an issue', (octokit) =>
    octokit.request('POST /repos/{owner}/{repo}/issues', {
      owner,
      repo,
      title: issueTitle(report),
      body: failureText(marker, report, sha, places),
      labels: [...new Set([...labels, labelOf(report.environment)])],
    }),
  );
  return data.number;
};

const comment = async (
  doing: Doing,
  installation: Installation,
  step: Extract<Tells, { issue: number }>,
  since: number | undefined,
): Promise<number | undefined> => {
  const { client, settings, places } = doing;
  const { report, sha, issue: issue_number } = step;
  const at = { owner: settings.owner, repo: settings.repo, issue_number };
  const marker = markerOf(installation, step.kind === 'again' ? 'failure' : 'resolved', report.deployment);
  if (step.kind === 'again' && (await state(doing, issue_number, 'open')) === undefined) return undefined;
  if (since !== undefined) {
    const look = findIn(
      client,
      'look for the comment',
      (octokit, page) =>
        octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...at, since: sinceTime(since), ...page }),
      ({ body }) => body?.includes(marker) === true,
    );
    if ((await unlessGone(client, settings, look)) !== undefined) return issue_number;
  }
  const text = (step.kind === 'again' ? failureText : resolvedText)(marker, report, sha, places);
  const made = client.ask('comment on the issue', (octokit) =>
    octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...at, body: text }),
  );
  return (await unlessGone(client, settings, made)) === undefined ? undefined : issue_number;
};

/** Somebody may have closed it meanwhile; the same twice comes to the same. */
const state = async (
  { client, settings }: Doing,
  issue_number: number,
  wanted: 'open' | 'closed',
): Promise<number | undefined> => {
  const { owner, repo } = settings;
  const change = client.ask(wanted === 'open' ? 'open the issue again' : 'close the issue', (octokit) =>
    octokit.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { owner, repo, issue_number, state: wanted }),
  );
  return (await unlessGone(client, settings, change)) === undefined ? undefined : issue_number;
};
