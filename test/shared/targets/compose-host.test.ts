import { ListCommandsCommand, SendCommandCommand, type SendCommandCommandInput } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../../shared/deployment/observations.ts';
import { composeHost } from '../../../shared/targets/compose-host.ts';
import { NotYetError } from '../../../shared/targets/not-yet.ts';
import type { Job } from '../../../shared/targets/target.ts';
import { digestOf, imageOf, localHosts } from './local-hosts.ts';

type Local = Awaited<ReturnType<typeof localHosts>>;

const started = async (local: Local, given: Job = local.job): Promise<{ readonly job: Job; readonly rollout: Rollout }> => {
  const looked = await local.target().current(given);
  if (looked.kind === 'refused') throw new Error(looked.failure.message);
  const job = { ...given, before: looked.current };
  const answer = await local.target().start(job);
  if (answer.kind === 'refused') throw new Error(answer.failure.message);
  return { job: { ...job, rollout: answer.rollout }, rollout: answer.rollout };
};

const failed = async (name: string) => {
  const local = await localHosts();
  const { job, rollout } = await started(local, local.withImage(name));
  await local.clock.advance(120_000);
  return local.target().observe(job, rollout);
};

describe('a look at hosts', () => {
  it('is sent, and answered later: nobody waits', async () => {
    const { impatient, job, clock } = await localHosts();
    await expect(impatient().current(job)).rejects.toThrow(NotYetError);
    await expect(impatient().current(job)).rejects.toThrow('have not said yet');
    await clock.advance(2000);
    expect(await impatient().current(job)).toMatchObject({
      kind: 'current',
      current: { revision: { id: digestOf('initial'), image: imageOf('initial') }, settled: true, desired: 1 },
    });
  });

  it('of before is none of the present', async () => {
    const { impatient, job, clock, calls } = await localHosts();
    await expect(impatient().current(job)).rejects.toThrow(NotYetError);
    await clock.advance(91_000);
    await expect(impatient().current(job)).rejects.toThrow('are asked');
    expect(calls.filter(({ action }) => action === 'SendCommand')).toHaveLength(2);
  });

  it('that was asked for before, and arrives while the script is at it, is none of what it has done', async () => {
    const local = await localHosts();
    const { job, rollout } = await started(local);
    const look = local.calls.find(({ action }) => action === 'SendCommand')?.input ?? '';
    await local.ssm.send(new SendCommandCommand(JSON.parse(look) as SendCommandCommandInput));
    await local.clock.advance(60_000);
    expect(await local.target().observe(job, rollout)).toEqual({ phase: 'completed', desired: 1 });
  });

  it('of a rollback is none of the deployment that it leaves', async () => {
    const local = await localHosts();
    const { job } = await started(local);
    await local.clock.advance(60_000);
    const looked = await local.target().current({ ...job, rollback: 'r-1' });
    expect(looked).toMatchObject({ kind: 'current', current: { revision: { id: digestOf('good') } } });
  });

  it('says that a host is offline, and that one never took it', async () => {
    const local = await localHosts({ hosts: 2 });
    local.hosts[1]?.setOnline(false);
    expect(await local.target().current(local.job)).toMatchObject({
      kind: 'refused',
      failure: { code: 'host-offline', message: expect.stringContaining(`${local.hosts[1]?.id} (ConnectionLost)`) },
    });
    local.hosts[1]?.setOnline(true);
    await expect(local.impatient().current(local.job)).rejects.toThrow(NotYetError);
    local.hosts[1]?.setOnline(false);
    await local.clock.advance(70_000);
    local.hosts[1]?.setOnline(true);
    expect(await local.target().current(local.job)).toMatchObject({
      kind: 'refused',
      failure: { code: 'host-offline', message: expect.stringContaining('did not take the command in time') },
    });
  });

  it('says that hosts run different images, and does not go back to that', async () => {
    const local = await localHosts({ hosts: 2 });
    await local.send(imageOf('better'), [local.hosts[0]?.id ?? '']);
    await local.clock.advance(60_000);
    const looked = await local.target().current(local.job);
    const [one, two] = local.hosts;
    const id = `${one?.id}=${digestOf('better')},${two?.id}=${digestOf('initial')}`;
    expect(looked).toMatchObject({ kind: 'current', current: { settled: false, revision: { id } } });
    const to = { id, image: imageOf('better') };
    expect(await local.target().restore(local.job, to)).toMatchObject({ failure: { code: 'nothing-to-go-back-to' } });
  });
});

