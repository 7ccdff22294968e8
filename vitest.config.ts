import { defineConfig } from 'vitest/config';

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
      {
        test: {
          // One real Odoo: one file at a time, never a second try. The times only end what hangs.
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 300_000,
          retry: 0,
        },
      },
    ],
  },
});
