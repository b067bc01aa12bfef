import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../../../local/notified/github-here.ts';
import { seenOn } from '../../../local/github/seen.ts';
import { APP, AT, INSTALLATION, SHA, TOKEN } from '../../../local/github/stand-in.ts';
import { startDesk } from './desk.ts';
import { isRolledBack, succeeds } from './events.ts';

const BY_APP = { app: { id: APP, installation: INSTALLATION, key: '${ssm:/github}' } } as const;

const about = { deployment: 'd-1', asked: 0, with: { commit: SHA, version: 'v1', pullRequest: '7' } };
const last = isRolledBack(about).slice(-1);

describe('what GitHub refuses', () => {
  it('a token that was revoked is told once, with what to do, and is not tried again', async () => {
    const desk = await startDesk();
    await desk.keep('ghp_revokedrevokedrevoked');
    expect(await desk.deliver(last)).toBe(1);
    expect(await desk.dead()).toEqual(['github-credentials']);
    expect(desk.log.join('\n')).toContain('put a token, or a key of the App, that is valid');
    expect(desk.log.join('\n')).not.toContain('ghp_revokedrevokedrevoked');
  });

  it('a key that is none is told, and never shown', async () => {
    const desk = await startDesk({ notify: BY_APP });
    await desk.keep('not-a-key-at-all');
    await desk.deliver(last);
    expect(await desk.dead()).toEqual(['github-credentials']);
    expect(desk.log.join('\n')).not.toContain('not-a-key-at-all');
  });

  it('an App that is suspended is told', async () => {
    const desk = await startDesk({ notify: BY_APP });
    const { as, jwt } = desk.github;
    await as(jwt()).request('PUT /app/installations/{installation_id}/suspended', { installation_id: INSTALLATION });
    await desk.deliver(last);
    expect(await desk.dead()).toEqual(['github-denied']);
  });

  it.each([
    ['is not there', 'acme/nothing', 'github-not-found', {}],
    ['has another name now', 'acme/app', 'github-moved', { name: 'other' }],
    ['is archived', 'acme/app', 'github-archived', { archived: true }],
  ])('a repository that %s is told', async (_, repository, code, change) => {
    const desk = await startDesk({ notify: { token: '${ssm:/github}', repository } });
    await desk.octokit.request('PATCH /repos/{owner}/{repo}', { ...AT, ...change });
    expect(await desk.deliver(last)).toBe(1);
    expect(await desk.dead()).toEqual([code]);
  });

  it('issues that are turned off keep nothing else from being told', async () => {
    const desk = await startDesk();
    await desk.octokit.request('PATCH /repos/{owner}/{repo}', { ...AT, has_issues: false });
    await desk.deliver(last);
    expect(await desk.dead()).toEqual(['github-issues-disabled']);
    expect(await seenOn(desk).deployments()).toMatchObject([{ states: ['failure'] }]);
    expect(await seenOn(desk).comments(7)).toHaveLength(1);
  });

  it('a permission that lacks keeps nothing else from being told', async () => {
    const { deployments: _, ...permissions } = PERMISSIONS;
    const desk = await startDesk({ standIn: { permissions } });
    await desk.deliver(last);
    expect(await desk.dead()).toEqual(['github-denied']);
    expect(await seenOn(desk).issues()).toHaveLength(1);
  });

  it('a commit that the repository does not have is told once, however many events there are', async () => {
    const desk = await startDesk();
    const strange = { ...about, with: { commit: 'f'.repeat(40), pullRequest: '7' } };
    for (const event of isRolledBack(strange)) await desk.deliver([event]);
    expect(await desk.dead()).toEqual(['github-commit-unknown']);
    expect(await seenOn(desk).deployments()).toEqual([]);
    expect(await seenOn(desk).issues()).toHaveLength(1);
  });

  it('a deployment that somebody has deleted stays away, and nothing is refused', async () => {
    const desk = await startDesk();
    const [first = '', ...others] = isRolledBack(about);
    await desk.deliver([first]);
    const { data } = await desk.octokit.request('GET /repos/{owner}/{repo}/deployments', AT);
    await desk.octokit.request('DELETE /repos/{owner}/{repo}/deployments/{deployment_id}', {
      ...AT,
      deployment_id: Number(data[0]?.id),
    });
    await desk.deliver(others);
    expect(await seenOn(desk).deployments()).toEqual([]);
    expect(await seenOn(desk).issues()).toHaveLength(1);
    expect(await desk.dead()).toEqual([]);
  });

  it('a comment that somebody has deleted is made anew with the next word', async () => {
    const desk = await startDesk();
    const [first = '', ...others] = isRolledBack(about);
    await desk.deliver([first]);
    const path = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
    const { data } = await desk.octokit.request(path, { ...AT, issue_number: 7 });
    const comment = { ...AT, comment_id: Number(data[0]?.id) };
    await desk.octokit.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', comment);
    await desk.deliver(others);
    const comments = await seenOn(desk).comments(7);
    expect(comments).toHaveLength(1);
    expect(comments[0]).toContain('was rolled back');
    expect(await desk.dead()).toEqual([]);
  });

  it('a pull request of another repository has no comment, and nothing fails', async () => {
    const desk = await startDesk();
    const pullRequest = 'https://github.com/else/where/pull/7';
    for (const event of succeeds({ ...about, with: { commit: SHA, pullRequest } })) await desk.deliver([event]);
    expect(await seenOn(desk).comments(7)).toEqual([]);
    expect(await desk.dead()).toEqual([]);
  });

  it('names that the catalogue does not know make no environment', async () => {
    const desk = await startDesk();
    for (const event of succeeds({ ...about, environment: 'nowhere' })) await desk.deliver([event]);
    expect(await seenOn(desk).deployments()).toEqual([]);
    expect(await seenOn(desk).comments(7)).toHaveLength(1);
  });
});

