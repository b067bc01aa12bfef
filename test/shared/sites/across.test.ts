import { describe, expect, it } from 'vitest';
import type { Failure, Observation, Revision, Rollout } from '../../../shared/deployment/observations.ts';
import { isIdOf, joined, partsOf, shortId } from '../../../shared/deployment/parts.ts';
import type { Site } from '../../../shared/deployment/settings.ts';
import { across } from '../../../shared/sites/across.ts';
import { NotYetError } from '../../../shared/targets/not-yet.ts';
import type { Job, Looked, Restored, Started, Target } from '../../../shared/targets/target.ts';

const DIGEST = `sha256:${'b'.repeat(64)}`;

const site = (name: string, wave: number): Site => ({
  name,
  account: '123456789012',
  region: name,
  wave,
  target: { kind: 'made-up', cluster: name },
});

const revision = (id: string, digest: string | undefined = DIGEST): Revision => ({
  id,
  image: 'app@b',
  ...(digest === undefined ? {} : { digest }),
});

const failure = (code: string): Failure => ({ code, message: 'no', evidence: false });

/** What each site answers, and what it was asked. */
interface Answers {
  readonly current?: Looked;
  readonly start?: Started;
  readonly observe?: Observation;
  readonly restore?: Restored;
  readonly fails?: Error;
}

const world = (
  answers: Readonly<Record<string, Answers>>,
  waves: Readonly<Record<string, number>> = { eu: 0, us: 1, asia: 1 },
  infrastructure: readonly string[] = [],
) => {
  const asked: { readonly site: string; readonly method: string; readonly job: Job; readonly other?: unknown }[] = [];
  const targetOf = (name: string): Target => {
    const said = answers[name] ?? {};
    const ask = async <T>(method: string, answer: T | undefined, job: Job, other?: unknown): Promise<T> => {
      asked.push({ site: name, method, job, ...(other === undefined ? {} : { other }) });
      if (said.fails !== undefined) throw said.fails;
      if (answer === undefined) throw new Error(`nobody expected ${method} of ${name}`);
      return answer;
    };
    return {
      kind: 'made-up',
      schema: {},
      permissions: () => ({ current: [], start: [], observe: [], restore: [] }),
      current: (job) => ask('current', said.current, job),
      start: (job) => ask('start', said.start, job),
      observe: (job, rollout) => ask('observe', said.observe, job, rollout),
      restore: (job, to) => ask('restore', said.restore, job, to),
      proceed: async (job, _, pause) => void (await ask('proceed', 'done', job, pause)),
    };
  };
  const parts = Object.entries(waves).map(([name, wave]) => ({
    site: { ...site(name, wave), ...(infrastructure.includes(name) ? { infrastructure: true as const } : {}) },
    target: targetOf(name),
  }));
  const methods = () => asked.map(({ site: where, method }) => `${where} ${method}`).sort();
  return { target: across(parts), asked, methods };
};

const job = (over: Partial<Job> = {}): Job => ({
  deployment: 'd-1',
  config: { kind: 'made-up' },
  again: false,
  wave: 0,
  ...over,
});

const BEFORE = { revision: revision('eu=t:1 us=t:7 asia=t:4'), settled: true, desired: 6 };
const ROLLOUT: Rollout = { revision: revision('eu=t:2 us=t:7 asia=t:4'), id: 'eu=r-2', startedAt: 5 };
const WIDE: Rollout = { revision: revision('eu=t:2 us=t:8 asia=t:5'), id: 'eu=r-2 us=r-8 asia=r-5', startedAt: 5 };

