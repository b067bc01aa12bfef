import type { Clock } from '../clock.ts';
import type { Host, HttpApp, Ran } from '../ports.ts';

/** How a container of an image behaves on a host. */
export interface HostImage {
  readonly healthy: boolean;
  /** It ends by itself. */
  readonly exits?: boolean;
  /** Of its migration. */
  readonly migration?: number;
  /** It answers 500 from so many seconds after its start on. */
  readonly failsAfterSeconds?: number;
}

interface Options {
  readonly clock: Clock;
  readonly id: string;
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** What the registry gives for `repository@sha256:…`; `undefined`: there is no such image. */
  readonly image: (reference: string) => HostImage | undefined;
}

type Colour = 'blue' | 'green';

interface Container {
  readonly image: string;
  state: 'running' | 'exited';
  startedAt: number;
}

interface World {
  readonly options: Options;
  readonly containers: Map<Colour, Container>;
  readonly migrated: Set<string>;
  readonly names: Map<string, string>;
  active: Colour;
  busy: boolean;
  online: boolean;
}

/** Seconds of each step; the script's own defaults where it has some. */
const TAKES = { status: 0.4, pull: 2, migrate: 1, health: 3, unhealthy: 20, drain: 1, lock: 60 } as const;

/** Words of the script's results, with their exit codes (`infrastructure/compose-host/README.md`). */
const CODES = {
  usage: 2,
  locked: 11,
  'taken-over': 12,
  pull: 20,
  migration: 21,
  unhealthy: 23,
  'unknown-image': 40,
  interrupted: 71,
} as const;

class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: keyof typeof CODES;
  readonly phase: string;
  readonly logs: string;

  constructor(code: keyof typeof CODES, phase: string, message: string, logs = '') {
    super(message);
    this.code = code;
    this.phase = phase;
    this.logs = logs;
  }
}

const digestOf = (image: string): string => image.split('@')[1] ?? '';
const other = (colour: Colour): Colour => (colour === 'blue' ? 'green' : 'blue');
const activeImage = ({ containers, active }: World): string => containers.get(active)?.image ?? '';

/** What the script is asked by a command of Systems Manager. */
const COMMAND = /^\S+(?: --expect '?([a-z0-9:,]*)'?)?(?: (deploy|rollback|status))?(?: (\S+))?\s*$/;