describe('patience', () => {
  it('the primary limit: nothing more is asked until it is over, and nothing is doubled', async () => {
    const desk = await startDesk({ standIn: { limits: { requestsPerHour: 4 } } });
    expect(await desk.invoke(last)).toEqual(last);
    expect(desk.log.join('\n')).toMatch(/GitHub asks for 3600 seconds/);
    let hours = 0;
    do {
      await desk.clock.advance(3_600_000);
      hours += 1;
    } while ((await desk.invoke(last)).length > 0);
    expect(hours).toBeLessThan(5);
    const made = desk.calls.requests.filter((request) => request.startsWith('POST') && !request.includes('/statuses'));
    expect(new Set(made)).toEqual(
      new Set(['POST /repos/acme/app/deployments', 'POST /repos/acme/app/issues', 'POST /repos/acme/app/issues/7/comments']),
    );
    await desk.clock.advance(3_600_000);
    expect((await desk.octokit.request('GET /repos/{owner}/{repo}/deployments', AT)).data).toHaveLength(1);
    expect(await seenOn(desk).issues()).toHaveLength(1);
    expect(await seenOn(desk).comments(7)).toHaveLength(1);
  });

  it('the secondary limit: as long as it says', async () => {
    const desk = await startDesk({ standIn: { limits: { contentPerMinute: 1 } } });
    expect(await desk.invoke(last)).toEqual(last);
    expect(desk.log.join('\n')).toMatch(/GitHub asks for 60 seconds: You have exceeded a secondary rate limit/);
    await desk.clock.advance(61_000);
    expect(await desk.invoke(last)).toEqual([]);
    expect(await seenOn(desk).issues()).toHaveLength(1);
    expect(await seenOn(desk).comments(7)).toHaveLength(1);
  });

  it('a token of the installation is used for an hour, and then there is another', async () => {
    const desk = await startDesk({ notify: BY_APP });
    const tokens = () => desk.calls.requests.filter((request) => request.endsWith('/access_tokens')).length;
    const [first = '', ...others] = isRolledBack(about);
    await desk.deliver([first]);
    await desk.deliver(others.slice(0, 1));
    expect(tokens()).toBe(1);
    await desk.clock.advance(3_600_000);
    await desk.deliver(others.slice(1));
    expect(tokens()).toBe(2);
    expect(await desk.dead()).toEqual([]);
  });
});

/** What is left of Markdown without its code: spans and fenced blocks, by the rules of CommonMark 0.31 (sections 4.5 and 6.1). */
const alive = (text: string): string =>
  text.replace(/^(`{3,})[^`\n]*\n[\s\S]*?^\1`*\s*$/gm, '').replace(/(?<!`)(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g, '');

const NASTY = [
  '@acme/everyone #1 <!-- hidden --> [click](https://evil.example) ![x](https://evil.example/x.png)',
  '`@octocat` ``@octocat``',
  '```\n@octocat\n```\n~~~\n@octocat',
  'a | @octocat | \\| @octocat',
  '\u202e@octocat\u202c \u2066#7\u2069 \u200b',
  'שלום @octocat عربى #12',
  '</details><script>alert(1)</script> acme/app#3 GH-4',
];

describe('texts of others', () => {
  it.each(NASTY)('%j comes to no life in issues and comments', async (text) => {
    const desk = await startDesk();
    const asked = { commit: SHA, pullRequest: '7', version: text.slice(0, 128), actor: text.slice(0, 128) };
    const reason = `${text}\n${'x'.repeat(3800)}\n${text}`;
    await desk.deliver(isRolledBack({ ...about, with: asked }, reason).slice(-1));
    const [issue] = await seenOn(desk).issues();
    const [comment = ''] = await seenOn(desk).comments(7);
    for (const body of [issue?.body ?? '', comment]) {
      expect(body).toMatch(/^<!-- switchyard:[0-9a-f]{32} -->/);
      const rest = alive(body.replace(/^<!-- switchyard:[0-9a-f]{32} -->/, ''));
      expect(rest).not.toMatch(/@|#\d|<!--|<script|evil|GH-4/);
      expect(body).not.toMatch(/[\u202a-\u202e\u2066\u2067\u200b]/);
      expect([...body].length).toBeLessThanOrEqual(65_536);
    }
    expect(issue?.title.length).toBeLessThanOrEqual(256);
    expect(await desk.dead()).toEqual([]);
  });

  it('would come to life elsewhere: the check sees that', () => {
    expect(alive('`@octocat` @octocat')).toBe(' @octocat');
    expect(alive('```text\n@octocat\n```\n#7')).toContain('#7');
  });

  it('are shown without what looks like a secret', async () => {
    const desk = await startDesk();
    const reason = `cannot pull: password=hunter2hunter2\nAuthorization: Bearer ${'x'.repeat(40)}`;
    await desk.deliver(isRolledBack(about, reason).slice(-1));
    const [issue] = await seenOn(desk).issues();
    const [comment = ''] = await seenOn(desk).comments(7);
    const [deployment] = await seenOn(desk).deployments();
    const shown = [issue?.body ?? '', comment, ...(deployment?.statuses.map(({ description }) => description) ?? [])];
    for (const text of shown) expect(text).not.toMatch(/hunter2|xxxxx/);
    expect(issue?.body).toContain('cannot pull: password=***\nAuthorization: Bearer ***');
  });

  it('are logged without the token', async () => {
    const desk = await startDesk();
    await desk.deliver(last);
    expect(desk.log.join('\n')).not.toContain(TOKEN);
  });
});
