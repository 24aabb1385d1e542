import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/unit/**/*.test.{ts,tsx}', 'tests/integration/**/*.test.ts'],
    globalSetup: ['tests/support/kernelSetup.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 3
  }
})