describe('ids of several sites', () => {
  it('are theirs, each after its name, and are told apart again', () => {
    const ids = new Map([
      ['eu', 'arn:aws:ecs:eu-west-1:1:task-definition/app:2'],
      ['us', ''],
    ]);
    expect(joined(ids)).toBe('eu=arn:aws:ecs:eu-west-1:1:task-definition/app:2 us=');
    expect(partsOf(joined(ids))).toEqual(ids);
    expect(partsOf('ecs-svc/2')).toEqual(new Map());
    expect(partsOf('')).toEqual(new Map());
  });

  it('are said in short', () => {
    expect(shortId('arn:aws:ecs:eu-west-1:1:task-definition/app:2')).toBe('app:2');
    expect(shortId('eu=arn:aws:ecs:eu-west-1:1:task-definition/app:2 us=arn:aws:ecs:us-east-1:1:task-definition/app:9')).toBe(
      'eu app:2, us app:9',
    );
  });

  it.each([
    ['ecs-svc/2', 'ecs-svc/2', true],
    ['ecs-svc/2', 'ecs-svc/20', false],
    ['eu=ecs-svc/2 us=ecs-svc/3', 'ecs-svc/3', true],
    ['eu=ecs-svc/2 us=ecs-svc/3', 'ecs-svc/4', false],
    ['eu=ecs-svc/2', 'eu', false],
  ])('%s is that of %s: %s', (id, told, yes) => {
    expect(isIdOf(id, told)).toBe(yes);
  });
});

describe('looking', () => {
  const runs = (id: string, over: object = {}): Answers => ({
    current: { kind: 'current', current: { revision: revision(id), settled: true, desired: 2, ...over } },
  });

  it('is done in every site, with the config that it has there', async () => {
    const { target, asked } = world({ eu: runs('t:1'), us: runs('t:7'), asia: runs('t:4') });
    expect(await target.current(job())).toEqual({ kind: 'current', current: BEFORE });
    expect(asked.map(({ job: { config } }) => config['cluster'])).toEqual(['eu', 'us', 'asia']);
  });

  it('tells what is not settled anywhere, and no digest that is not everywhere', async () => {
    const other = {
      ...runs('t:7', { revision: { ...revision('t:7', `sha256:${'c'.repeat(64)}`), image: 'app@c' }, settled: false }),
    };
    const { target } = world({ eu: runs('t:1'), us: other, asia: runs('t:4', { desired: 0 }) });
    expect(await target.current(job())).toEqual({
      kind: 'current',
      current: { revision: { id: BEFORE.revision.id, image: 'eu=app@b us=app@c asia=app@b' }, settled: false, desired: 4 },
    });
  });

  it('leaves alone what this deployment has brought: what ran there before is known', async () => {
    const { target, methods } = world({ us: runs('t:70'), asia: runs('t:40') });
    expect(await target.current(job({ wave: 1, before: BEFORE, rollout: ROLLOUT }))).toMatchObject({
      current: { revision: { id: 'eu=t:1 us=t:70 asia=t:40' } },
    });
    expect(methods()).toEqual(['asia current', 'us current']);
  });

  it('refuses where a site refuses, by its name', async () => {
    const { target } = world({
      eu: runs('t:1'),
      us: { current: { kind: 'refused', failure: failure('role-denied') } },
      asia: runs('t:4'),
    });
    expect(await target.current(job())).toEqual({
      kind: 'refused',
      failure: { code: 'role-denied', message: 'us: no', evidence: false },
    });
  });

  it('fails with the site that does not answer', async () => {
    const { target } = world({ eu: runs('t:1'), us: { fails: new Error('connect ECONNREFUSED') }, asia: runs('t:4') });
    await expect(target.current(job())).rejects.toThrow('us: connect ECONNREFUSED');
  });
});

