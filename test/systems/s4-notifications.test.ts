import { describe, expect, it } from 'vitest';
import { seenOn } from '../local/github/seen.ts';
import { OTHER_SHA, SHA } from '../local/github/stand-in.ts';
import { startWithGitHub } from '../scenarios/github.ts';

const SERVICE = 'conflicto-backend-service-staging';
const RUN = 'https://github.com/acme/app/actions/runs/99';
const asked = { commit: OTHER_SHA, version: 'v2.0.0', runUrl: RUN, pullRequest: 'https://github.com/acme/app/pull/7' };

/** S4.5 with S5.2's summary and S2.5's comment, on the whole pipeline. */
describe('GitHub is told', () => {
  it('by an issue, a status of the environment and a comment, when a deployment fails (S4.5, S2.5)', async () => {
    const world = await startWithGitHub({ services: [SERVICE] });
    await world.pipeline.earnFirst('staging', SERVICE);
    await world.pipeline.deploy('staging', 'conflicto-backend-staging:unhealthy', SERVICE, asked);
    const verdict = await world.pipeline.verdict(2400);
    expect(verdict.type).toBe('DeploymentRolledBack');
    await world.pipeline.pass(30);
    const [issue, ...others] = await seenOn(world).issues();
    expect(others).toEqual([]);
    expect(issue?.labels.map((label) => (typeof label === 'string' ? label : label.name))).toEqual([
      'deployment',
      'rollback',
      'urgent',
      'staging',
    ]);
    for (const part of ['`staging`', '`v2.0.0`', OTHER_SHA, RUN, 'Rollback worked: yes']) expect(issue?.body).toContain(part);
    const [deployment] = await seenOn(world).deployments({ sha: OTHER_SHA });
    expect(deployment?.statuses.at(-1)).toMatchObject({ state: 'failure', environment: 'staging', log_url: RUN });
    expect(deployment?.statuses.at(-1)?.description).toMatch(/^v2\.0\.0 was rolled back/);
    const [comment, ...more] = await seenOn(world).comments(7);
    expect(more).toEqual([]);
    expect(comment).toMatch(/\[deployment\]\(https:\/\/[^)]*\/deployments\/staging\)/);
  }, 120_000);

  it('by a check run with a summary at the end, where it is an App (S5.2)', async () => {
    const by = "app: { id: 4711, installation: 42, key: '${ssm:/switchyard/github-key}' }";
    const world = await startWithGitHub({ services: [SERVICE], by });
    await world.pipeline.deploy('staging', 'conflicto-backend-staging:good', SERVICE, { ...asked, commit: SHA });
    expect((await world.pipeline.verdict()).type).toBe('DeploymentSucceeded');
    await world.pipeline.pass(30);
    const [check, ...others] = await seenOn(world).checks(SHA);
    expect(others).toEqual([]);
    expect(check).toMatchObject({ name: `switchyard/staging/${SERVICE}`, conclusion: 'success' });
    for (const part of ['`staging`', '`v2.0.0`', SHA, RUN]) expect(check?.output.summary).toContain(part);
    expect(await seenOn(world).statuses(SHA)).toEqual([]);
  }, 120_000);
});
