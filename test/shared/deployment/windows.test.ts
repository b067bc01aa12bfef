import { describe, expect, it } from 'vitest';
import type { Service, Stretch, Window } from '../../../shared/deployment/types.ts';
import { isOfOther, windowHeard, windowRead } from '../../../shared/deployment/windows.ts';
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

describe('an alarm that two services share', () => {
  const stretch = (deployment: string, at: number, underWay = false): Stretch => ({
    deployment,
    at: NOW + at,
    underWay,
    ...(underWay ? { begun: NOW + at } : {}),
  });
  const aboutToBegin = (deployment: string, at: number): Stretch => ({ deployment, at: NOW + at, underWay: true });
  const ours = service({ history: [stretch('d-1', -50, true), stretch('d-1', -40)] });
  const verified = (deployment: string) => [{ revision: revision(1, 'a'), digest: digest('a'), deployment, at: NOW }];
  const theirs = (over: Partial<Service>, ...history: readonly Stretch[]) =>
    service({ name: 'other', verified: [], history, ...over });
  const isTheirs = (other: Service, own = ours) => isOfOther(own, other, alarm({ at: NOW }), 30);
  const begun = stretch('d-2', -10, true);

  it.each<[which: string, of: boolean, other: Service, own?: Service]>([
    ['that was under way, and is', true, theirs({ active: 'd-2' }, begun)],
    ['that began as it rang', true, theirs({ active: 'd-2' }, stretch('d-2', 0, true))],
    ['that was under way, and that another undoes', true, theirs({ active: 'r-1' }, begun)],
    ['that was under way, and of whose end nothing is known', false, theirs({ active: 'd-3' }, begun, aboutToBegin('d-3', -5))],
    ['that was under way, and ends as it rang', false, theirs({ verified: verified('d-0') }, begun, stretch('d-0', 0))],
    ['that was under way, and was gone back from since', true, theirs({}, begun, stretch('d-0', 1))],
    ['that was under way, and of whose end nothing is known', false, theirs({}, begun)],
    ['that was under way as this one was', false, theirs({ active: 'd-2' }, begun), service({ history: [begun] })],
    [
      'that was deployed later, and whose window is open',
      true,
      theirs({ window: { ...window, deployment: 'd-2' } }, stretch('d-2', -30)),
    ],
    ['that was deployed later, and was left since', true, theirs({}, stretch('d-2', -30))],
    ['that was deployed later, longer ago than its window lasts', false, theirs({}, stretch('d-2', -31))],
    ['that was deployed later, and is well without a window', false, theirs({ verified: verified('d-2') }, stretch('d-2', -30))],
    ['that was left since, and something else was verified', true, theirs({ verified: verified('d-0') }, stretch('d-2', -30))],
    ['that was deployed at the same time', false, theirs({}, stretch('d-2', -30)), service({ history: [stretch('d-1', -30)] })],
    ['that was deployed earlier', false, theirs({}, stretch('d-2', -30)), service({ history: [stretch('d-1', -20)] })],
    ['where others have put something', false, theirs({}, { at: NOW - 10, underWay: false })],
    ['that began after it rang', false, theirs({ active: 'd-2' }, stretch('d-2', 1, true))],
    ['that began, though it had been about to for long', true, theirs({ active: 'd-2' }, { ...begun, at: NOW - 1000 })],
    ['that was about to begin as it rang, and began since', false, theirs({ active: 'd-2' }, { ...begun, begun: NOW + 1 })],
    ['that is about to begin', false, theirs({ active: 'd-2' }, aboutToBegin('d-2', -10))],
    [
      'that is about to begin, and was deployed later',
      true,
      theirs({ active: 'd-3' }, stretch('d-2', -30), aboutToBegin('d-3', -10)),
    ],
    [
      'that was under way as this one was about to begin',
      true,
      theirs({ active: 'd-2' }, begun),
      service({ history: [...ours.history, aboutToBegin('d-3', -20)] }),
    ],
    ['while nothing is known of this one', false, theirs({ active: 'd-2' }, begun), service({ history: [] })],
  ])('is another´s %s: %s', (_, of, other, own) => {
    expect(isTheirs(other, own)).toBe(of);
  });
});
