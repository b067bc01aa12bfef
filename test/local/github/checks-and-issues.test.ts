import { describe, expect, it } from 'vitest';
import { AT, INSTALLATION, refusalOf, SHA, type StandIn, startStandIn, TOKEN } from './stand-in.ts';

const ISSUE = 'POST /repos/{owner}/{repo}/issues';
const COMMENT = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';

const asInstallation = async ({ as, jwt }: StandIn) => {
  const { data } = await as(jwt()).request('POST /app/installations/{installation_id}/access_tokens', {
    installation_id: INSTALLATION,
  });
  return as(data.token);
};

describe('a check run', () => {
  const run = { ...AT, name: 'switchyard/prod/api', head_sha: SHA } as const;

  it('is made and changed by an App alone', async () => {
    const github = await startStandIn();
    expect(await refusalOf(github.as(TOKEN).request('POST /repos/{owner}/{repo}/check-runs', run))).toMatchObject({
      status: 403,
      message: 'You must authenticate via a GitHub App.',
    });
    const app = await asInstallation(github);
    const made = await app.request('POST /repos/{owner}/{repo}/check-runs', { ...run, external_id: 'd-1' });
    expect(made.data).toMatchObject({ status: 'queued', conclusion: null, external_id: 'd-1' });
    const output = { title: 'Deployed', summary: 'It runs.' };
    const changed = { ...AT, check_run_id: made.data.id, conclusion: 'success', output } as const;
    await app.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', changed);
    const { data } = await app.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', { ...AT, ref: SHA });
    expect(data).toMatchObject({ total_count: 1, check_runs: [{ status: 'completed', conclusion: 'success', output }] });
  });

  it.each([
    ['completed without a conclusion', { status: 'completed' }, /"conclusion" wasn't supplied/],
    ['of a conclusion that only GitHub sets', { conclusion: 'stale' }, /is not a member of/],
    ['with a summary that is too long', { output: { title: 'x', summary: 'x'.repeat(65_536) } }, /maximum length of 65535/],
    ['with an output without a summary', { output: { title: 'x' } }, /"output\/summary" wasn't supplied/],
    ['of a commit that is not there', { head_sha: 'f'.repeat(40) }, /No commit found for SHA/],
  ])('%s is refused', async (_, more, message) => {
    const app = await asInstallation(await startStandIn());
    const refusal = await refusalOf(app.request('POST /repos/{owner}/{repo}/check-runs', { ...run, ...more } as never));
    expect(refusal).toMatchObject({ status: 422, message: expect.stringMatching(message) });
  });
});

describe('an issue', () => {
  it('has labels that are made where they are first used, comments, and is closed and opened again', async () => {
    const { as } = await startStandIn();
    const octokit = as(TOKEN);
    const { data } = await octokit.request(ISSUE, {
      ...AT,
      title: 'It failed',
      body: 'Why',
      labels: ['urgent', 'Urgent', 'prod'],
    });
    expect(data).toMatchObject({ number: 8, state: 'open', labels: [{ name: 'urgent' }, { name: 'prod' }] });
    const at = { ...AT, issue_number: data.number };
    const { data: comment } = await octokit.request(COMMENT, { ...at, body: 'Again' });
    await octokit.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      ...AT,
      comment_id: comment.id,
      body: 'Once',
    });
    expect((await octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', at)).data).toMatchObject([
      { body: 'Once' },
    ]);
    await octokit.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { ...at, state: 'closed' });
    const list = async (query: object) => (await octokit.request('GET /repos/{owner}/{repo}/issues', { ...AT, ...query })).data;
    expect(await list({ labels: 'prod,urgent' })).toEqual([]);
    expect(await list({ labels: 'prod,urgent', state: 'closed' })).toMatchObject([{ number: 8, state_reason: 'completed' }]);
    expect(await list({ state: 'all', since: '2026-03-01T12:00:01Z' })).toEqual([]);
    await octokit.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { ...at, state: 'open' });
    expect(await list({})).toMatchObject([
      { number: 8, state_reason: 'reopened' },
      { number: 7, pull_request: {} },
    ]);
  });

  it.each([
    ['without a title', { title: ' ' }],
    ['with a title of 257 characters', { title: 'x'.repeat(257) }],
    ['with a body of 65,537 characters', { title: 'x', body: 'x'.repeat(65_537) }],
    ['with a label of 51 characters', { title: 'x', labels: ['x'.repeat(51)] }],
  ])('%s is refused', async (_, body) => {
    const { as } = await startStandIn();
    expect(await refusalOf(as(TOKEN).request(ISSUE, { ...AT, ...body }))).toMatchObject({
      status: 422,
      message: 'Validation Failed',
    });
    expect((await as(TOKEN).request('GET /repos/{owner}/{repo}/labels', AT)).data).toEqual([]);
  });

  it('is gone where issues are turned off; comments of pull requests are not', async () => {
    const { as } = await startStandIn();
    await as(TOKEN).request('PATCH /repos/{owner}/{repo}', { ...AT, has_issues: false });
    expect(await refusalOf(as(TOKEN).request(ISSUE, { ...AT, title: 'It failed' }))).toMatchObject({
      status: 410,
      message: 'Issues are disabled for this repo',
    });
    expect((await as(TOKEN).request(COMMENT, { ...AT, issue_number: 7, body: 'Deployed' })).status).toBe(201);
  });

  it('cannot be made in an archived repository, nor can anything', async () => {
    const { as } = await startStandIn();
    await as(TOKEN).request('PATCH /repos/{owner}/{repo}', { ...AT, archived: true });
    for (const work of [
      as(TOKEN).request(ISSUE, { ...AT, title: 'It failed' }),
      as(TOKEN).request('POST /repos/{owner}/{repo}/deployments', { ...AT, ref: SHA }),
    ])
      expect(await refusalOf(work)).toMatchObject({ status: 403, message: 'Repository was archived so is read-only.' });
    expect((await as(TOKEN).request('GET /repos/{owner}/{repo}/issues', AT)).status).toBe(200);
  });

  it('of a repository that was renamed is found where it is now', async () => {
    const { as, network, address } = await startStandIn();
    await as(TOKEN).request('PATCH /repos/{owner}/{repo}', { ...AT, name: 'service' });
    const ask = (method: string) =>
      network.fetch(`${address}/repos/acme/app/issues`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, 'user-agent': 'curl' },
        ...(method === 'POST' ? { body: '{"title":"It failed"}' } : {}),
      });
    expect([(await ask('GET')).status, (await ask('POST')).status]).toEqual([301, 307]);
    const location = (await ask('GET')).headers.get('location') ?? '';
    expect(location).toMatch(/\/repositories\/\d+\/issues$/);
    const there = await network.fetch(location, { headers: { authorization: `Bearer ${TOKEN}`, 'user-agent': 'curl' } });
    expect(await there.json()).toMatchObject([{ number: 7 }]);
  });
});
