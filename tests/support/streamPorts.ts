/** What the runner calls this worker of its; tests run in several at once. */
const worker = Number(process.env.VITEST_POOL_ID ?? process.env.TEST_PARALLEL_INDEX ?? 0) % 8

/**
 * Stream ports that servers of this worker alone use, below those that the system gives away by itself: a server that comes
 * back must find its ports free.
 */
const first = (process.env.VITEST_POOL_ID === undefined ? 20_000 : 24_000) + worker * 400
export const streamPorts = { first, last: first + 399 }
