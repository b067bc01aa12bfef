import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../../local/notified/github-here.ts';
import { APP, AT, INSTALLATION, REPOSITORY, refusalOf, SHA, startStandIn, TOKEN } from './stand-in.ts';

const TOKENS = 'POST /app/installations/{installation_id}/access_tokens';
const HERE = { installation_id: INSTALLATION };

describe('who asks', () => {
  it('without a User-Agent is turned away', async () => {
    const { network, address } = await startStandIn();
    const answer = await network.fetch(`${address}/repos/acme/app`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('Please make sure your request has a User-Agent header');
  });

  it('for a version that there is not is told so', async () => {
    const { as } = await startStandIn();
    const asked = as(TOKEN).request('GET /repos/{owner}/{repo}', { ...AT, headers: { 'x-github-api-version': '1999-01-01' } });
    expect(await refusalOf(asked)).toMatchObject({ status: 400 });
  });

  it('with a token that nobody knows, or that has expired, has bad credentials', async () => {
    const { as } = await startStandIn();
    expect(await refusalOf(as('ghp_nobody').request('GET /repos/{owner}/{repo}', AT))).toMatchObject({
      status: 401,
      message: 'Bad credentials',
    });
  });

  it('for a repository that the token does not hold is told that there is none, as is whoever has no token', async () => {
    const repositories = { 'acme/app': REPOSITORY };
    const { as, network, address } = await startStandIn({ repositories });
    const other = as(TOKEN).request('GET /repos/{owner}/{repo}', { owner: 'acme', repo: 'other' });
    expect(await refusalOf(other)).toMatchObject({ status: 404, message: 'Not Found' });
    expect((await network.fetch(`${address}/repos/acme/app`, { headers: { 'user-agent': 'curl' } })).status).toBe(404);
  });

  it('without the permission is told which it takes', async () => {
    const { as } = await startStandIn({ permissions: { metadata: 'read', deployments: 'read' } });
    expect(await refusalOf(as(TOKEN).request('POST /repos/{owner}/{repo}/deployments', { ...AT, ref: SHA }))).toMatchObject({
      status: 403,
      message: 'Resource not accessible by personal access token',
      headers: { 'x-accepted-github-permissions': 'deployments=write' },
    });
    const read = await as(TOKEN).request('GET /repos/{owner}/{repo}/deployments', AT);
    expect(read.data).toEqual([]);
  });
});

describe('an App', () => {
  it('is known by its JWT, and gets a token of its installation that ends after an hour', async () => {
    const { as, jwt, clock } = await startStandIn();
    expect((await as(jwt()).request('GET /app')).data).toMatchObject({ id: APP, slug: 'switchyard' });
    const { data } = await as(jwt()).request(TOKENS, HERE);
    expect(data).toMatchObject({ expires_at: '2026-03-01T13:00:00Z', permissions: PERMISSIONS });
    expect((await as(data.token).request('GET /repos/{owner}/{repo}', AT)).data.full_name).toBe('acme/app');
    await clock.advance(3_600_000);
    expect(await refusalOf(as(data.token).request('GET /repos/{owner}/{repo}', AT))).toMatchObject({ status: 401 });
  });

  it.each([
    ['has expired', { expiresIn: -1 }, /'exp'\) must be a numeric value representing the future time/],
    ['lasts for longer than ten minutes', { expiresIn: 700 }, /'exp'\) is too far in the future/],
    ['was issued in the future', { issuedIn: 120 }, /'iat'\) must be an Integer/],
    ['is signed otherwise', { alg: 'HS256' }, /could not be decoded/],
  ])('whose JWT %s is not let in', async (_, claims, message) => {
    const { as, jwt } = await startStandIn();
    const refusal = await refusalOf(as(jwt(claims)).request('GET /app'));
    expect(refusal.status).toBe(401);
    expect(refusal.message).toMatch(message);
  });

  it('whose JWT was changed after it was signed is not let in', async () => {
    const { as, jwt } = await startStandIn();
    const [header, , signature] = jwt().split('.');
    const [, payload] = jwt({ expiresIn: 60 }).split('.');
    expect(await refusalOf(as(`${header}.${payload}.${signature}`).request('GET /app'))).toMatchObject({ status: 401 });
  });

  it('narrows a token to some repositories and permissions, and never widens it', async () => {
    const repositories = { 'acme/app': REPOSITORY, 'acme/web': {} };
    const { as, jwt } = await startStandIn({ repositories });
    const narrow = await as(jwt()).request(TOKENS, {
      ...HERE,
      repositories: ['web'],
      permissions: { issues: 'write', metadata: 'read' },
    });
    expect(await refusalOf(as(narrow.data.token).request('GET /repos/{owner}/{repo}', AT))).toMatchObject({ status: 404 });
    const web = as(narrow.data.token).request('GET /repos/{owner}/{repo}/deployments', { owner: 'acme', repo: 'web' });
    expect(await refusalOf(web)).toMatchObject({ status: 403, message: 'Resource not accessible by integration' });
    for (const wide of [{ repositories: ['elsewhere'] }, { permissions: { administration: 'write' } as const }])
      expect(await refusalOf(as(jwt()).request(TOKENS, { ...HERE, ...wide }))).toMatchObject({ status: 422 });
  });

  it('that is suspended, or a token that was given back, opens nothing any more', async () => {
    const { as, jwt } = await startStandIn();
    const token = async () => (await as(jwt()).request(TOKENS, HERE)).data.token;
    const first = await token();
    await as(first).request('DELETE /installation/token');
    const second = await token();
    await as(jwt()).request('PUT /app/installations/{installation_id}/suspended', HERE);
    for (const text of [first, second])
      expect(await refusalOf(as(text).request('GET /repos/{owner}/{repo}', AT))).toMatchObject({ status: 401 });
    expect(await refusalOf(as(jwt()).request(TOKENS, HERE))).toMatchObject({
      status: 403,
      message: 'This installation has been suspended',
    });
  });
});

