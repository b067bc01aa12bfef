import { masked } from './secrets.ts';

/**
 * One JSON object a line. Fields given to `with` are in every later line. No message bodies, only what is named here; and what looks
 * like a secret, because somebody has put one into a name or a reason, is masked.
 */
export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  with(fields: Fields): Log;
}

export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** `write` takes a finished line; `now` is in milliseconds since the epoch. */
export const createLog = (write: (line: string) => void, now: () => number, always: Fields = {}): Log => {
  const line =
    (level: string) =>
    (message: string, fields: Fields = {}) =>
      write(JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...maskedFields({ ...always, ...fields }) }));
  return {
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => createLog(write, now, { ...always, ...fields }),
  };
};

/** No field is longer than this many characters. */
const LONGEST_FIELD = 2048;

const maskedFields = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? masked(value.slice(0, LONGEST_FIELD)) : value,
    ]),
  );

/** What to say of something that was thrown. */
export const describeError = (error: unknown): { error: string; reason: string } =>
  error instanceof Error ? { error: error.name, reason: error.message } : { error: 'unknown', reason: String(error) };
