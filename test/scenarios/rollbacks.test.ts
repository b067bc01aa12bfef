import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { startPipeline } from './pipeline.ts';

const preprod = async () => {
  const pipeline = await startPipeline();
  await pipeline.earnFirst('preprod', 'adit-service-preprod');
  const good = await pipeline.digestOf('preprod', 'good');
  const runs = () => pipeline.runningDigest('adit-preprod', 'adit-service-preprod');
  const deploy = (tag: string) => pipeline.deploy('preprod', `preprod:${tag}`, 'adit-service-preprod');
  return { pipeline, good, runs, deploy };
};

describe('a bad image', () => {
  it('that is unhealthy ends as rolled back, on the last verified digest, with the reason', async () => {
    const { pipeline, good, runs, deploy } = await preprod();
    await deploy('unhealthy');
    const verdict = await pipeline.verdict();
    expect(verdict).toMatchObject({
      type: 'DeploymentRolledBack',
      detail: { verdict: 'rolled-back', verified: true, running: { digest: good } },
    });
    expect(verdict.detail.reason?.message).toMatch(/health/i);
    expect(await runs()).toBe(good);
  });

  it('that crashes ends as rolled back, with the first stopped task and its exit code', async () => {
    const { pipeline, good, runs, deploy } = await preprod();
    await deploy('crashing');
    const verdict = await pipeline.verdict();
    expect(verdict).toMatchObject({
      type: 'DeploymentRolledBack',
      detail: { stopped: { exitCode: 1 }, running: { digest: good } },
    });
    expect(pipeline.typesOf(verdict.detail.deployment)).toContain('DeploymentProgressed');
    expect(await runs()).toBe(good);
  });

  it('is quarantined: asked for again it is rejected, and a person may force it', async () => {
    const { pipeline, deploy } = await preprod();
    await deploy('crashing');
    await pipeline.verdict();
    await deploy('crashing');
    expect(await pipeline.verdict()).toMatchObject({ type: 'DeploymentRejected', detail: { reason: { code: 'quarantined' } } });
    await pipeline.deploy('preprod', 'preprod:crashing', 'adit-service-preprod', { force: true, reason: 'to see it again' });
    expect((await pipeline.verdict()).type).toBe('DeploymentRolledBack');
  });
});

describe('an alarm', () => {
  it('during the bake rolls back at once', async () => {
    const { pipeline, good, runs, deploy } = await preprod();
    await deploy('better');
    await pipeline.bakes('preprod:better');
    await pipeline.setAlarm('adit-service-preprod-5xx', 'ALARM');
    const verdict = await pipeline.verdict();
    expect(verdict).toMatchObject({
      type: 'DeploymentRolledBack',
      detail: { reason: { code: 'alarm' }, running: { digest: good } },
    });
    expect(await runs()).toBe(good);
  });

  it('after success ends in a rollback of its own', async () => {
    const { pipeline, good, runs, deploy } = await preprod();
    await deploy('late');
    expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
    await pipeline.pass(60);
    await pipeline.setAlarm('adit-service-preprod-5xx', 'ALARM');
    const verdict = await pipeline.verdict();
    expect(verdict).toMatchObject({
      type: 'RollbackSucceeded',
      detail: { kind: 'rollback', reason: { code: 'alarm' }, running: { digest: good } },
    });
    expect(await runs()).toBe(good);
  });

  it('that still fires after the way back is not held against what was gone back to, until it fires anew', async () => {
    const { pipeline, good, runs, deploy } = await preprod();
    await deploy('better');
    await pipeline.bakes('preprod:better');
    await pipeline.setAlarm('adit-service-preprod-5xx', 'ALARM');
    const { detail } = await pipeline.verdict();
    expect(detail).toMatchObject({ verdict: 'rolled-back', running: { digest: good } });
    // For longer than the alarms of an open window go unread.
    await pipeline.pass(900);
    expect(pipeline.told.at(-1)?.detail.deployment).toBe(detail.deployment);
    expect(await runs()).toBe(good);
    await pipeline.setAlarm('adit-service-preprod-5xx', 'OK');
    await pipeline.pass(10);
    await pipeline.setAlarm('adit-service-preprod-5xx', 'ALARM');
    expect((await pipeline.verdict()).detail).toMatchObject({ kind: 'rollback', left: { digest: good } });
  });

  it('whose event is lost is read within five minutes of an open window', async () => {
    const { pipeline, runs, good, deploy } = await preprod();
    await deploy('better');
    await pipeline.verdict();
    pipeline.faults.lose = ({ action, body }) => action === 'sqs:SendMessage' && body.includes('CloudWatch Alarm State Change');
    await pipeline.setAlarm('adit-service-preprod-5xx', 'ALARM');
    expect(await pipeline.verdict(400)).toMatchObject({ type: 'RollbackSucceeded' });
    expect(await runs()).toBe(good);
  });

  it('that fires before the start is not counted, and the verdict says so', async () => {
    const { pipeline, deploy } = await preprod();
    await pipeline.pass(3700);
    await pipeline.setAlarm('adit-service-preprod-5xx', 'ALARM');
    await deploy('better');
    const verdict = await pipeline.verdict();
    expect(verdict.type).toBe('DeploymentSucceeded');
    expect(verdict.detail['notWatched']).toEqual(['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:adit-service-preprod-5xx']);
  });
});

