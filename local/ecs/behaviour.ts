import type { LocalImage } from '../ports.ts';

/** How a container of an image behaves, from the image's labels. Nothing but the local ECS reads them. */
export interface Behaviour {
  /** From the task's creation until its container runs. */
  readonly startSeconds: number;
  /** `ok`: 200; `unhealthy`: 500 on every path; `hangs`: no answer. */
  readonly health: 'ok' | 'unhealthy' | 'hangs';
  /** The container exits with this code after `exitAfterSeconds`. */
  readonly exitCode?: number;
  readonly exitAfterSeconds: number;
  /** It answers 500 from so many seconds after its start on. */
  readonly failsAfterSeconds?: number;
}

const PREFIX = 'switchyard.local.';
const KNOWN = ['start-seconds', 'health', 'exit-code', 'exit-after-seconds', 'fails-after-seconds', 'findings'];

const seconds = (labels: LocalImage['labels'], name: string): number | undefined => {
  const text = labels[`${PREFIX}${name}`];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new Error(`label ${PREFIX}${name} is "${text}", and has to be a number of 0 or more`);
  return value;
};

const HEALTHS = ['ok', 'unhealthy', 'hangs'] as const;

/** Throws for a label of the namespace that is not known, or whose value makes no sense. */
export const behaviourOf = (labels: LocalImage['labels'], startSeconds: number): Behaviour => {
  for (const label of Object.keys(labels)) {
    if (label.startsWith(PREFIX) && !KNOWN.includes(label.slice(PREFIX.length))) {
      throw new Error(`label ${label} is not known; known are ${KNOWN.map((name) => PREFIX + name).join(', ')}`);
    }
  }
  const health = labels[`${PREFIX}health`] ?? 'ok';
  const known = HEALTHS.find((value) => value === health);
  if (known === undefined) throw new Error(`label ${PREFIX}health is "${health}", and has to be one of ${HEALTHS.join(', ')}`);
  const exitCode = seconds(labels, 'exit-code');
  const failsAfterSeconds = seconds(labels, 'fails-after-seconds');
  return {
    startSeconds: seconds(labels, 'start-seconds') ?? startSeconds,
    health: known,
    ...(exitCode === undefined ? {} : { exitCode }),
    exitAfterSeconds: seconds(labels, 'exit-after-seconds') ?? 0.5,
    ...(failsAfterSeconds === undefined ? {} : { failsAfterSeconds }),
  };
};
