import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const report = process.env['SWITCHYARD_TEST_REPORT'];

/**
 * Only by `npm run test:thorough`: real engines, hosts and Terraform, the AWS CLI, which takes a second for each command, and whole stories of
 * targets whose contracts, and sample of the simulator's, every run has.
 */
const THOROUGH = [
  'test/infrastructure/compose-host/deploys.test.ts',
  'test/infrastructure/compose-host/in-compose.test.ts',
  'test/infrastructure/compose-host/kills.test.ts',
  'test/infrastructure/compose-host/model.test.ts',
  'test/local/lambda/command-line.test.ts',
  'test/local/main/aws-cli.test.ts',
  'test/local/main/command.test.ts',
  'test/local/main/killed.test.ts',
  'test/local/s3/command-line.test.ts',
  'test/local/s3/terraform.test.ts',
  'test/package/notifiers.test.ts',
  'test/package/refusing.test.ts',
  'test/scenarios/codedeploy.test.ts',
  'test/scenarios/functions.test.ts',
  'test/scenarios/shifting.test.ts',
  'test/scenarios/terraform.test.ts',
  'test/scenarios/zip-functions.test.ts',
  'test/systems/s2-analysed.test.ts',
];
/** What takes a sample of what there is (`amount`): by that command, all of it. */
const SAMPLED = [
  'test/input/**/*.test.ts',
  'test/local/data/keeping.test.ts',
  'test/permissions/roles.test.ts',
  'test/shared/targets/*.contract.test.ts',
  'test/shared/targets/lambda-static.test.ts',
  'test/simulation/simulation.test.ts',
];
const thorough = process.env['SWITCHYARD_THOROUGH'] !== undefined;

export default defineConfig({
  test: {
    include: thorough ? [...THOROUGH, ...SAMPLED] : ['test/**/*.test.ts'],
    exclude: thorough ? [] : THOROUGH,
    globalSetup: ['test/package/global-setup.ts'],
    environment: 'node',
    // The one imports JSON without saying so, which Node refuses; the others are large, and plain JavaScript.
    server: { deps: { inline: ['@actions/workflow-parser'], external: [/generated\/validators\.mjs$/] } },
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    pool: 'threads',
    // Nothing of a test stays behind in a module: what is loaded once serves every file of a worker.
    isolate: false,
    // One more than there are cores: the tests of real processes and endpoints mostly wait.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