describe('a person', () => {
  it('rolls back what runs; a second click leaves nothing twice (S1.6, S5.4)', async () => {
    const { pipeline, good, runs, deploy } = await preprod();
    await deploy('better');
    await pipeline.verdict();
    const click = () =>
      pipeline.put('RollbackRequested', {
        environment: 'preprod',
        service: 'adit-service-preprod',
        reason: 'customers complain',
      });
    await click();
    await click();
    const verdicts = await pipeline.verdicts(2);
    expect(verdicts.map(({ type }) => type).sort()).toEqual(['RollbackRejected', 'RollbackSucceeded']);
    expect(await runs()).toBe(good);
  });

  it('cancels a deployment under way, which becomes its own rollback and no quarantine', async () => {
    const { pipeline, good, runs, deploy } = await preprod();
    await deploy('slow');
    const started = await pipeline.until(
      ({ type, detail }) => type === 'DeploymentStarted' && detail.asked?.['image'] === 'preprod:slow',
    );
    await pipeline.put('DeploymentCancelRequested', {
      environment: 'preprod',
      service: 'adit-service-preprod',
      deployment: started.detail.deployment,
      reason: 'wrong version',
    });
    expect(await pipeline.verdict()).toMatchObject({ type: 'DeploymentRolledBack', detail: { reason: { code: 'cancelled' } } });
    expect(await runs()).toBe(good);
    await deploy('slow');
    expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
  });

  it('is told when there is no such deployment to cancel', async () => {
    const { pipeline } = await preprod();
    await pipeline.put('DeploymentCancelRequested', {
      environment: 'preprod',
      service: 'adit-service-preprod',
      deployment: `d-${'0'.repeat(26)}`,
    });
    const refused = await pipeline.until(({ type }) => type === 'CancelRejected', 120);
    expect(refused.detail.reason?.code).toBe('unknown-deployment');
  });

  it("is told of each cancel that names another service's deployment, and the events of that are others", async () => {
    const { pipeline } = await preprod();
    const [first] = pipeline.told;
    for (const actor of ['ann', 'bob']) {
      await pipeline.put('DeploymentCancelRequested', {
        environment: 'prod',
        service: 'adit-service-prod',
        deployment: first?.detail.deployment,
        actor,
      });
      await pipeline.until(({ type, detail }) => type === 'CancelRejected' && detail.asked?.['actor'] === actor, 120);
    }
  });

  it('who changes the service by hand keeps it: no call is made, and the verdict names what runs', async () => {
    const { pipeline, deploy } = await preprod();
    const first = await pipeline.service('adit-preprod', 'adit-service-preprod');
    await deploy('better');
    await pipeline.bakes('preprod:better');
    await pipeline.ecs.send(
      new UpdateServiceCommand({
        cluster: 'adit-preprod',
        service: 'adit-service-preprod',
        taskDefinition: first.taskDefinition,
      }),
    );
    const verdict = await pipeline.verdict();
    expect(verdict).toMatchObject({
      type: 'DeploymentFailed',
      detail: { reason: { code: 'taken-over' }, running: { id: first.taskDefinition } },
    });
  });
});

describe('the first deployment of all', () => {
  it('goes back to what ran before, if it fails', async () => {
    const pipeline = await startPipeline();
    const initial = await pipeline.service('adit-preprod', 'adit-service-preprod');
    await pipeline.deploy('preprod', 'preprod:unhealthy', 'adit-service-preprod');
    const verdict = await pipeline.verdict();
    expect(verdict).toMatchObject({ type: 'DeploymentRolledBack', detail: { running: { id: initial.taskDefinition } } });
  });
});
