import { describe, expect, it } from 'vitest';
import type { Settings, Site } from '../../../../shared/deployment/settings.ts';
import { alarm, deploy, inputs, NOW, revision, rollback, settings, verify, worldOf } from '../builders.ts';
import {
  byOther,
  COMPLETED,
  checked,
  DEPLOY_TIME,
  LEASE,
  LEFT,
  leased,
  looked,
  ROLLBACK_TIME,
  serving,
  settled,
  TWO,
  WELL,
  wake,
} from './parts.ts';
import { GONE, whole } from './whole.ts';

const site = (name: string, wave: number): Site => ({ name, account: '1', region: name, wave, target: settings.target });

const sites = [site('eu', 0), site('us', 1), site('asia', 1), site('rest', 2)];
const inSites = { settings: { ...settings, bakeSeconds: 0, sites } satisfies Settings };

const NEXT = revision(5, 'c');
const ROLLOUT = { revision: NEXT, id: 'eu=ecs-svc/2 us=ecs-svc/9', startedAt: NOW };

describe('a wave that is verified', () => {
  const passed = (over: object = {}) =>
    whole(
      worldOf(
        'verifying',
        { ...inSites, checkAttempts: 2, smokeAttempts: 1, checksPassed: true, wakeAt: NOW + 7, ...over },
        serving(),
      ),
      checked({ health: WELL, observation: COMPLETED }),
      verify,
    );

  it('is followed by the next, which has the whole time again', () => {
    expect(passed()).toEqual({
      deployment: {
        state: 'widening',
        wave: 1,
        startAttempts: 0,
        checkAttempts: 0,
        smokeAttempts: GONE,
        checksPassed: GONE,
        nextCheckAt: GONE,
        deadline: NOW + DEPLOY_TIME - 10_000,
        wakeAt: NOW,
        wakeNumber: 2,
        sequence: 2,
      },
      events: [{ type: 'DeploymentProgressed', sequence: 2, phase: 'wave', message: 'eu: verified; next: us, asia' }],
      wakes: [wake('deploy', 'd-new', 2)],
    });
  });

  it('after a bake is, too', () => {
    const world = worldOf('baking', { settings: { ...inSites.settings, bakeSeconds: 10 }, wave: 1 }, serving());
    expect(whole(world, checked({ observation: COMPLETED }), verify)).toMatchObject({
      deployment: { state: 'widening', wave: 2, bakeUntil: GONE },
      events: [{ message: 'us, asia: verified; next: rest' }],
    });
  });

  it('is the end where it was the last', () => {
    expect(passed({ wave: 2 })).toMatchObject({ deployment: { state: 'succeeded', outcome: { verified: true } } });
  });
});

describe('what was rolled out', () => {
  const told = (id: string, over: object) =>
    whole(
      worldOf('rolling-out', { ...over, rollout: { ...ROLLOUT, revision: { ...NEXT, id } } }, serving()),
      { kind: 'observed', observation: COMPLETED },
      verify,
    )['events'];

  it('is told of the sites of this wave, and of one place without a name', () => {
    const id = 'eu=arn/api:2 us=arn/api:8 asia=arn/api:5 rest=arn/api:1';
    expect(told(id, { ...inSites, wave: 1 })).toMatchObject([{ message: 'us api:8, asia api:5 is rolled out' }, {}]);
    expect(told('arn/api:2', {})).toMatchObject([{ message: 'api:2 is rolled out' }, {}]);
  });
});

