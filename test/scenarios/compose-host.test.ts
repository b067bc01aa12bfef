import { describe, expect, it } from 'vitest';
import { NAME, startHosts } from './hosts.ts';

describe('a deployment to a host', () => {
  it('of a good image is verified, by one command that names it', async () => {
    const pipeline = await startHosts();
    await pipeline.deploy('better');
    const { type, detail } = await pipeline.verdict(900);
    expect(type, JSON.stringify(detail.reason)).toBe('DeploymentSucceeded');
    expect(await pipeline.serves()).toEqual(['better']);
    const commands = await pipeline.commands();
    expect(commands.map(({ Comment }) => Comment)).toEqual([`switchyard ${detail.deployment} start ${pipeline.machines[0]?.id}`]);
  });

  it.each([
    ['unhealthy', 'host-unhealthy', 'does not become healthy'],
    ['crashing', 'host-unhealthy', 'it cannot go on'],
  ])('of an image that is %s goes back, and what served before serves', async (tag, code, message) => {
    const pipeline = await startHosts();
    await pipeline.earnFirst('prod', NAME, 900);
    const [before] = await pipeline.serves();
    await pipeline.deploy(tag);
    const { type, detail } = await pipeline.verdict(1800);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(await pipeline.serves()).toEqual([before]);
  });

  it('that fails its checks a while later goes back at once', async () => {
    const pipeline = await startHosts({ service: { bakeSeconds: 120, alarms: ['errors'] } });
    await pipeline.earnFirst('prod', NAME, 900);
    await pipeline.deploy('better');
    await pipeline.bakes('prod:better', 900);
    await pipeline.setAlarm('errors', 'ALARM');
    const { detail } = await pipeline.until(({ type }) => type === 'DeploymentRolledBack', 900);
    expect(detail.reason?.message).toContain('errors');
    expect(await pipeline.serves()).toEqual(['good']);
  });

  it('goes back when a person asks for it', async () => {
    const pipeline = await startHosts();
    await pipeline.earnFirst('prod', NAME, 900);
    await pipeline.deploy('better');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    await pipeline.put('RollbackRequested', { environment: 'prod', service: NAME, reason: 'not what we wanted' });
    expect((await pipeline.verdict(900)).type).toBe('RollbackSucceeded');
    expect(await pipeline.serves()).toEqual(['good']);
  });

  it('needs no event', async () => {
    const pipeline = await startHosts();
    pipeline.faults.lose = ({ action, body }) => action === 'sqs:SendMessage' && /EC2 Command/.test(body);
    await pipeline.deploy('better');
    expect((await pipeline.verdict(3600)).type).toBe('DeploymentSucceeded');
  });

  it('is told of its end by an event', async () => {
    const pipeline = await startHosts();
    await pipeline.deploy('better');
    await pipeline.verdict(900);
    expect(pipeline.log.join('\n')).toContain('EC2 Command Status-change Notification');
  });

  it('that somebody else overtakes is theirs', async () => {
    const pipeline = await startHosts({ service: { bakeSeconds: 300, alarms: ['errors'] } });
    await pipeline.deploy('better');
    await pipeline.until(({ detail }) => detail['phase'] === 'baking', 900);
    await pipeline.run(pipeline.reference('good'));
    const { type, detail } = await pipeline.verdict(1800);
    expect(type).toBe('DeploymentFailed');
    expect(detail.reason?.code).toBe('taken-over');
    expect(await pipeline.serves()).toEqual(['good']);
  });
});

describe('a deployment to several hosts', () => {
  it('goes from one to the next, by their tag', async () => {
    const pipeline = await startHosts({ hosts: 3, target: { instances: undefined, tags: { Name: 'web' } } });
    await pipeline.deploy('better');
    expect((await pipeline.verdict(1800)).type).toBe('DeploymentSucceeded');
    expect(await pipeline.serves()).toEqual(['better', 'better', 'better']);
    expect(await pipeline.commands()).toHaveLength(3);
  });

  it('stops at the first that fails', async () => {
    const pipeline = await startHosts({ hosts: 3 });
    await pipeline.earnFirst('prod', NAME, 1800);
    await pipeline.deploy('unhealthy');
    expect((await pipeline.verdict(1800)).type).toBe('DeploymentRolledBack');
    expect(await pipeline.serves()).toEqual(['good', 'good', 'good']);
    const made = (await pipeline.commands()).filter(({ Parameters }) =>
      Parameters?.['commands']?.[0]?.includes(`deploy ${pipeline.reference('unhealthy')}`),
    );
    expect(made).toHaveLength(1);
  });

  it('of which one is offline is refused, with its name', async () => {
    const pipeline = await startHosts({ hosts: 2 });
    pipeline.machines[1]?.setOnline(false);
    await pipeline.deploy('better');
    const { type, detail } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentFailed');
    expect(detail.reason).toMatchObject({
      code: 'host-offline',
      message: expect.stringContaining(pipeline.machines[1]?.id ?? ''),
    });
    expect(await pipeline.serves()).toEqual(['initial', 'initial']);
  });
});
