import { defineConfig } from 'vitest/config';

/** What tells of the core alone, without a cloud: fast enough to be run for each of its mutations. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/shared/deployment/**/*.test.ts'],
    exclude: ['**/*.property.test.ts'],
    environment: 'node',
    pool: 'threads',
    isolate: false,
  },
});
