import { describe } from 'vitest';
import { GOOD_IMAGE } from './deaths.ts';
import { survivesEveryDeath, survivesPairs } from './every-death.ts';

describe(GOOD_IMAGE.name, () => {
  survivesEveryDeath(GOOD_IMAGE);
  survivesPairs(GOOD_IMAGE);
});
