import type { Action } from '../../service.ts';
import { invalid, onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { compilePattern } from '../pattern/match.ts';

const REQUIRED = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

/** The event has to have the members of an envelope (API reference, TestEventPattern). */
const parseEvent = (text: string): unknown => {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw invalid('Parameter Event is not valid.');
  }
  if (typeof event !== 'object' || event === null || REQUIRED.some((name) => !(name in event)))
    throw invalid('Parameter Event is not valid.');
  return event;
};

export const testEventPattern: Action<EventsStore> = (_, input) => {
  onlyKnown(input, ['EventPattern', 'Event'], 'TestEventPattern');
  const matches = compilePattern(String(input['EventPattern'] ?? ''));
  return { Result: matches(parseEvent(String(input['Event'] ?? ''))) };
};