describe('limits', () => {
  it('tell how much is left, refuse what is more, and begin anew after an hour', async () => {
    const { as, clock } = await startStandIn({ limits: { requestsPerHour: 2 } });
    const ask = () => as(TOKEN).request('GET /repos/{owner}/{repo}', AT);
    const reset = String(Date.parse('2026-03-01T13:00:00Z') / 1000);
    expect((await ask()).headers).toMatchObject({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': reset });
    await ask();
    expect(await refusalOf(ask())).toMatchObject({
      status: 403,
      message: expect.stringContaining('API rate limit exceeded'),
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    });
    expect((await as(TOKEN).request('GET /rate_limit')).data.rate).toMatchObject({ limit: 2, remaining: 0 });
    await clock.advance(3_600_000);
    expect((await ask()).status).toBe(200);
  });

  it('of content made in a minute ask for patience', async () => {
    const { as, clock } = await startStandIn({ limits: { contentPerMinute: 2 } });
    const issue = () => as(TOKEN).request('POST /repos/{owner}/{repo}/issues', { ...AT, title: 'It failed' });
    await issue();
    await clock.advance(20_000);
    await issue();
    expect(await refusalOf(issue())).toMatchObject({
      status: 403,
      message: expect.stringContaining('secondary rate limit'),
      headers: { 'retry-after': '40' },
    });
    await clock.advance(61_000);
    expect((await issue()).status).toBe(201);
  });

  it('count what they refuse, and ask for as much patience as that takes', async () => {
    const { as, clock } = await startStandIn({ limits: { pointsPerMinute: 10 } });
    const change = () => as(TOKEN).request('POST /repos/{owner}/{repo}/deployments', { ...AT, ref: SHA });
    await change();
    await clock.advance(20_000);
    await change();
    await clock.advance(10_000);
    // 15 points: 10 when the first, at 0 s, is forgotten
    expect((await refusalOf(change())).headers).toMatchObject({ 'retry-after': '30' });
    await clock.advance(1000);
    // 20 points: 10 when the second, at 20 s, is forgotten as well
    expect((await refusalOf(change())).headers).toMatchObject({ 'retry-after': '49' });
    await clock.advance(49_000);
    expect((await refusalOf(change())).headers).toMatchObject({ 'retry-after': '10' });
    await clock.advance(61_000);
    expect((await change()).status).toBe(201);
  });

  it('of points count a change five times', async () => {
    const { as } = await startStandIn({ limits: { pointsPerMinute: 6 } });
    await as(TOKEN).request('POST /repos/{owner}/{repo}/deployments', { ...AT, ref: SHA });
    await as(TOKEN).request('GET /repos/{owner}/{repo}/deployments', AT);
    expect(await refusalOf(as(TOKEN).request('GET /repos/{owner}/{repo}/deployments', AT))).toMatchObject({
      headers: { 'retry-after': expect.any(String) },
    });
  });
});
