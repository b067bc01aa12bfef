import { describe } from 'vitest';
import { SERVICE, survivesEveryCrash } from './crash-points.ts';

describe('a bad image', () => {
  survivesEveryCrash({
    run: (pipeline) => pipeline.deploy('preprod', 'preprod:unhealthy', SERVICE),
    verdict: 'DeploymentRolledBack',
    runs: 'good',
    functions: ['route', 'deploy', 'verify', 'rollback'],
  });
});