describe('widening', () => {
  const here = (over: object = {}) => worldOf('widening', { ...inSites, ...over }, leased());

  it('looks first, and starts what it has begun before', () => {
    expect(whole(worldOf('widening', inSites, serving()), { kind: 'woken' }, deploy)).toEqual({
      deployment: { wakeAt: NOW + 120_000, wakeNumber: 2 },
      service: { lease: LEASE },
      effect: { kind: 'look' },
    });
    expect(whole(worldOf('widening', { ...inSites, startAttempts: 1 }, serving()), { kind: 'woken' }, deploy)).toEqual({
      deployment: { startAttempts: 2, wakeAt: NOW + 120_000, wakeNumber: 2 },
      service: { lease: LEASE },
      effect: { kind: 'start' },
    });
    expect(whole(worldOf('widening', inSites, byOther), { kind: 'woken' }, deploy)).toEqual({
      deployment: { wakeAt: NOW + 7000, wakeNumber: 2 },
      wakes: [wake('deploy', 'd-new', 2, 7)],
    });
  });

  it('after its deadline goes back', () => {
    const message = 'it did not come to an end in the time that was stated for it; the last answer was: us: no answer';
    const world = worldOf('widening', { ...inSites, deadline: NOW, troubles: 1, trouble: 'us: no answer' }, serving());
    expect(whole(world, { kind: 'woken' }, deploy)).toMatchObject({
      deployment: { state: 'rolling-back', failure: { code: 'deadline', message }, leaving: LEFT, deadline: NOW + ROLLBACK_TIME },
    });
    expect(whole(here({ deadline: NOW + 1 }), { kind: 'woken' }, deploy)).toMatchObject({ effect: { kind: 'look' } });
  });

  it('keeps what the next sites run now, and calls', () => {
    const now = settled(revision(8, 'd'));
    const quiet = alarm({ state: 'OK' });
    const input = looked({ current: { current: now }, alarms: [quiet] });
    expect(whole(here({ baseline: [quiet.arn], troubles: 2 }), input, deploy)).toEqual({
      deployment: { before: now, baseline: [], startAttempts: 1, troubles: 0, wakeAt: NOW + 120_000, wakeNumber: 2 },
      service: {},
      effect: { kind: 'start' },
    });
  });

  it('goes back where the next sites cannot be asked, the image is gone, or an alarm fires', () => {
    const denied = { code: 'role-denied', message: 'us: no', evidence: false };
    const back = (failure: object) => ({ deployment: { state: 'rolling-back', failure, destination: revision(1, 'a') } });
    expect(whole(here(), looked({ current: { refused: denied } }), deploy)).toMatchObject(back(denied));
    const missing = { code: 'image-missing', message: 'it is gone' };
    expect(whole(here(), looked({ missing }), deploy)).toMatchObject(back({ ...missing, evidence: false }));
    expect(whole(here(), looked({ alarms: [alarm()] }), deploy)).toMatchObject(back({ code: 'alarm', evidence: true }));
  });

  it('minds no look that comes late', () => {
    expect(whole(here({ startAttempts: 1 }), looked(), deploy)).toEqual({});
    const { current: _, ...none } = inputs.looked;
    expect(whole(here(), none, deploy)).toEqual({});
  });

  it('rolls out when the call is answered', () => {
    const answered = { kind: 'start-answered', answer: { rollout: ROLLOUT, desired: 4 } } as const;
    expect(whole(here({ startAttempts: 1, troubles: 1 }), answered, deploy)).toEqual({
      deployment: { state: 'rolling-out', rollout: ROLLOUT, desired: 4, troubles: 0, wakeAt: NOW + 120_000, wakeNumber: 2 },
      service: { lease: GONE },
      wakes: [wake('verify', 'd-new', 2, 120)],
    });
    const soon = { ...answered, answer: { ...answered.answer, lookInSeconds: 20 } };
    expect(whole(here({ startAttempts: 1 }), soon, deploy)).toMatchObject({ deployment: { wakeAt: NOW + 20_000 } });
  });

  it('goes back where the call is refused', () => {
    const refused = { code: 'service-missing', message: 'us: there is no such service', evidence: false };
    expect(whole(here({ startAttempts: 1 }), { kind: 'start-answered', answer: { refused } }, deploy)).toMatchObject({
      deployment: { state: 'rolling-back', failure: refused, leaving: LEFT },
      wakes: [wake('rollback', 'd-new', 2)],
    });
  });

  it('is cancelled, and stopped by alarms and by tasks that end', () => {
    expect(whole(here(), inputs['cancel-requested'], rollback)).toMatchObject({
      deployment: { state: 'rolling-back', failure: { code: 'cancelled' } },
    });
    const rang = whole(here(), inputs['alarm-changed'], rollback);
    expect(rang).toMatchObject({ deployment: { state: 'rolling-back', failure: { code: 'alarm' } } });
    expect(rang).not.toHaveProperty('events');
    const stopped = whole(
      here({ rollout: { revision: TWO, id: `eu=${inputs['task-stopped'].rollout}`, startedAt: NOW } }),
      { ...inputs['task-stopped'], revision: 'another' },
      verify,
    );
    expect(stopped).toMatchObject({ deployment: { state: 'rolling-back', failure: { code: 'task-stopped' } } });
  });
});

describe('a first wave of which one site refuses', () => {
  const refused = { code: 'role-denied', message: 'us: no', evidence: false };

  it('is undone where another was begun, and is no change where none was', () => {
    const world = worldOf('starting', { startAttempts: 1, baselineAt: NOW - 5, before: settled(revision(1, 'a')) }, leased());
    expect(whole(world, { kind: 'start-answered', answer: { refused, begun: true } }, deploy)).toMatchObject({
      deployment: { state: 'rolling-back', failure: refused },
    });
    expect(whole(world, { kind: 'start-answered', answer: { refused } }, deploy)).toMatchObject({
      deployment: { state: 'failed', outcome: { changed: false } },
    });
  });
});