const waiting =
  ({ options: { clock } }: World, signal: AbortSignal) =>
  async (phase: string, seconds: number): Promise<void> => {
    await new Promise<void>((resolve) => {
      clock.after(seconds * 1000, resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    if (signal.aborted) throw new Failure('interrupted', phase, 'it was told to end');
  };

type Wait = ReturnType<typeof waiting>;

const lock = async (world: World, wait: Wait): Promise<void> => {
  for (let waited = 0; world.busy; waited += 1) {
    if (waited >= TAKES.lock) throw new Failure('locked', 'lock', 'another deployment has held the lock');
    await wait('lock', 1);
  }
  world.busy = true;
};

const expectActive = (world: World, expected: readonly string[], destination: string): void => {
  const active = digestOf(activeImage(world)) || 'none';
  if (expected.length === 0 || [...expected, destination].includes(active)) return;
  throw new Failure(
    'taken-over',
    'preflight',
    `${active} is active, and not ${expected.join(' ')}: somebody else has changed it`,
  );
};

const running = (world: World, image: string): Container => ({ image, state: 'running', startedAt: world.options.clock.now() });

/** The container is stopped again where anything fails before the flip. */
const goLive = async (world: World, image: string, wait: Wait): Promise<void> => {
  const idle = other(world.active);
  const behaviour = world.options.image(image);
  const container = running(world, image);
  world.containers.set(idle, container);
  try {
    if (behaviour?.exits === true)
      throw new Failure('unhealthy', 'health', `app_${idle} has ended with ${image}`, 'it cannot go on');
    await wait('health', behaviour?.healthy === true ? TAKES.health : TAKES.unhealthy);
    if (behaviour?.healthy !== true)
      throw new Failure('unhealthy', 'health', `app_${idle} does not become healthy with ${image}`);
  } catch (error) {
    container.state = 'exited';
    throw error;
  }
  const left = world.containers.get(world.active);
  world.active = idle;
  // Told to end from here on, it has done what it was asked for.
  await wait('drain', TAKES.drain).catch(() => undefined);
  if (left !== undefined) left.state = 'exited';
};

const pull = async (world: World, image: string, wait: Wait): Promise<void> => {
  await wait('pull', TAKES.pull);
  if (world.options.image(image) === undefined) throw new Failure('pull', 'pull', `cannot pull ${image}: not found`);
  world.names.set(digestOf(image), image);
};

const migrate = async (world: World, image: string, wait: Wait): Promise<void> => {
  if (world.migrated.has(digestOf(image))) return;
  await wait('migrate', TAKES.migrate);
  const code = world.options.image(image)?.migration ?? 0;
  if (code !== 0)
    throw new Failure('migration', 'migrate', `the migration of ${image} ended with exit code ${code}, and no traffic was moved`);
  world.migrated.add(digestOf(image));
};

const deploy = async (world: World, image: string, expected: readonly string[], wait: Wait): Promise<string> => {
  expectActive(world, expected, digestOf(image));
  await pull(world, image, wait);
  if (image === activeImage(world)) return stay(world);
  await migrate(world, image, wait);
  await goLive(world, image, wait);
  return 'deployed';
};

const stay = (world: World): string => {
  const container = world.containers.get(world.active);
  if (container === undefined || container.state === 'running') return 'unchanged';
  world.containers.set(world.active, running(world, container.image));
  return 'started';
};

/** A digest alone is pulled from where others came from. */
const completed = ({ names }: World, digest: string): string => {
  const [[, other] = []] = names;
  return names.get(digest) ?? (other === undefined ? '' : `${other.split('@')[0]}@${digest}`);
};

const rollback = async (world: World, asked: string, expected: readonly string[], wait: Wait): Promise<string> => {
  const idle = world.containers.get(other(world.active));
  const image = asked.startsWith('sha256:') ? completed(world, asked) : asked || (idle?.image ?? '');
  if (image === '')
    throw new Failure('unknown-image', 'preflight', 'there is nothing to go back to: no other colour was ever deployed');
  expectActive(world, expected, digestOf(image));
  if (image === activeImage(world)) return stay(world);
  if (idle?.image !== image) await pull(world, image, wait);
  await goLive(world, image, wait);
  return 'rolled-back';
};

const told = (world: World) => {
  const image = activeImage(world);
  return { colour: world.active, digest: digestOf(image), image };
};

const status = (world: World): Ran => {
  const container = (colour: Colour) => {
    const { image = '', state = 'absent' } = world.containers.get(colour) ?? {};
    return { digest: digestOf(image), state, health: state === 'running' ? 'healthy' : 'none' };
  };
  const answers = world.containers.get(world.active)?.state === 'running' ? '200' : '502';
  const { active, busy } = world;
  return ended(0, {
    ...{ what: 'status', code: 'done', ...told(world), upstream: active, linked: active, recorded: active, answers, busy },
    blue: container('blue'),
    green: container('green'),
  });
};

const ended = (exit: number, result: object): Ran => ({ exit, out: `${JSON.stringify(result)}\n`, err: '' });

const perform = async (world: World, script: string, signal: AbortSignal): Promise<Ran> => {
  const [whole, expect = '', command = 'deploy', image = ''] = COMMAND.exec(script) ?? [];
  if (whole === undefined) return { exit: 127, out: '', err: `sh: ${script.split(' ')[0]}: not found\n` };
  const wait = waiting(world, signal);
  const previous = digestOf(activeImage(world));
  const words = expect.split(',').filter((word) => word !== '');
  let holds = false;
  try {
    if (command === 'status') {
      await wait('status', TAKES.status);
      return status(world);
    }
    await lock(world, wait);
    holds = true;
    const what = await (command === 'deploy' ? deploy : rollback)(world, image, words, wait);
    return ended(0, {
      what,
      code: 'done',
      ...told(world),
      previous,
      phase: null,
      message: `app_${world.active} serves ${image}`,
      logs: '',
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, phase, message, logs } = error;
    const serves = `${message}; app_${world.active} serves as before`;
    return ended(CODES[code], { what: 'failed', code, ...told(world), previous, phase, message: serves, logs });
  } finally {
    if (holds) world.busy = false;
  }
};

/** What answers at the host's front. */
const appOf =
  (world: World): HttpApp =>
  async () => {
    const { clock, image } = world.options;
    const container = world.containers.get(world.active);
    if (container?.state !== 'running') return { status: 502, body: '' };
    const after = image(container.image)?.failsAfterSeconds ?? Number.POSITIVE_INFINITY;
    const isWell = clock.now() < container.startedAt + after * 1000;
    return { status: isWell ? 200 : 500, body: JSON.stringify({ image: container.image }) };
  };

export interface VirtualHost extends Host {
  readonly app: HttpApp;
  /** What runs before anything is deployed. */
  readonly install: (image: string) => void;
  readonly setOnline: (online: boolean) => void;
  /** Docker forgets the colour that does not serve. */
  readonly forgetIdle: () => void;
}

/** A host in which the script is modelled, as Systems Manager sees it; a test runs the same cases through the script itself. */
export const virtualHost = (options: Options): VirtualHost => {
  const world: World = {
    ...{ options, containers: new Map(), migrated: new Set(), names: new Map() },
    ...{ active: 'blue', busy: false, online: true },
  };
  const { id, name, tags = {} } = options;
  return {
    ...{ id, name, tags, app: appOf(world), online: () => world.online },
    run: ({ script, signal }) => perform(world, script, signal),
    install(image) {
      world.containers.set(world.active, running(world, image));
      world.names.set(digestOf(image), image);
      world.migrated.add(digestOf(image));
    },
    setOnline(online) {
      world.online = online;
    },
    forgetIdle() {
      world.containers.delete(other(world.active));
    },
  };
};
