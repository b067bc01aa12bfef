import { describe } from 'vitest';
import { SERVICE, survivesEveryCrash } from './crash-points.ts';

describe('a good image', () => {
  survivesEveryCrash({
    run: (pipeline) => pipeline.deploy('preprod', 'preprod:better', SERVICE),
    verdict: 'DeploymentSucceeded',
    runs: 'better',
    functions: ['route', 'deploy', 'verify'],
  });
});
