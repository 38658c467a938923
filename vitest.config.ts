import { defineConfig } from 'vitest/config';
import { countReporter } from './test/count_reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'conformance/{*,*/*}.test.ts'],
    globalSetup: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Once more where a limit in real time was missed on a busy machine; the report names what was tried again.
    retry: 1,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    teardownTimeout: 20_000,
    reporters: ['default', countReporter],
  },
});
