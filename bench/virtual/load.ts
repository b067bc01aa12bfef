/**
 * A process of its own, whose memory is that of the cloud and the pipeline in it: one request for each of so many services at once, in
 * virtual time. Tells a line `{ "verdicts", "minutes", "heap", "waiting" }` for each virtual minute, and in the end what it found.
 * Usage: node --expose-gc --import tsx load.ts <environments> <services in each>
 */
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { crowdedService } from '../cloud/services.ts';
import { startVirtual, type Verdict } from './pipeline.ts';

/** Entries that PutEvents takes at once. */
const ENTRIES = 10;
/** As many services as have room in a packaged function's environment and roles, each with an address. */
const PACKAGED = 60;
const MOST_MINUTES = 240;

export interface Load {
  readonly verdicts: number;
  readonly succeeded: number;
  /** Deployments that started before one of their lane that was asked for earlier. */
  readonly outOfOrder: number;
  /** Virtual minutes from the burst until the last verdict. */
  readonly minutes: number;
  readonly requests: number;
  readonly invocations: number;
  /** Bytes, after a collection: before the burst, the most in between, and after it. */
  readonly heap: { readonly before: number; readonly most: number; readonly after: number };
  readonly seconds: number;
}

const heapUsed = (): number => {
  if (globalThis.gc === undefined) throw new Error('the process has to be started with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
};

const run = async (environments: number, each: number): Promise<Load> => {
  // The first of each environment, then the second of each …: lanes fill up side by side, as a burst of CI runs has it.
  const services = Array.from({ length: each }, (_, index) =>
    Array.from({ length: environments }, (__, environment) => crowdedService(environment + 1, index + 1)),
  ).flat();
  const counts = { requests: 0, invocations: 0 };
  const observer = {
    called: () => {
      counts.requests += 1;
    },
    invoked: () => {
      counts.invocations += 1;
    },
    logged: () => undefined,
  };
  const pipeline = await startVirtual(services, observer, { packaged: services.slice(0, PACKAGED), everything: true });
  const before = heapUsed();
  Object.assign(counts, { requests: 0, invocations: 0 });
  const began = performance.now();
  for (let index = 0; index < services.length; index += ENTRIES) {
    const Entries = services.slice(index, index + ENTRIES).map(({ environment, name, image }) => ({
      EventBusName: 'switchyard',
      Source: 'bench',
      DetailType: 'DeployRequested',
      Detail: JSON.stringify({ environment, service: name, image }),
    }));
    await pipeline.events.send(new PutEventsCommand({ Entries }));
  }
  const told: Verdict[] = [];
  let most = before;
  let minutes = 0;
  let verdicts = 0;
  for (; verdicts < services.length; minutes += 1) {
    if (minutes > MOST_MINUTES) throw new Error(`${verdicts} of ${services.length} verdicts within ${MOST_MINUTES} minutes`);
    await pipeline.clock.advance(60_000);
    told.push(
      ...(await pipeline.receive()).map(({ type, service, environment, terminal }) => ({ type, service, environment, terminal })),
    );
    verdicts = told.filter(({ terminal }) => terminal).length;
    most = Math.max(most, heapUsed());
    process.stdout.write(`${JSON.stringify({ verdicts, minutes: minutes + 1, heap: most })}\n`);
  }
  const seconds = (performance.now() - began) / 1000;
  return {
    verdicts,
    succeeded: told.filter(({ type }) => type === 'DeploymentSucceeded').length,
    outOfOrder: outOfOrder(told),
    minutes,
    ...counts,
    heap: { before, most, after: heapUsed() },
    seconds,
  };
};

/** Services are numbered in the order in which they were asked for, lane by lane. */
const outOfOrder = (told: readonly Verdict[]): number => {
  const last = new Map<string, string>();
  let wrong = 0;
  for (const { type, environment, service } of told) {
    if (type !== 'DeploymentStarted') continue;
    if (service < (last.get(environment) ?? '')) wrong += 1;
    last.set(environment, service);
  }
  return wrong;
};

run(Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 20)).then(
  (found) => {
    process.stdout.write(`${JSON.stringify(found)}\n`);
    process.exit(0);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
