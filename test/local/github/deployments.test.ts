import { describe, expect, it } from 'vitest';
import { AT, OTHER_SHA, refusalOf, SHA, type StandIn, startStandIn, TOKEN } from './stand-in.ts';

const CREATE = 'POST /repos/{owner}/{repo}/deployments';
const STATUS = 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';
const STATUSES = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';

const created = async ({ as }: StandIn, more: object = {}): Promise<number> => {
  const { data } = await as(TOKEN).request(CREATE, { ...AT, ref: SHA, auto_merge: false, required_contexts: [], ...more });
  return (data as { id: number }).id;
};

const statesOf = async ({ as }: StandIn, deployment_id: number): Promise<readonly string[]> =>
  (await as(TOKEN).request(STATUSES, { ...AT, deployment_id })).data.map(({ state }) => state);

describe('a deployment', () => {
  it('is of a commit, has the defaults that GitHub gives, and is found by what it is of', async () => {
    const github = await startStandIn();
    const payload = { switchyard: 'd-1' };
    const one = await created(github, { ref: 'v1.2.3', environment: 'prod', task: 'deploy:api', payload });
    await created(github);
    const asked = { ...AT, environment: 'prod', task: 'deploy:api', sha: SHA };
    const { data } = await github.as(TOKEN).request('GET /repos/{owner}/{repo}/deployments', asked);
    expect(data).toMatchObject([
      { id: one, sha: SHA, ref: 'v1.2.3', payload, production_environment: false, transient_environment: false },
    ]);
    const [newest] = (await github.as(TOKEN).request('GET /repos/{owner}/{repo}/deployments', AT)).data;
    expect(newest).toMatchObject({ environment: 'production', task: 'deploy', production_environment: true, payload: '' });
  });

  it('of a ref that is not there is refused', async () => {
    const { as } = await startStandIn();
    expect(await refusalOf(as(TOKEN).request(CREATE, { ...AT, ref: 'nowhere' }))).toMatchObject({
      status: 422,
      message: 'No ref found for: nowhere',
    });
  });

  it('of a branch that is behind is merged instead, unless told not to', async () => {
    const github = await startStandIn();
    const merged = await github.as(TOKEN).request(CREATE, { ...AT, ref: 'topic' });
    expect(merged).toMatchObject({ status: 202, data: { message: 'Auto-merged main into topic on deployment.' } });
    const others = await startStandIn();
    expect(await created(others, { ref: 'topic' })).toBeGreaterThan(0);
  });

  it('waits for commit statuses, unless told not to', async () => {
    const github = await startStandIn();
    await github
      .as(TOKEN)
      .request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...AT, sha: SHA, state: 'pending', context: 'ci' });
    expect(await refusalOf(github.as(TOKEN).request(CREATE, { ...AT, ref: SHA }))).toMatchObject({
      status: 409,
      message: expect.stringContaining('Commit status checks failed'),
    });
    expect(await created(github)).toBeGreaterThan(0);
  });

  it('has statuses, of which a success ends those before it in its environment that are neither production nor transient', async () => {
    const github = await startStandIn();
    const make = async (more: object) => {
      const deployment_id = await created(github, { environment: 'dev', ...more });
      await github.as(TOKEN).request(STATUS, { ...AT, deployment_id, state: 'success', auto_inactive: false });
      return deployment_id;
    };
    const [plain, production, transient, elsewhere] = [
      await make({}),
      await make({ production_environment: true }),
      await make({ transient_environment: true }),
      await make({ environment: 'staging' }),
    ];
    const failed = await created(github, { environment: 'dev' });
    await github.as(TOKEN).request(STATUS, { ...AT, deployment_id: failed, state: 'failure' });
    const last = await created(github, { environment: 'dev' });
    await github.as(TOKEN).request(STATUS, { ...AT, deployment_id: last, state: 'success' });
    expect(await statesOf(github, plain ?? 0)).toEqual(['inactive', 'success']);
    for (const other of [production, transient, elsewhere]) expect(await statesOf(github, other ?? 0)).toEqual(['success']);
    expect(await statesOf(github, failed)).toEqual(['failure']);
  });

  it.each([
    ['no state', {}, /"state" wasn't supplied/],
    ['a state that there is not', { state: 'done' }, /is not a member of/],
    ['a description of 141 characters', { state: 'success', description: 'x'.repeat(141) }, /Validation Failed/],
    ['an address that leads elsewhere', { state: 'success', log_url: 'javascript:alert(1)' }, /Validation Failed/],
    ['a member that the stand-in does not know', { state: 'success', colour: 'red' }, /does not know "colour"/],
  ])('refuses a status with %s', async (_, body, message) => {
    const github = await startStandIn();
    const deployment_id = await created(github);
    const refusal = await refusalOf(github.as(TOKEN).request(STATUS, { ...AT, deployment_id, ...body } as never));
    expect(refusal.status).toBeGreaterThanOrEqual(422);
    expect(refusal.message).toMatch(message);
    expect(await statesOf(github, deployment_id)).toEqual([]);
  });

  it('is deleted where it is the only one, or not successful', async () => {
    const github = await startStandIn();
    const { as } = github;
    const remove = (deployment_id: number) =>
      as(TOKEN).request('DELETE /repos/{owner}/{repo}/deployments/{deployment_id}', { ...AT, deployment_id });
    const [one, two] = [await created(github), await created(github)];
    await as(TOKEN).request(STATUS, { ...AT, deployment_id: one, state: 'success', auto_inactive: false });
    expect(await refusalOf(remove(one))).toMatchObject({ status: 422 });
    await as(TOKEN).request(STATUS, { ...AT, deployment_id: one, state: 'failure', auto_inactive: false });
    expect((await remove(one)).status).toBe(204);
    expect(await refusalOf(remove(one))).toMatchObject({ status: 404 });
    expect((await remove(two)).status).toBe(204);
  });

  it('lists are in pages that link to one another', async () => {
    const github = await startStandIn();
    for (let made = 0; made < 5; made += 1) await created(github);
    const list = (page: number) =>
      github.as(TOKEN).request('GET /repos/{owner}/{repo}/deployments', { ...AT, per_page: 2, page, environment: 'production' });
    const [first, middle, last] = [await list(1), await list(2), await list(3)];
    expect([first, middle, last].map(({ data }) => data.length)).toEqual([2, 2, 1]);
    const address = `${github.address}/repos/acme/app/deployments?per_page=2`;
    expect(first.headers.link).toBe(
      `<${address}&page=2&environment=production>; rel="next", <${address}&page=3&environment=production>; rel="last"`,
    );
    expect(middle.headers.link).toContain('rel="prev"');
    expect(last.headers.link).not.toContain('rel="next"');
  });
});

