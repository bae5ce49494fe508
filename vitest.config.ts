import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './scripts/plain-count.ts'],
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['server/src/database/testing-cluster.ts', 'e2e/fixtures/unpack-chromium.ts'],
    // The machine to count on has two cores, and tests of whole programs wait a third of their time.
    maxWorkers: 3,
    // No module keeps anything between tests, so each worker loads what is tested once for all files.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
