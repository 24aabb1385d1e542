import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src-main/clock.ts'
import { apiRoutes } from '../../../src-main/web/api/createApi.ts'
import { openApiDocument } from '../../../src-main/web/api/openApi.ts'
import { apiFixture } from '../../support/apiFixture.ts'

const document = openApiDocument(apiRoutes(apiFixture(systemClock()), systemClock(), null))

describe('the OpenAPI file', () => {
  it('is the one in resources: "vitest run tests/unit/web/openApi.test.ts -u" writes it anew', async () => {
    const { version: _version, ...info } = document.info as Record<string, unknown>
    const whole = JSON.stringify({ ...document, info: { ...info, version: '1' } })
    const file = fileURLToPath(new URL('../../../resources/openapi.json', import.meta.url))
    const text = await format(whole, { ...(await resolveConfig(file)), filepath: file })
    await expect(text).toMatchFileSnapshot(file)
  })

  it('names every path', () => {
    expect(Object.keys(document.paths as object).sort()).toEqual(
      [
        '/health',
        '/health/memory',
        '/health/alerts',
        '/health/metrics/history',
        '/health/actions/gc',
        '/health/actions/optimize',
        '/metrics',
        '/api/v1/metrics',
        '/api/v1/sla/status',
        '/api/v1/alerts',
        '/api/v1/performance/test',
        '/api/v1/performance/test/{testId}'
      ].sort()
    )
  })

  it('says of each path who may use it, and gives each an id of its own', () => {
    const operations = Object.values(document.paths as Record<string, Record<string, Record<string, string>>>).flatMap(
      (path) => Object.values(path)
    )
    for (const { description } of operations) expect(description).toMatch(/Roles: .*admin\.$/)
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
  })
})
