import type { JobRequest } from '../../src-preload/contract/schemas.ts'
import type { Log } from '../storage/log.ts'
import { createJobFeed, type JobFeed, type JobFeedOptions } from './jobFeed.ts'

/** The streams that are open, so that jobs that want the same samples share one. */
export interface FeedPool {
  /** @param alone never one that exists already */
  feedFor(request: JobRequest, log: Log, alone: boolean): JobFeed
  size(): number
}

export interface FeedPoolOptions extends Omit<JobFeedOptions, 'request' | 'ended' | 'log'> {
  /** Where requests for local recordings go; null where the backend has those too. */
  local: Pick<JobFeedOptions, 'backend' | 'settings'> | null
}

export function createFeedPool(options: FeedPoolOptions): FeedPool {
  const feeds = new Set<JobFeed>()
  return {
    feedFor(request, log, alone) {
      const found = alone ? undefined : [...feeds].find((feed) => feed.suits(request))
      if (found) return found
      const feed = createJobFeed({
        ...options,
        ...(request.local ? options.local : null),
        request,
        log,
        ended: () => feeds.delete(feed)
      })
      feeds.add(feed)
      return feed
    },
    size: () => feeds.size
  }
}
