import { expect, it } from 'vitest';
import { meetingsOf } from './meetings.ts';
import type { Step } from './plan.ts';

const CALL = { function: 'deploy', action: 'UpdateService' } as const;
const first: Step = { at: 0, do: 'redrive' };
const meeting: Step = { at: 50, do: 'replace-functions', meets: { ...CALL, nth: 2, seconds: 5, done: true } };

const met = () => {
  const done: Step[] = [];
  const meetings = meetingsOf({ steps: [first, meeting] }, async (step) => void done.push(step));
  return { done, meetings };
};

it('happens at the call that it waits for, and at no other', async () => {
  const { done, meetings } = met();
  const others = [CALL, { ...CALL, action: 'DescribeServices' }, { ...CALL, function: 'rollback' }].map(meetings.at);
  expect([others, done]).toEqual([[undefined, undefined, undefined], []]);
  expect(meetings.at(CALL)).toEqual(meeting.meets);
  expect(done).toEqual([meeting]);
  expect([await meetings.hasMet(first), await meetings.hasMet(meeting)]).toEqual([false, true]);
});

it('does not happen once more when the call comes after its time', async () => {
  const { done, meetings } = met();
  expect(await meetings.hasMet(meeting)).toBe(false);
  expect([meetings.at(CALL), meetings.at(CALL)]).toEqual([undefined, undefined]);
  expect(done).toEqual([]);
});
