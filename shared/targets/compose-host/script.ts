import type { Failure } from '../../deployment/observations.ts';
import { type Config, isShell, planOf } from './config.ts';
import type { HostFailure } from './refusals.ts';

/** What the script is told to do. `expect`: digests, one of which has to be active (the one that is wanted may be, too). */
export interface Order {
  readonly action: 'deploy' | 'rollback' | 'status';
  readonly image: string;
  readonly expect: readonly string[];
}

/** The document's parameters. Nothing in them is a secret: events carry them. */
export const parametersOf = (config: Config, { action, image, expect }: Order): Record<string, string[]> => {
  const { script, executionSeconds } = planOf(config);
  const wanted = expect.join(',');
  const executionTimeout = [String(executionSeconds)];
  if (!isShell(config)) return { Action: [action], Image: [image], Expect: [wanted], executionTimeout };
  const words = [script, ...(wanted === '' ? [] : ['--expect', wanted]), action, ...(image === '' ? [] : [image])];
  return { commands: [words.join(' ')], executionTimeout };
};

/** The line that the script ends with (`infrastructure/compose-host/README.md`, "Answers"). */
export interface Told {
  readonly what: string;
  readonly code: string;
  readonly digest: string;
  readonly image: string;
  readonly message: string;
  readonly logs: string;
  readonly busy: boolean;
  /** Of the active colour's container. */
  readonly state: string;
}

const recordIn = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // what is no JSON is not the script's
  }
};

const stateIn = (container: unknown): string =>
  typeof container === 'object' && container !== null && 'state' in container && typeof container.state === 'string'
    ? container.state
    : '';

/** `undefined`: the script has not come to its end. */
export const toldIn = (output: string): Told | undefined => {
  const told = recordIn(output.trimEnd().split('\n').at(-1) ?? '');
  if (told === undefined || typeof told['what'] !== 'string') return undefined;
  const text = (name: string): string => (typeof told[name] === 'string' ? told[name] : '');
  const state = stateIn(told[text('colour')]);
  const [what, code, digest, image] = [text('what'), text('code'), text('digest'), text('image')];
  return { what, code, digest, image, message: text('message'), logs: text('logs'), busy: told['busy'] === true, state };
};

const MEANING: Readonly<Record<string, { readonly code: HostFailure; readonly evidence: boolean }>> = {
  configuration: { code: 'host-configuration', evidence: false },
  'nginx-configuration': { code: 'host-configuration', evidence: false },
  locked: { code: 'host-busy', evidence: false },
  'no-space': { code: 'host-full', evidence: false },
  pull: { code: 'host-pull', evidence: false },
  'unknown-image': { code: 'host-pull', evidence: false },
  migration: { code: 'host-migration', evidence: true },
  start: { code: 'host-start', evidence: false },
  unhealthy: { code: 'host-unhealthy', evidence: true },
  'nginx-reload': { code: 'host-switch', evidence: false },
  check: { code: 'host-switch', evidence: false },
  stuck: { code: 'host-stuck', evidence: false },
};

/** What a reason carries at most; the container's last lines are cut at their beginning. */
const LONGEST = 4000;

/** What the script says of its failure on a host. */
export const failureTold = (host: string, { code, message, logs }: Told): Failure => {
  const meaning = MEANING[code] ?? { code: 'host-script', evidence: false };
  const said = `host ${host}: ${message}`.slice(0, LONGEST);
  const room = LONGEST - said.length - 1;
  return { ...meaning, message: logs === '' || room < 1 ? said : `${said}\n${logs.slice(-room)}` };
};