describe('starting', () => {
  const begins = (id: string, rollout: string, over: object = {}): Answers => ({
    start: { kind: 'started', rollout: { revision: revision(id), id: rollout, startedAt: 5 }, desired: 2, ...over },
  });

  it('begins the sites of the wave, and no other', async () => {
    const { target, methods } = world({ eu: begins('t:2', 'r-2') });
    expect(await target.start(job({ before: BEFORE }))).toEqual({ kind: 'started', rollout: ROLLOUT, desired: 2 });
    expect(methods()).toEqual(['eu start']);
  });

  it('adds a later wave to what is there, and looks when the first has something to tell', async () => {
    const { target, asked } = world({
      us: begins('t:8', 'r-8', { lookInSeconds: 30 }),
      asia: begins('t:5', 'r-5', { lookInSeconds: 20 }),
    });
    const answer = await target.start(job({ wave: 1, before: BEFORE, rollout: ROLLOUT, again: true }));
    expect(answer).toEqual({ kind: 'started', rollout: WIDE, desired: 4, lookInSeconds: 20 });
    expect(asked[0]?.job).toMatchObject({ again: true, before: { revision: { id: 't:7' } } });
    expect(asked[0]?.job).not.toHaveProperty('rollout');
  });

  it('names the image and its digest again when the last site has it', async () => {
    const other = `sha256:${'c'.repeat(64)}`;
    const of = (id: string, digest: string): Revision => ({ id, image: `app@${digest}`, digest });
    const start = (id: string, rollout: string): Answers => ({
      start: { kind: 'started', rollout: { revision: of(id, DIGEST), id: rollout, startedAt: 5 }, desired: 2 },
    });
    const before = { revision: of('eu=t:1 us=t:7', other), settled: true, desired: 2 };
    const waves = { eu: 0, us: 1 };
    const first = await world({ eu: start('t:2', 'r-2') }, waves).target.start(job({ before }));
    if (first.kind === 'refused') throw new Error('it is refused');
    expect(first.rollout.revision).toEqual({ id: 'eu=t:2 us=t:7', image: `eu=app@${DIGEST} us=app@${other}` });
    const later = world({ us: start('t:8', 'r-8') }, waves).target;
    expect(await later.start(job({ wave: 1, before, rollout: first.rollout }))).toMatchObject({
      rollout: { revision: of('eu=t:2 us=t:8', DIGEST) },
    });
  });

  it('that is refused in one site says whether another was begun', async () => {
    const refused: Answers = { start: { kind: 'refused', failure: failure('service-missing') } };
    const both = world({ us: begins('t:8', 'r-8'), asia: refused });
    expect(await both.target.start(job({ wave: 1, before: BEFORE, rollout: ROLLOUT }))).toEqual({
      kind: 'refused',
      failure: { code: 'service-missing', message: 'asia: no', evidence: false },
      begun: true,
    });
    expect(both.methods()).toEqual(['asia start', 'us start']);
    expect(await world({ eu: refused }).target.start(job({ before: BEFORE }))).toMatchObject({ kind: 'refused' });
    expect(await world({ eu: refused }).target.start(job({ before: BEFORE }))).not.toHaveProperty('begun');
  });

  it('tells first of a call that may have taken effect', async () => {
    const throttled = Object.assign(new Error('slow down'), { $metadata: { httpStatusCode: 400 } });
    const { target } = world({ us: { fails: throttled }, asia: { fails: new Error('reset') } });
    await expect(target.start(job({ wave: 1, before: BEFORE }))).rejects.toThrow('asia: reset');
    const only = world({
      us: { fails: Object.assign(new Error('slow down'), { $metadata: { httpStatusCode: 400 } }) },
      asia: begins('t:5', 'r-5'),
    });
    await expect(only.target.start(job({ wave: 1, before: BEFORE }))).rejects.toMatchObject({
      message: 'us: slow down',
      $metadata: { httpStatusCode: 400 },
    });
    expect(only.methods()).toContain('asia start');
  });

  it('tells of one that has not answered yet where every other one has', async () => {
    const asked = () => new NotYetError(2, 'host i-1 was asked');
    const reset = world({ us: { fails: asked() }, asia: { fails: new Error('reset') } });
    await expect(reset.target.start(job({ wave: 1, before: BEFORE }))).rejects.toThrow('asia: reset');
    const only = world({ us: { fails: asked() }, asia: begins('t:5', 'r-5') });
    await expect(only.target.start(job({ wave: 1, before: BEFORE }))).rejects.toMatchObject({
      name: 'NotYetError',
      seconds: 2,
      message: 'us: host i-1 was asked',
    });
  });
});

