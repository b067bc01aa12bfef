/**
 * A process of its own, whose memory is that of the cloud and the pipeline in it: so many deployments in virtual time, and after each
 * thousand a line `{ "deployments", "heap", "rss" }` in bytes, the heap after a collection.
 * Usage: node --expose-gc --import tsx growth.ts <deployments>
 */
import { benchService, IMAGE_TAG } from '../cloud/services.ts';
import { startVirtual } from './pipeline.ts';

/** Deployed side by side, each in an environment of its own. */
const SERVICES = 20;
const REPORTED = 1000;
/** After so many deployments an hour passes: ECS forgets the tasks that have stopped, and the alarms' windows close. */
const IN_AN_HOUR = 500;

const NOTHING = { called: () => undefined, invoked: () => undefined, logged: () => undefined };

const report = (deployments: number): void => {
  if (globalThis.gc === undefined) throw new Error('the process has to be started with --expose-gc');
  globalThis.gc();
  const { heapUsed: heap, rss } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ deployments, heap, rss })}\n`);
};

const run = async (most: number): Promise<void> => {
  const services = Array.from({ length: SERVICES }, (_, index) => benchService(index + 1, {}));
  const pipeline = await startVirtual(services, NOTHING);
  report(0);
  for (let done = 0, turn = 0; done < most; turn += 1) {
    const verdicts = await pipeline.deploy(
      services,
      ({ environment }) => `${environment}:${turn % 2 === 0 ? 'good' : IMAGE_TAG}`,
    );
    const bad = verdicts.find(({ type }) => type !== 'DeploymentSucceeded');
    if (bad !== undefined) throw new Error(`a deployment of ${bad.service} ended as ${bad.type}`);
    done += verdicts.length;
    if (done % IN_AN_HOUR === 0) await pipeline.clock.advance(3_600_000);
    if (done % REPORTED === 0) report(done);
  }
};

run(Number(process.argv[2] ?? 1000)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
