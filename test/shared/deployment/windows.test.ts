import { describe, expect, it } from 'vitest';
import type { Window } from '../../../shared/deployment/types.ts';
import { windowHeard, windowRead } from '../../../shared/deployment/windows.ts';
import { alarm, digest, NOW, revision, service } from './builders.ts';

const window: Window = {
  deployment: 'd-old',
  revision: revision(1, 'a'),
  digest: digest('a'),
  opensAt: NOW - 600_000,
  closesAt: NOW + 600_000,
  alarms: ['arn:alarm:errors'],
  baseline: [],
};

describe('an open window', () => {
  it('asks for a rollback when its alarm rings', () => {
    expect(windowHeard(service({ window }), alarm(), 'OK').ringing).toMatchObject({ name: 'errors' });
  });

  it('counts an alarm by when it fired, not by when it was heard of', () => {
    expect(windowHeard(service({ window }), alarm({ at: window.opensAt - 1 }), 'OK').ringing).toBeUndefined();
    expect(windowHeard(service({ window }), alarm({ at: window.closesAt + 1 }), 'OK').ringing).toBeUndefined();
    expect(windowRead(service({ window }), [alarm({ at: window.closesAt })], window.closesAt + 60_000).ringing).toBeDefined();
  });

  it('does not count an alarm that fired before the start until it has been OK', () => {
    const firing = service({ window: { ...window, baseline: ['arn:alarm:errors'] } });
    expect(windowHeard(firing, alarm(), 'INSUFFICIENT_DATA').ringing).toBeUndefined();
    expect(windowHeard(firing, alarm(), 'OK').ringing).toBeDefined();
    const quiet = windowHeard(firing, alarm({ state: 'OK' }), 'ALARM').service;
    expect(quiet?.window?.baseline).toEqual([]);
  });

  it('is looked at again within five minutes, and when it closes', () => {
    expect(windowRead(service({ window }), [], NOW).service?.wakeAt).toBe(NOW + 300_000);
    expect(windowRead(service({ window }), [], window.closesAt - 1000).service?.wakeAt).toBe(window.closesAt);
  });

  it('closes when its time is over', () => {
    const closed = windowRead(service({ window }), [alarm({ state: 'OK' })], window.closesAt).service;
    expect(closed).not.toHaveProperty('window');
    expect(closed).not.toHaveProperty('wakeAt');
  });

  it('of another service is not concerned', () => {
    expect(windowHeard(service(), alarm(), 'OK')).toEqual({});
    expect(windowHeard(service({ window }), alarm({ arn: 'arn:alarm:other' }), 'OK')).toEqual({});
  });
});