describe('a deployment to hosts', () => {
  it.each([
    ['never becomes healthy', 'sick', 'host-unhealthy', true, 'does not become healthy'],
    ['ends', 'dead', 'host-unhealthy', true, 'it cannot go on'],
    ['cannot migrate', 'migrating', 'host-migration', true, 'exit code 3'],
    ['is nowhere', 'nowhere', 'host-pull', false, 'cannot pull'],
  ])('of an image that %s fails, and says what serves', async (_, name, code, evidence, message) => {
    const seen = await failed(name);
    expect(seen).toMatchObject({ phase: 'failed', failure: { code, evidence }, running: { id: digestOf('initial') } });
    expect(seen.phase === 'failed' && seen.failure.message).toContain(message);
    expect(seen.phase === 'failed' && seen.failure.message).toContain('serves as before');
  });

  it('goes from one to the next, when the one before has ended', async () => {
    const local = await localHosts({ hosts: 3 });
    const looked = await local.target().current(local.job);
    const job: Job = { ...local.job, ...(looked.kind === 'current' ? { before: looked.current } : {}) };
    await expect(local.impatient().start(job)).rejects.toThrow(`${local.hosts[0]?.id} is at it`);
    await expect(local.impatient().start({ ...job, again: true })).rejects.toThrow(`${local.hosts[0]?.id} is at it`);
    expect(local.rollouts()).toBe(1);
    await local.clock.advance(30_000);
    await expect(local.impatient().start({ ...job, again: true })).rejects.toThrow(`${local.hosts[1]?.id} is at it`);
    const answer = await local.target().start({ ...job, again: true });
    expect(answer).toMatchObject({ kind: 'started', desired: 3 });
    expect(local.rollouts()).toBe(3);
    await local.clock.advance(120_000);
    const rollout = answer.kind === 'started' ? answer.rollout : undefined;
    if (rollout !== undefined)
      expect(await local.target().observe({ ...job, rollout }, rollout)).toEqual({ phase: 'completed', desired: 3 });
  });

  it('stops at the first host that fails, and all of them go back', async () => {
    const local = await localHosts({ hosts: 3 });
    const looked = await local.target().current(local.job);
    const job: Job = { ...local.withImage('sick'), ...(looked.kind === 'current' ? { before: looked.current } : {}) };
    const answer = await local.target().start(job);
    expect(answer).toMatchObject({ kind: 'refused', begun: true, failure: { code: 'host-unhealthy', evidence: true } });
    expect(local.runs.filter(({ script }) => script.includes(' deploy '))).toHaveLength(1);
    const to = { id: digestOf('initial'), image: imageOf('initial'), digest: digestOf('initial') };
    expect(await local.target().restore({ ...job, again: true }, to)).toMatchObject({ kind: 'called' });
    await local.clock.advance(60_000);
    expect(local.runs.filter(({ script }) => script.includes(' rollback '))).toHaveLength(3);
  });

  it('is ended on its host before the way back, though it was never delivered', async () => {
    const local = await localHosts();
    const { job } = await started(local);
    local.hosts[0]?.setOnline(false);
    await local.clock.advance(2000);
    const to = job.before?.revision ?? { id: '', image: '' };
    await expect(local.impatient().restore(job, to)).rejects.toThrow('is being cancelled');
    local.hosts[0]?.setOnline(true);
    expect((await local.target().restore(job, to)).kind).toBe('called');
    await local.clock.advance(120_000);
    expect(local.runs.filter(({ script }) => script.includes(' deploy '))).toEqual([]);
  });

  it('that is never delivered says so', async () => {
    const local = await localHosts();
    const looked = await local.target().current(local.job);
    local.hosts[0]?.setOnline(true);
    const job: Job = { ...local.job, ...(looked.kind === 'current' ? { before: looked.current } : {}) };
    const answer = await local.target().start(job);
    local.hosts[0]?.setOnline(false);
    await local.clock.advance(120_000);
    const rollout = answer.kind === 'started' ? answer.rollout : undefined;
    expect(rollout).toBeDefined();
    if (rollout !== undefined)
      expect(await local.target().observe(job, rollout)).toMatchObject({
        phase: 'failed',
        failure: { code: 'host-not-delivered', message: expect.stringContaining('within 60 s') },
      });
  });
});

