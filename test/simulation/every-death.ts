import { inject, it } from 'vitest';
import { deathsIn, deathText, endOf, runStory, type Story, wrongAfter } from './deaths.ts';
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