describe('a commit', () => {
  it('has statuses by context, the newest first, of its full SHA alone', async () => {
    const { as } = await startStandIn();
    const set = (sha: string, state: 'pending' | 'success') =>
      as(TOKEN).request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...AT, sha, state, context: 'switchyard/prod/api' });
    await set(SHA, 'pending');
    await set(SHA, 'success');
    const { data } = await as(TOKEN).request('GET /repos/{owner}/{repo}/commits/{ref}/statuses', { ...AT, ref: 'v1.2.3' });
    expect(data.map(({ state }) => state)).toEqual(['success', 'pending']);
    for (const sha of [SHA.slice(0, 7), 'f'.repeat(40)])
      expect(await refusalOf(set(sha, 'success'))).toMatchObject({ status: 422, message: `No commit found for SHA: ${sha}` });
  });

  it('is found by branch, tag, and the beginning of its SHA', async () => {
    const { as } = await startStandIn();
    for (const ref of ['main', 'v1.2.3', SHA.slice(0, 7), SHA])
      expect((await as(TOKEN).request('GET /repos/{owner}/{repo}/commits/{ref}', { ...AT, ref })).data.sha).toBe(SHA);
    expect((await as(TOKEN).request('GET /repos/{owner}/{repo}/commits/{ref}', { ...AT, ref: 'topic' })).data.sha).toBe(
      OTHER_SHA,
    );
  });
});