describe('observing a rollout', () => {
  const sees = (us: Observation, asia: Observation = { phase: 'completed', desired: 2 }) =>
    world({ eu: { observe: { phase: 'completed', desired: 2 } }, us: { observe: us }, asia: { observe: asia } });
  const look = (...given: Parameters<typeof sees>) =>
    sees(...given).target.observe(job({ wave: 1, before: BEFORE, rollout: WIDE }), WIDE);
  const gone = { phase: 'gone', message: 'it is gone' } as const;
  const theirs = { phase: 'taken-over', running: revision('t:99'), message: 'they changed it' } as const;

  it('asks the sites that it is in, each for its own', async () => {
    const { target, asked, methods } = world({ eu: { observe: { phase: 'completed', desired: 2 } } });
    expect(await target.observe(job({ before: BEFORE, rollout: ROLLOUT }), ROLLOUT)).toEqual({ phase: 'completed', desired: 2 });
    expect(methods()).toEqual(['eu observe']);
    expect(asked[0]?.other).toMatchObject({ id: 'r-2', revision: { id: 't:2' } });
  });

  it('is over when it is everywhere', async () => {
    expect(await look({ phase: 'in-progress' })).toEqual({ phase: 'in-progress' });
    expect(await look({ phase: 'in-progress', lookInSeconds: 40 }, { phase: 'in-progress', lookInSeconds: 30 })).toEqual({
      phase: 'in-progress',
      lookInSeconds: 30,
    });
    const asked = (lookInSeconds: number) => ({ phase: 'asked', lookInSeconds }) as const;
    expect(await look(asked(2), { phase: 'in-progress' })).toEqual({ phase: 'in-progress' });
    expect(await look(asked(2), asked(5))).toEqual({ phase: 'asked', lookInSeconds: 5 });
    expect(await look({ phase: 'shifted', desired: 2 })).toEqual({ phase: 'shifted', desired: 6 });
    expect(await look({ phase: 'completed', desired: 0 })).toEqual({ phase: 'completed', desired: 4 });
  });

  it('waits at one pause after the other, by the name of its site', async () => {
    const paused = (pause: string): Observation => ({ phase: 'paused', pause, traffic: 'test' });
    expect(await look(paused('hook-1'), paused('hook-2'))).toEqual({ phase: 'paused', pause: 'us=hook-1', traffic: 'test' });
    expect(await look({ phase: 'in-progress' }, paused('hook-2'))).toEqual({
      phase: 'paused',
      pause: 'asia=hook-2',
      traffic: 'test',
    });
    const lasting = (pause: string): Observation => ({ ...paused(pause), lastsSeconds: 300 }) as Observation;
    expect(await look(lasting('42@10'), lasting('7@10'))).toMatchObject({ pause: 'us=42@10 asia=7@10', lastsSeconds: 300 });
    const { target, asked } = sees(paused('hook-1'));
    await target.proceed?.(job({ wave: 1, rollout: WIDE }), WIDE, 'us=hook-1');
    expect(asked).toMatchObject([{ site: 'us', method: 'proceed', other: 'hook-1', job: { rollout: { id: 'r-8' } } }]);
  });

  it('has failed where it has failed anywhere, and says what runs', async () => {
    const running = revision('eu=t:2 us=t:7 asia=t:5');
    for (const phase of ['failed', 'undone'] as const)
      expect(await look({ phase, failure: failure('ecs-failed'), running: revision('t:7') })).toEqual({
        phase: 'failed',
        failure: { code: 'ecs-failed', message: 'us: no', evidence: false },
        running,
      });
    expect(await look({ phase: 'undoing', failure: failure('ecs-rolled-back') }, { phase: 'in-progress' })).toMatchObject({
      phase: 'failed',
      running: { id: 'eu=t:2 us=t:8 asia=t:5' },
    });
  });

  it("of which one site is somebody else's now is undone in the others", async () => {
    expect(await look(theirs)).toEqual({
      phase: 'failed',
      failure: { code: 'taken-over', message: 'us: they changed it', evidence: false },
      running: revision('eu=t:2 us=t:99 asia=t:5'),
    });
    expect(await look(gone)).toMatchObject({ phase: 'failed', failure: { code: 'service-gone', message: 'us: it is gone' } });
  });

  it("is somebody else's where every site is", async () => {
    const all = (observe: Observation) => world({ eu: { observe }, us: { observe: theirs }, asia: { observe: theirs } }).target;
    expect(await all(theirs).observe(job({ wave: 1, rollout: WIDE }), WIDE)).toEqual({
      phase: 'taken-over',
      running: revision('eu=t:99 us=t:99 asia=t:99'),
      message: 'eu: they changed it; us: they changed it; asia: they changed it',
    });
    expect(await all(gone).observe(job({ wave: 1, rollout: WIDE }), WIDE)).toMatchObject({ phase: 'taken-over' });
    const { target } = world({ eu: { observe: gone } });
    expect(await target.observe(job({ rollout: ROLLOUT }), ROLLOUT)).toEqual({ phase: 'gone', message: 'eu: it is gone' });
  });
});

