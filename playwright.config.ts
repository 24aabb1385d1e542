import { defineConfig } from '@playwright/test'

/** The same specs run on both shells; what only one of them has is named after it. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [['list'], ['json']] : [['list']],
  projects: [
    { name: 'web', testIgnore: /desktop[A-Z]?.*\.spec\.ts/ },
    // Contrast, overlaps, the long watch of the road and the spoiled fibre are the same page and core in both: once is enough.
    {
      name: 'desktop',
      testIgnore: /(web[A-Z]?.*|looks)\.spec\.ts/,
      grepInvert: /shows the vehicles of the simulated fibre|a stalling, cutting, spoiling fibre/
    }
  ]
})
