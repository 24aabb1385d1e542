import type { JobRequest } from '../../src-preload/contract/schemas.ts'
import type { Log } from '../storage/log.ts'
import { createJobFeed, type JobFeed, type JobFeedOptions } from './jobFeed.ts'

/** The streams that are open, so that jobs that want the same samples share one. */
export interface FeedPool {
  /** @param alone never one that exists already */
  feedFor(request: JobRequest, log: Log, alone: boolean): JobFeed
  size(): number
}

export function createFeedPool(options: Omit<JobFeedOptions, 'request' | 'ended' | 'log'>): FeedPool {
  const feeds = new Set<JobFeed>()
  return {
    feedFor(request, log, alone) {
      const found = alone ? undefined : [...feeds].find((feed) => feed.suits(request))
      if (found) return found
      const feed = createJobFeed({ ...options, request, log, ended: () => feeds.delete(feed) })
      feeds.add(feed)
      return feed
    },
    size: () => feeds.size
  }
}
