import { defineConfig } from 'vitest/config'

/** One after the other: each wants the machine for itself. */
export default defineConfig({
  test: {
    include: ['tests/load/**/*.test.ts'],
    root: '.',
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 60 * 60_000,
    hookTimeout: 60_000
  }
})