describe('going back', () => {
  const TO = BEFORE.revision;
  const called = (id: string, rollout: string): Answers => ({
    restore: { kind: 'called', rollout: { revision: revision(id), id: rollout, startedAt: 9 } },
  });
  const there = (settled: boolean, id?: string): Answers => ({
    restore: {
      kind: 'nothing',
      settled,
      ...(id === undefined ? {} : { rollout: { revision: revision(id), id: 'r-0', startedAt: 1 } }),
    },
  });

  it('is done in the sites that had their turn, and no other', async () => {
    const { target, methods, asked } = world({ eu: called('t:1', 'r-3') });
    expect(await target.restore(job({ before: BEFORE, rollout: ROLLOUT }), TO)).toEqual({
      kind: 'called',
      rollout: { revision: TO, id: 'eu=r-3', startedAt: 9 },
    });
    expect(methods()).toEqual(['eu restore']);
    expect(asked[0]).toMatchObject({ other: { id: 't:1' }, job: { rollout: { id: 'r-2' }, again: false } });
  });

  it('looks for what was begun without an answer', async () => {
    const { target, asked } = world({ eu: there(true), us: there(true), asia: there(true) });
    await target.restore(job({ wave: 1, before: BEFORE, rollout: ROLLOUT }), TO);
    expect(asked.map(({ site: where, job: { again } }) => [where, again])).toEqual([
      ['eu', false],
      ['us', true],
      ['asia', true],
    ]);
  });

  it('is done everywhere if a person asked for it, or if what ran is not what is gone back to', async () => {
    const all = () => world({ eu: there(true), us: there(false, 't:7'), asia: there(true) });
    const asked = all();
    const { wave: _, ...rest } = job();
    const found = { revision: revision('eu=t:2 us=t:8 asia=t:5'), id: '', startedAt: 5 };
    expect(await asked.target.restore({ ...rest, rollout: found, before: BEFORE }, TO)).toEqual({
      kind: 'nothing',
      settled: false,
      rollout: { revision: TO, id: 'eu= us=r-0 asia=', startedAt: 1 },
    });
    expect(asked.asked[0]?.job.rollout).toMatchObject({ id: '', revision: { id: 't:2' } });
    const other = all();
    await other.target.restore(job({ before: BEFORE, rollout: ROLLOUT }), revision('eu=t:1 us=t:6 asia=t:4'));
    expect(other.methods()).toEqual(['eu restore', 'us restore']);
  });

  it('tells of a revision that was registered again by its new name', async () => {
    const { target } = world({ eu: called('t:10', 'r-3') });
    expect(await target.restore(job({ before: BEFORE, rollout: ROLLOUT }), TO)).toMatchObject({
      rollout: { revision: { id: 'eu=t:10 us=t:7 asia=t:4' } },
    });
  });

  it('watches what a target undoes itself', async () => {
    const { target } = world({ eu: called('t:1', 'r-3'), us: { restore: { kind: 'watch' } }, asia: there(true) });
    expect(await target.restore(job({ wave: 1, before: BEFORE, rollout: WIDE }), TO)).toEqual({ kind: 'watch' });
  });

  it('says what cannot be brought back when the rest has come to rest', async () => {
    const refused: Answers = { restore: { kind: 'refused', failure: failure('revision-missing') } };
    const theirs: Answers = { restore: { kind: 'taken-over', running: revision('t:99'), message: 'they changed it' } };
    const back = (eu: Answers, us: Answers) =>
      world({ eu, us, asia: there(true) }).target.restore(job({ wave: 1, before: BEFORE, rollout: WIDE }), TO);
    expect(await back(called('t:1', 'r-3'), refused)).toEqual({ kind: 'watch' });
    expect(await back(there(false, 't:1'), theirs)).toEqual({ kind: 'watch' });
    expect(await back(there(true, 't:1'), refused)).toEqual({
      kind: 'refused',
      failure: { code: 'revision-missing', message: 'us: no', evidence: false },
    });
    expect(await back(there(true, 't:1'), theirs)).toMatchObject({
      kind: 'taken-over',
      running: { id: 'us=t:99' },
      message: 'us: they changed it',
    });
  });

  it('is refused where nobody knows what ran', async () => {
    const { target } = world({ eu: there(true), us: there(true), asia: there(true) });
    const before = { ...BEFORE, revision: revision('eu=t:1 us=t:7') };
    expect(await target.restore(job({ wave: 1, before, rollout: WIDE }), revision('eu=t:1 us=t:7'))).toMatchObject({
      kind: 'refused',
      failure: { code: 'no-destination', message: expect.stringContaining('asia: it is not known what ran there before') },
    });
  });

  it('is to what was seen before where the destination does not know of a site', async () => {
    const { target, asked } = world({ eu: there(true, 't:1'), us: there(true, 't:7'), asia: there(true, 't:4') });
    const back = await target.restore(job({ wave: 1, before: BEFORE, rollout: WIDE }), revision('eu=t:1 us=t:7'));
    expect(back).toMatchObject({ kind: 'nothing', settled: true });
    expect(asked.map(({ site: where, other }) => [where, (other as Revision).id])).toEqual([
      ['eu', 't:1'],
      ['us', 't:7'],
      ['asia', 't:4'],
    ]);
  });

  const RESTORE: Rollout = { revision: TO, id: 'eu=r-3 us= asia=r-4', startedAt: 9 };
  const sees = (eu: Observation, us: Observation, asia: Observation = { phase: 'completed', desired: 2 }) =>
    world({ eu: { observe: eu }, us: { observe: us }, asia: { observe: asia } }).target.observe(
      job({ wave: 1, rollout: WIDE, restore: RESTORE }),
      RESTORE,
    );
  const done = { phase: 'completed', desired: 2 } as const;

  it('is over when it is everywhere; what moves is waited for first', async () => {
    expect(await sees(done, done)).toEqual({ phase: 'completed', desired: 6 });
    const failed = { phase: 'failed', failure: failure('ecs-failed'), running: revision('t:8') } as const;
    expect(await sees({ phase: 'in-progress' }, failed)).toEqual({ phase: 'in-progress' });
    expect(await sees({ phase: 'asked', lookInSeconds: 2 }, failed)).toEqual({ phase: 'asked', lookInSeconds: 2 });
    expect(await sees(done, failed)).toMatchObject({ phase: 'failed', failure: { message: 'us: no' } });
    const theirs = { phase: 'taken-over', running: revision('t:99'), message: 'they changed it' } as const;
    expect(await sees(done, theirs, failed)).toMatchObject({ phase: 'failed', failure: { message: 'asia: no' } });
    expect(await sees(done, theirs)).toEqual({
      phase: 'taken-over',
      running: revision('eu=t:1 us=t:99 asia=t:4'),
      message: 'us: they changed it',
    });
  });
});

