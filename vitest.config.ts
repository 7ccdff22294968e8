import { defineConfig } from 'vitest/config';

const ON_THE_LAB = { fileParallelism: false, testTimeout: 240_000, hookTimeout: 300_000, retry: 0 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{unit,property,contract}/**/*.test.ts'],
          testTimeout: 10_000,
          // The files share no state, and loading every library anew for each takes longer than the tests.
          isolate: false,
          setupFiles: ['test/support/fast-check.ts'],
        },
      },
      // One real Odoo: one file at a time, never a second try. The times only end what hangs.
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...ON_THE_LAB } },
      // Whole fleets: most of their time is waiting, so `npm test` plays them beside the others, on a lab of their own.
      // Some wait together, each on servers of its own.
      {
        test: {
          name: 'fleet',
          include: ['test/fleet/**/*.test.ts'],
          maxConcurrency: 8,
          ...ON_THE_LAB,
        },
      },
    ],
  },
});