describe('the configuration of a target of hosts', () => {
  const sent = async (config: Readonly<Record<string, unknown>>) => {
    const local = await localHosts();
    const [host] = local.hosts;
    const job = { ...local.job, config: { kind: 'compose-host', instances: [host?.id], ...config } };
    const { rollout } = await started(local, job);
    const { Commands: [command] = [] } = await local.ssm.send(new ListCommandsCommand({ CommandId: rollout.id }));
    return command;
  };

  it('says where the script is, and which times it has', async () => {
    const config = { script: '/srv/app/deploy.sh', deliverySeconds: 90, executionSeconds: 600 };
    expect(await sent(config)).toMatchObject({
      Comment: expect.stringMatching(/^switchyard d-1 start mi-/),
      TimeoutSeconds: 90,
      Parameters: {
        commands: [`/srv/app/deploy.sh --expect ${digestOf('initial')} deploy ${imageOf('good')}`],
        executionTimeout: ['600'],
      },
    });
  });

  it.each([
    ['to CloudWatch Logs', { logGroup: '/hosts' }, 'CloudWatchOutputConfig'],
    ['to S3', { bucket: 'hosts' }, 'OutputS3BucketName'],
  ])('sends the output %s, which the local cloud refuses by name', async (_, output, member) => {
    const local = await localHosts();
    const job = { ...local.job, config: { ...local.job.config, output } };
    const looked = await local.target().current(job);
    const before = looked.kind === 'current' ? { before: looked.current } : {};
    expect(await local.target().start({ ...job, ...before })).toMatchObject({
      kind: 'refused',
      failure: { code: 'command-refused', message: expect.stringContaining(member) },
    });
  });

  it('allows that document on those hosts alone (S3.4)', () => {
    const where = { account: '123456789012', region: 'eu-west-1' };
    const commands = (config: Readonly<Record<string, unknown>>) =>
      composeHost
        .permissions({ kind: 'compose-host', ...config }, where)
        .start.filter(({ actions }) => actions.includes('ssm:SendCommand'))
        .map(({ resources, conditions }) => ({ resources, conditions }));
    expect(commands({ instances: ['i-0123456789abcdef0'] })).toEqual([
      { resources: ['arn:aws:ssm:eu-west-1::document/AWS-RunShellScript'], conditions: undefined },
      { resources: ['arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0'], conditions: undefined },
    ]);
    expect(commands({ tags: { Name: 'web' }, document: 'mine' })).toEqual([
      { resources: ['arn:aws:ssm:eu-west-1:123456789012:document/mine'], conditions: undefined },
      {
        resources: ['arn:aws:ec2:eu-west-1:123456789012:instance/*', 'arn:aws:ssm:eu-west-1:123456789012:managed-instance/mi-*'],
        conditions: { StringEquals: { 'ssm:resourceTag/Name': 'web' } },
      },
    ]);
  });
});
