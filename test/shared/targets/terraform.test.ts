import { StopBuildCommand } from '@aws-sdk/client-codebuild';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { parseImageReference } from '../../../shared/registries/image-reference.ts';
import { stateKey } from '../../../shared/targets/terraform/config.ts';
import type { Module } from '../../in-process/terraform-builds.ts';
import { terraformStage } from './terraform-stage.ts';

type Local = Awaited<ReturnType<typeof terraformStage>>;

const open = async (module: Module = {}, config: Readonly<Record<string, unknown>> = {}): Promise<Local> => {
  const local = await terraformStage(module, config);
  await local.earn();
  return local;
};

/** What came of bringing a tag, as the target tells it. */
const outcome = async (local: Local, tag: string) => {
  const { job, rollout, before } = await local.bring('d-1', tag);
  return { job, rollout, before, seen: await local.target().observe(job, rollout) };
};

const bad =
  (why: string) =>
  ({ image_tag: tag }: Readonly<Record<string, string>>): string | undefined =>
    tag === 'crashing' ? why : undefined;

describe('an apply by CodeBuild', () => {
  it('gives the module the tag, and tells its plan', async () => {
    const local = await open();
    const { seen } = await outcome(local, 'good');
    expect(seen).toEqual({
      phase: 'completed',
      desired: 1,
      note: "Terraform's plan: 0 to add, 1 to change, 0 to destroy: update terraform_data.image",
    });
    expect((await local.stateJson(local.job)).outputs).toEqual({ image_tag: { value: 'good', type: 'string' } });
  });

  it('gives it the digest, or the whole image, where the catalogue says so', async () => {
    const local = await open({}, { variables: { digest: 'digest', image: 'image' } });
    const digest = await local.digestOf('good');
    const { named: _, ...job } = local.job;
    const before = await local.current(job);
    expect(await local.target().start({ ...job, before })).toMatchObject({
      kind: 'started',
      rollout: { revision: { id: `@${digest}` } },
    });
    await local.settle();
    expect((await local.stateJson(job)).outputs).toMatchObject({
      digest: { value: digest },
      image: { value: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/preprod@${digest}` },
    });
    expect(await local.runs()).toBe(`@${digest}`);
  });

  it('is refused without a tag where the module is told one', async () => {
    const local = await open();
    const { named: _, ...job } = local.job;
    const answer = await local.target().start({ ...job, before: await local.current(job) });
    expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'tag-missing', evidence: false } });
    expect(answer.kind === 'refused' && answer.failure.message).toContain('the request names the digest alone; name a tag');
    expect(local.rollouts()).toBe(0);
  });

  it('is not begun where the tag names another image than was accepted', async () => {
    const local = await open();
    const before = await local.current(local.job);
    const image = { repository: local.job.image?.repository ?? '', digest: `sha256:${'a'.repeat(64)}`, platforms: [] };
    const started = await local.target().start({ ...local.job, image, before });
    if (started.kind !== 'started') throw new Error('it was refused');
    await local.settle();
    const seen = await local.target().observe(local.job, started.rollout);
    expect(seen).toMatchObject({ phase: 'failed', failure: { code: 'tag-moved', evidence: false }, running: before.revision });
  });

  it.each<[string, Module, string, string]>([
    ['whose plan fails', { planFails: bad('no such argument') }, 'plan-failed', 'no such argument'],
    [
      'whose plan destroys what it may not',
      { destroys: ({ image_tag: tag }) => (tag === 'crashing' ? ['aws_db_instance.main', 'aws_ecs_task_definition.app'] : []) },
      'plan-refused',
      'would destroy or replace aws_db_instance.main',
    ],
  ])('%s changes nothing, and is no evidence against the image', async (_, module, code, message) => {
    const local = await open(module);
    const { seen, before } = await outcome(local, 'crashing');
    expect(seen).toMatchObject({ phase: 'failed', failure: { code, evidence: false }, running: before.revision });
    expect(seen.phase === 'failed' && seen.failure.message).toContain(message);
    expect(await local.target().restore(local.job, before.revision)).toMatchObject({ kind: 'nothing', settled: true });
    expect(local.rollouts()).toBe(1);
  });

  it('may destroy what the catalogue lists', async () => {
    const local = await open({ destroys: () => ['aws_db_instance.main'] }, { mayDestroy: ['aws_db_instance'] });
    expect((await outcome(local, 'good')).seen.phase).toBe('completed');
  });

  it('of a state that somebody holds the lock of says who', async () => {
    const local = await open();
    const lock = { ID: 'b7c1', Who: 'ann@laptop', Created: '2026-03-01T11:59:00Z' };
    await local.s3.send(
      new PutObjectCommand({
        Bucket: local.Bucket,
        Key: `${stateKey(local.job.config as never)}.tflock`,
        Body: JSON.stringify(lock),
      }),
    );
    const { seen, before } = await outcome(local, 'good');
    expect(seen).toMatchObject({ phase: 'failed', failure: { code: 'state-locked' }, running: before.revision });
    expect(seen.phase === 'failed' && seen.failure.message).toContain('ann@laptop');
  });

  it('that fails on its way is ours to undo, by another apply', async () => {
    const local = await open({ applyFails: bad('the cluster is gone') });
    const { seen, job, before } = await outcome(local, 'crashing');
    expect(seen).toMatchObject({
      phase: 'failed',
      failure: { code: 'apply-failed' },
      running: { id: expect.stringMatching(/^serial-2@/) },
    });
    expect(await local.current(job)).toMatchObject({ settled: false });
    const back = await local.target().restore(job, before.revision);
    expect(back).toMatchObject({ kind: 'called', rollout: { revision: before.revision } });
    await local.settle();
    expect(await local.runs()).toBe(before.revision.id);
  });

  it('that fails on its way is nobody else’s to undo when somebody has applied since', async () => {
    const local = await open({ applyFails: bad('the cluster is gone') });
    const { job, before } = await outcome(local, 'crashing');
    const theirs = await local.takeOver();
    expect(await local.target().restore(job, before.revision)).toMatchObject({ kind: 'taken-over', running: { id: theirs } });
  });

  it('is stopped on the way back before Terraform runs, and watched once it does', async () => {
    const local = await open();
    const before = await local.current(local.job);
    const started = await local.target().start({ ...local.job, before });
    if (started.kind !== 'started') throw new Error('it was refused');
    const job = { ...local.job, before, rollout: started.rollout };
    expect(await local.target().restore(job, before.revision)).toEqual({ kind: 'watch' });
    expect((await local.buildsOf())[0]).toMatchObject({ id: started.rollout.id, buildStatus: 'STOPPED' });
    expect(await local.target().restore(job, before.revision)).toMatchObject({ kind: 'nothing', settled: true });

    const second = await local.target().start({ ...local.job, deployment: 'd-2', before });
    if (second.kind !== 'started') throw new Error('it was refused');
    await local.clock.advance(10_000);
    const later = { ...job, deployment: 'd-2', rollout: second.rollout };
    expect(await local.target().restore(later, before.revision)).toEqual({ kind: 'watch' });
    expect((await local.buildsOf())[0]).toMatchObject({ id: second.rollout.id, buildStatus: 'IN_PROGRESS' });
    await local.settle();
    expect(await local.target().restore(later, before.revision)).toMatchObject({ kind: 'called' });
  });

  it('that somebody stops has failed, with its state as it is', async () => {
    const local = await open();
    const before = await local.current(local.job);
    const started = await local.target().start({ ...local.job, before });
    if (started.kind !== 'started') throw new Error('it was refused');
    await local.codebuild.send(new StopBuildCommand({ id: started.rollout.id }));
    expect(await local.target().observe(local.job, started.rollout)).toMatchObject({
      phase: 'failed',
      failure: { code: 'build-failed', message: expect.stringContaining('ended as STOPPED') },
      running: before.revision,
    });
  });

  it('waits for nobody: while another build applies, the service is theirs', async () => {
    const local = await open();
    const { job, before } = await outcome(local, 'good');
    const other = { ...(await local.jobFor('d-9', 'better')), before: await local.current(local.job) };
    await local.target().start(other);
    const answer = await local.target().restore(job, before.revision);
    expect(answer).toMatchObject({ kind: 'taken-over', message: expect.stringContaining('somebody else applies') });
  });
});

describe('what was applied by hand', () => {
  it('is gone back to by the tag that the state tells', async () => {
    const local = await open();
    const theirs = await local.takeOver();
    const { job, before } = await outcome(local, 'good');
    expect(before).toMatchObject({ settled: true, desired: 1, revision: { id: theirs, image: 'better' } });
    expect(parseImageReference(before.revision.image)).toHaveProperty('problem');
    const back = await local.target().restore(job, before.revision);
    expect(back).toMatchObject({ kind: 'called', rollout: { revision: { image: 'better' } } });
    await local.settle();
    expect((await local.stateJson(job)).outputs).toMatchObject({ image_tag: { value: 'better' } });
    expect(await local.target().restore(job, before.revision)).toMatchObject({ kind: 'nothing', settled: true });
  });

  it('is no way back where the state does not tell', async () => {
    const local = await open();
    const { serial, lineage } = await local.stateJson(local.job);
    const Body = JSON.stringify({ version: 4, serial: serial + 1, lineage, outputs: {} });
    await local.s3.send(new PutObjectCommand({ Bucket: local.Bucket, Key: stateKey(local.job.config as never), Body }));
    const { job, before } = await outcome(local, 'good');
    expect(await local.target().restore(job, before.revision)).toMatchObject({
      kind: 'refused',
      failure: { code: 'tag-missing', message: expect.stringContaining('give the module an output "image_tag"') },
    });
  });

  it('is not there before the first apply, to which nothing goes back', async () => {
    const local = await terraformStage();
    const { job, before, seen } = await outcome(local, 'good');
    expect(before).toEqual({ revision: { id: 'nothing', image: '' }, settled: true, desired: 0 });
    expect(seen.phase).toBe('completed');
    expect(await local.target().restore(job, before.revision)).toMatchObject({
      kind: 'refused',
      failure: { code: 'nothing-before' },
    });
  });

  it.each([
    ['state', (key: string) => key],
    ['record', (key: string) => `${key}.switchyard.json`],
  ])('cannot be seen where the %s is something else', async (_, keyOf) => {
    const local = await open();
    const Key = keyOf(stateKey(local.job.config as never));
    await local.s3.send(new PutObjectCommand({ Bucket: local.Bucket, Key, Body: '{"hello": 1}' }));
    const answer = await local.target().current(local.job);
    expect(answer).toMatchObject({
      kind: 'refused',
      failure: { code: 'state-unreadable', message: expect.stringContaining(Key) },
    });
  });
});