describe('infrastructure below a service', () => {
  const STACKED = { revision: revision('infrastructure=v1@d service=t:1'), settled: true, desired: 2 };
  const TURNED: Rollout = {
    revision: revision('infrastructure=v2@d service=t:2'),
    id: 'infrastructure=b-2 service=r-2',
    startedAt: 5,
  };
  const stack = (infrastructure: Answers, service: Answers) =>
    world({ infrastructure, service }, { infrastructure: 0, service: 1 }, ['infrastructure']);
  const at = (id: string, settled = true): Answers => ({
    restore: { kind: 'nothing', settled, rollout: { revision: revision(id), id: '', startedAt: 1 } },
  });
  const bring = (id: string, rollout: string): Answers => ({
    restore: { kind: 'called', rollout: { revision: revision(id), id: rollout, startedAt: 7 } },
  });
  const goBack = ({ target }: ReturnType<typeof stack>, over: Partial<Job> = {}) =>
    target.restore(job({ wave: 1, before: STACKED, rollout: TURNED, ...over }), STACKED.revision);

  it('serves nobody: only what the service has counts as desired', async () => {
    const seen = (id: string, desired: number): Answers => ({
      current: { kind: 'current', current: { revision: revision(id), settled: true, desired } },
      observe: { phase: 'completed', desired },
    });
    const { target } = stack(seen('v1@d', 1), seen('t:1', 0));
    expect(await target.current(job())).toMatchObject({ current: { desired: 0 } });
    expect(await target.observe(job({ wave: 1, rollout: TURNED }), TURNED)).toEqual({ phase: 'completed', desired: 0 });
  });

  it('goes back when the service is back, and not before', async () => {
    const moving = stack(bring('v1@d', 'b-3'), bring('t:1', 'r-3'));
    expect(await goBack(moving)).toEqual({ kind: 'watch' });
    expect(moving.methods()).toEqual(['service restore']);
    const onItsWay = stack(bring('v1@d', 'b-3'), at('t:1', false));
    expect(await goBack(onItsWay)).toEqual({ kind: 'watch' });
    const back = stack(bring('v1@d', 'b-3'), at('t:1'));
    expect(await goBack(back)).toMatchObject({
      kind: 'called',
      rollout: { id: 'service= infrastructure=b-3', revision: { id: 'infrastructure=v1@d service=t:1' } },
    });
    expect(back.methods()).toEqual(['infrastructure restore', 'service restore']);
  });

  it('stays where the service cannot be brought back', async () => {
    const refused: Answers = { restore: { kind: 'refused', failure: failure('revision-missing') } };
    const stuck = stack(bring('v1@d', 'b-3'), refused);
    expect(await goBack(stuck)).toMatchObject({ kind: 'refused', failure: { message: 'service: no' } });
    expect(stuck.methods()).toEqual(['service restore']);
  });

  it('goes back alone where the service has not had its turn', async () => {
    const alone = stack(bring('v1@d', 'b-3'), at('t:1'));
    expect(await goBack(alone, { wave: 0 })).toMatchObject({ kind: 'called' });
    expect(alone.methods()).toEqual(['infrastructure restore']);
  });

  it('goes back to what was seen where the service was verified before it had any', async () => {
    const { target, asked } = stack(at('v1@d'), at('t:1'));
    await target.restore(job({ wave: 1, before: STACKED, rollout: TURNED }), revision('arn:aws:ecs:eu:1:task-definition/t:0'));
    expect(asked.map(({ site: where, other }) => [where, (other as Revision).id])).toEqual([
      ['service', 't:1'],
      ['infrastructure', 'v1@d'],
    ]);
  });
});
