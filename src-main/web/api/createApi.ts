import type { Access } from '../../access/access.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../storage/log.ts'
import { createLive, type Live } from './live.ts'
import { feedLive, liveCurrent, type CoreNews } from './liveFeed.ts'
import { healthRoutes } from './healthRoutes.ts'
import { metricsRoutes } from './metricsRoutes.ts'
import { openApiDocument } from './openApi.ts'
import type { ApiRoute } from './apiRoute.ts'
import type { ApiSource } from './apiSource.ts'
import { shareText } from './sharedText.ts'
import { testRoutes, type PerformanceTests } from './testRoutes.ts'

/** The API, before it is put onto a port; the same one serves all ports. */
export interface Api {
  readonly routes: readonly ApiRoute[]
  readonly document: string
  readonly source: ApiSource
  readonly live: Live
  readonly access: Access
  readonly log: Log
  dispose(): Promise<void>
}

/** However many scrapers come: the text is made at most so often. */
const metricsFreshMs = 200

export const apiRoutes = (source: ApiSource, clock: Clock, tests: PerformanceTests | null): ApiRoute[] => [
  ...healthRoutes(source, clock),
  ...metricsRoutes(source, clock),
  ...testRoutes(tests)
]

export function createApi(options: {
  source: ApiSource
  news: CoreNews
  tests: PerformanceTests | null
  access: Access
  clock: Clock
  log: Log
}): Api {
  const { news, tests, access, clock, log } = options
  const source: ApiSource = {
    ...options.source,
    metrics: shareText(() => options.source.metrics(), clock, metricsFreshMs)
  }
  const routes = apiRoutes(source, clock, tests)
  const live = createLive({ access, clock, log, current: liveCurrent(source, news) })
  const stopFeed = feedLive(live, source, news)
  return {
    routes,
    document: JSON.stringify(openApiDocument(routes), null, 2),
    source,
    live,
    access,
    log,
    async dispose() {
      stopFeed()
      live.dispose()
      await tests?.dispose()
    }
  }
}
