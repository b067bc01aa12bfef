import { describe } from 'vitest';
import { BAD_IMAGE } from './deaths.ts';
import { survivesEveryDeath, survivesPairs } from './every-death.ts';

describe(BAD_IMAGE.name, () => {
  survivesEveryDeath(BAD_IMAGE);
  survivesPairs(BAD_IMAGE);
});
