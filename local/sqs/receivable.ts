import type { Message } from './message.ts';
import { isVisible, type Queue, visibleAt } from './queue.ts';

interface Line {
  /** False once a message of the group that cannot be received has been met: none behind it can be, either. */
  open: boolean;
  readonly messages: Message[];
}

/**
 * A FIFO queue's messages, as receives hand them out: of each group the unbroken run from its oldest message on, and the groups
 * in the order in which the first of each run became visible.
 * That a hidden message stops those behind it, and no others, is recorded of AWS ("group_visibility_extends…").
 */
const inGroups = (queue: Queue, now: number): readonly Message[] => {
  const lines = new Map<string | undefined, Line>();
  for (const message of queue.messages.values()) {
    const line = lines.get(message.groupId) ?? { open: true, messages: [] };
    lines.set(message.groupId, line);
    line.open = line.open && isVisible(queue, message, now);
    if (line.open) line.messages.push(message);
  }
  const waitingLonger = ({ messages: [left] }: Line, { messages: [right] }: Line): number =>
    left === undefined || right === undefined
      ? Number(left === undefined) - Number(right === undefined)
      : visibleAt(queue, left) - visibleAt(queue, right) || left.turn - right.turn;
  return [...lines.values()].sort(waitingLonger).flatMap(({ messages }) => messages);
};

/** What a receive may return now, in its order. */
export const receivable = (queue: Queue, now: number): readonly Message[] =>
  queue.fifo ? inGroups(queue, now) : [...queue.messages.values()].filter((message) => isVisible(queue, message, now));
