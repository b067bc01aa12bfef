import { inject, it } from 'vitest';
import { deathsIn, deathText, endOf, pairsOf, runPair, runStory, type Story, wrongAfter } from './deaths.ts';
import { readPackage } from './package.ts';

/** A test for each function: wherever it dies once, everything ends as without. */
export const survivesEveryDeath = (story: Story): void => {
  it.each(['route', 'deploy', 'verify', 'rollback', 'sweep'])(
    'ends as without, wherever %s dies',
    { timeout: 120_000 },
    async (name) => {
      const pack = await readPackage(inject('packaged'));
      const usual = await runStory(pack, story);
      const tried = deathsIn(usual, story.from).filter(({ point }) => point.startsWith(`${name}.`));
      const problems: string[] = [];
      for (const { point, death } of tried) {
        const deaths = new Map([[point, death]]);
        const wrong = wrongAfter(await runStory(pack, story, deaths), endOf(usual), deaths);
        if (wrong.length > 0) problems.push(`${deathText(deaths)}: ${wrong.join('; ')}`);
      }
      if (tried.length === 0) throw new Error(`${name} made no call`);
      if (problems.length > 0) throw new Error(`of ${tried.length} deaths:\n${problems.join('\n')}`);
    },
  );
};

/** One in so many first deaths, and after each as few second ones. All of them: `npm run simulate -- --pairs`. */
const EVERY = 16;

/** Deaths in pairs: the second one while the first is made good. */
export const survivesPairs = (story: Story): void => {
  it(`ends as without, or by its stated deadline, wherever functions die twice (one pair in ${EVERY * EVERY})`, {
    timeout: 120_000,
  }, async () => {
    const pack = await readPackage(inject('packaged'));
    const wanted = endOf(await runStory(pack, story));
    const problems: string[] = [];
    let tried = 0;
    for await (const pair of pairsOf(pack, story, { part: 1, of: EVERY, every: EVERY })) {
      tried += 1;
      const wrong = wrongAfter(await runPair(pack, story, pair), wanted, pair);
      if (wrong.length > 0) problems.push(`${deathText(pair)}: ${wrong.join('; ')}`);
    }
    if (tried === 0) throw new Error('no pair was tried');
    if (problems.length > 0) throw new Error(`of ${tried} pairs:\n${problems.join('\n')}`);
  });
};
