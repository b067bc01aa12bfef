import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const report = process.env['SWITCHYARD_TEST_REPORT'];

/** With real engines, hosts and Terraform: minutes, by `npm run test:machines`. */
const MACHINES = [
  'test/infrastructure/compose-host/deploys.test.ts',
  'test/infrastructure/compose-host/kills.test.ts',
  'test/infrastructure/compose-host/model.test.ts',
  'test/local/s3/terraform.test.ts',
  'test/systems/s2-analysed.test.ts',
];
const onMachines = process.env['SWITCHYARD_MACHINES'] !== undefined;

export default defineConfig({
  test: {
    include: onMachines ? MACHINES : ['test/**/*.test.ts'],
    exclude: onMachines ? [] : MACHINES,
    globalSetup: ['test/package/global-setup.ts'],
    environment: 'node',
    // It imports JSON without saying so, which Node refuses.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    pool: 'threads',
    // Nothing of a test stays behind in a module: what is loaded once serves every file of a worker.
    isolate: false,
    // One more than there are cores: the tests of real processes and endpoints mostly wait.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
