import { describe } from 'vitest';
import { survivesEveryCrash } from './every-crash.ts';

describe('a good image', () => {
  survivesEveryCrash([{ at: 0, do: 'deploy', place: 0, tag: 'good', request: 'good', times: 1, age: 0 }], {
    from: 0,
    until: 200,
    functions: ['route', 'deploy', 'verify', 'rollback', 'sweep'],
  });
});
