import { describe } from 'vitest';
import { holdForSeeds } from './seeds.ts';

describe('the invariants', () => {
  holdForSeeds(121, 40);
});
