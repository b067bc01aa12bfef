import { describe } from 'vitest';
import { survivesEveryCrash } from './every-crash.ts';

describe('a bad image, after a good one', () => {
  survivesEveryCrash(
    [
      { at: 0, do: 'deploy', place: 0, tag: 'good', request: 'good', times: 1, age: 0 },
      { at: 90, do: 'deploy', place: 0, tag: 'unhealthy', request: 'bad', times: 1, age: 0 },
    ],
    { from: 90, until: 190, functions: ['route', 'deploy', 'verify', 'rollback', 'sweep'] },
  );
});
