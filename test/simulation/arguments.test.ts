import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.ts';

describe('what is asked of the simulator', () => {
  it('is a thousand seeds where nothing is said', () => {
    expect(readArguments([])).toMatchObject({ kind: 'work', work: { kind: 'seeds', from: 1, count: 1000, first: false } });
    expect(readArguments(['--schedules', '100000', '--from', '0', '--first', '--processes', '3'])).toEqual({
      kind: 'work',
      work: { kind: 'seeds', from: 0, count: 100_000, first: true },
      processes: 3,
    });
  });

  it('is one seed or one schedule, or deaths', () => {
    expect(readArguments(['--seed', '7'])).toEqual({ kind: 'seed', seed: 7 });
    expect(readArguments(['--schedule', 'kept.json'])).toEqual({ kind: 'schedule', file: 'kept.json' });
    expect(readArguments(['--part', '{}'])).toEqual({ kind: 'part', part: '{}' });
    for (const kind of ['deaths', 'pairs', 'notifiers'])
      expect(readArguments([`--${kind}`])).toMatchObject({ kind: 'work', work: { kind, every: 1 } });
    const hosts = { kind: 'elsewhere', every: 6, target: 'hosts' };
    expect(readArguments(['--elsewhere', '--target', 'hosts', '--every', '6'])).toMatchObject({ work: hosts });
    expect(readArguments(['--shifts', '--target', 'canary'])).toMatchObject({ work: { kind: 'shifts', target: 'canary' } });
  });

  const KNOWN =
    '--schedules, --from, --first, --processes, --seed, --schedule, --every, --target, --deaths, --pairs, --shifts, --elsewhere, --notifiers';

  it.each([
    [['--schedule5'], `Unknown option '--schedule5'; known are ${KNOWN}`],
    [['1000'], `Unexpected argument '1000'; known are ${KNOWN}`],
    [['--seed'], `Option '--seed <value>' argument missing; known are ${KNOWN}`],
    [['--schedules', '0'], '--schedules takes a whole number, 1 or more, not "0"'],
    [['--schedules', '1e5'], '--schedules takes a whole number, 1 or more, not "1e5"'],
    [['--from', '1.5'], '--from takes a whole number, 0 or more, not "1.5"'],
    [['--seed', ''], '--seed takes a whole number, 0 or more, not ""'],
    [['--seed', '99999999999999999'], '--seed takes a whole number, 0 or more, not "99999999999999999"'],
    [['--processes', '0'], '--processes takes a whole number, 1 or more, not "0"'],
    [['--deaths', '--every', '0'], '--every takes a whole number, 1 or more, not "0"'],
    [['--every', '3'], '--every does not go with a run of seeds; leave one of them out'],
    [['--seed', '7', '--schedules', '10'], '--schedules does not go with --seed; leave one of them out'],
    [['--schedule', 'kept.json', '--from', '1'], '--from does not go with --schedule; leave one of them out'],
    [['--deaths', '--first'], '--first does not go with --deaths; leave one of them out'],
    [['--deaths', '--pairs'], '--pairs does not go with --deaths; leave one of them out'],
    [['--notifiers', '--target', 'hosts'], '--target does not go with --notifiers; leave one of them out'],
    [['--shifts', '--target', 'hosts'], '--shifts has no target "hosts"; it has blue-green, canary, linear, codedeploy, sites'],
  ])('that cannot be done is refused: %j', (given, message) => {
    expect(() => readArguments(given)).toThrow(message);
  });
});
