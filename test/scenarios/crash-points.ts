import { expect, it } from 'vitest';
import { type Call, startPipeline } from './pipeline.ts';

type Pipeline = Awaited<ReturnType<typeof startPipeline>>;

/** The functions that decide, and the router: each call of each is a place to die at. */
const FUNCTIONS = ['route', 'deploy', 'verify', 'rollback'] as const;

export const SERVICE = 'adit-service-preprod';

export interface Story {
  readonly run: (pipeline: Pipeline) => Promise<unknown>;
  readonly verdict: string;
  /** The tag that runs in the end. */
  readonly runs: string;
  /** Those that have something to do in it. */
  readonly functions: readonly string[];
}

const prepared = async (): Promise<Pipeline> => {
  const pipeline = await startPipeline({ services: [SERVICE] });
  await pipeline.earnFirst('preprod', SERVICE);
  return pipeline;
};

const isOf = (call: Call, name: string): boolean => call.function === name;

/** The calls that the function makes in the story when nothing goes wrong. */
const callsOf = async (story: Story, name: string): Promise<readonly string[]> => {
  const pipeline = await prepared();
  const calls: string[] = [];
  pipeline.faults.crash = (call) => {
    if (isOf(call, name)) calls.push(call.action);
    return undefined;
  };
  await story.run(pipeline);
  await pipeline.verdict();
  return calls;
};

/**
 * Until the acceptance is committed a request lives in its message alone, and SQS does not lose that: there the message comes back.
 */
const livesInMessage = (name: string, calls: readonly string[], at: number, when: 'before' | 'after'): boolean => {
  const accepted = calls.indexOf('dynamodb:TransactWriteItems') + 1;
  return name === 'route' || (name === 'deploy' && (at < accepted || (at === accepted && when === 'before')));
};

/** Dies once, at the given call; with or without the message coming back. Tells what the end was. */
const endAfterCrash = async (story: Story, name: string, at: number, when: 'before' | 'after', redelivered: boolean) => {
  const pipeline = await prepared();
  let count = 0;
  pipeline.faults.loseMessageOfCrash = !redelivered;
  pipeline.faults.crash = (call) => {
    if (!isOf(call, name)) return undefined;
    count += 1;
    return count === at ? when : undefined;
  };
  await story.run(pipeline);
  const verdict = await pipeline.verdict(900);
  await pipeline.pass(60);
  const mine = pipeline.told.filter(({ detail }) => detail.deployment === verdict.detail.deployment);
  return {
    verdict: verdict.type,
    runs: await pipeline.runningDigest('adit-preprod', SERVICE),
    wanted: await pipeline.digestOf('preprod', story.runs),
    verdicts: mine.filter(({ detail }) => detail['terminal'] === true).length,
    sequences: mine.map(({ detail }) => detail['sequence']).sort((a, b) => Number(a) - Number(b)),
  };
};

interface Point {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** Between two calls nothing reaches AWS: to die after one is to die before the next, so each point is tried once. */
const pointsOf = (calls: readonly string[]): readonly Point[] => [
  ...(calls.length === 0 ? [] : [{ at: 1, when: 'before' } as const]),
  ...calls.map((_, index) => ({ at: index + 1, when: 'after' }) as const),
];

/** The function dies once, at each point in turn: every time the story comes to the same end, with one verdict. */
export const survivesEveryCrash = (story: Story): void => {
  for (const name of FUNCTIONS) {
    it(`comes to the same end if ${name} dies before its first call or after any, with its message coming back or not`, async () => {
      const calls = await callsOf(story, name);
      for (const { at, when } of pointsOf(calls)) {
        for (const redelivered of [true, false]) {
          if (!redelivered && livesInMessage(name, calls, at, when)) continue;
          const where = `${name} died ${when} call ${at}${redelivered ? '' : ', message lost'}`;
          const { verdict, runs, wanted, verdicts, sequences } = await endAfterCrash(story, name, at, when, redelivered);
          expect(`${where}: ${verdict} ${runs} ${verdicts}`).toBe(`${where}: ${story.verdict} ${wanted} 1`);
          expect(sequences, where).toEqual(sequences.map((_, index) => index + 1));
        }
      }
    }, 120_000);
  }

  it('makes calls at all of which a function can die', async () => {
    for (const name of story.functions) expect((await callsOf(story, name)).length, name).toBeGreaterThan(3);
  });
};
