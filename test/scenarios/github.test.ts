import { describe, expect, it } from 'vitest';
import { seenOn } from '../local/github/seen.ts';
import { OTHER_SHA, SHA } from '../local/github/stand-in.ts';
import { startWithGitHub } from './github.ts';

const SERVICE = 'adit-service-preprod';
const SERVICES = [SERVICE];
const RUN = 'https://github.com/acme/app/actions/runs/1';

describe('a deployment, on GitHub', () => {
  it('is a deployment of its commit with a status for what becomes of it, and a commit status', async () => {
    const world = await startWithGitHub({ services: SERVICES });
    await world.pipeline.deploy('preprod', 'preprod:good', SERVICE, { commit: SHA, version: 'v1.2.3', runUrl: RUN });
    await world.pipeline.verdict();
    await world.pipeline.pass(30);
    const [deployment, ...others] = await seenOn(world).deployments();
    expect(others).toEqual([]);
    expect(deployment).toMatchObject({
      sha: SHA,
      environment: 'preprod',
      task: `deploy:${SERVICE}`,
      payload: { version: 'v1.2.3' },
    });
    expect(deployment?.states[0]).toBe('queued');
    expect(deployment?.states).toContain('in_progress');
    expect(deployment?.statuses.at(-1)).toMatchObject({ state: 'success', log_url: RUN });
    const statuses = await seenOn(world).statuses(SHA);
    expect(new Set(statuses.map(({ context }) => context))).toEqual(new Set([`switchyard/preprod/${SERVICE}`]));
    expect(statuses.at(-1)).toMatchObject({ state: 'success', target_url: RUN });
    expect(await seenOn(world).issues()).toEqual([]);
  });

  it('that fails opens an issue, which a second failure comments on, and the next success closes (S4.5)', async () => {
    const world = await startWithGitHub({ services: SERVICES });
    await world.pipeline.earnFirst('preprod', SERVICE);
    for (const requestId of ['one', 'two']) {
      await world.pipeline.deploy('preprod', 'preprod:crashing', SERVICE, {
        requestId,
        commit: OTHER_SHA,
        version: 'v2',
        runUrl: RUN,
        force: true,
        reason: 'try',
      });
      expect((await world.pipeline.verdict(1200)).type).toBe('DeploymentRolledBack');
    }
    await world.pipeline.pass(30);
    const [issue, ...others] = await seenOn(world).issues();
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ state: 'open', title: `preprod: the deployment of ${SERVICE} v2 was rolled back` });
    expect(issue?.labels.map((label) => (typeof label === 'string' ? label : label.name))).toEqual([
      'deployment',
      'rollback',
      'urgent',
      'preprod',
    ]);
    for (const part of [
      'Environment: `preprod`',
      'Version: `v2`',
      `Commit: ${OTHER_SHA}`,
      `[run](${RUN})`,
      'Rollback worked: yes',
    ])
      expect(issue?.body).toContain(part);
    expect(await seenOn(world).comments(issue?.number ?? 0)).toHaveLength(1);
    await world.pipeline.deploy('preprod', 'preprod:better', SERVICE, { commit: SHA, version: 'v3' });
    await world.pipeline.verdict();
    await world.pipeline.pass(30);
    const [closed, ...more] = await seenOn(world).issues();
    expect(more).toEqual([]);
    expect(closed).toMatchObject({ number: issue?.number, state: 'closed' });
    expect((await seenOn(world).comments(issue?.number ?? 0)).at(-1)).toContain('The next deployment succeeded.');
  });
});
