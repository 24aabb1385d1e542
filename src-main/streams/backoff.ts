export interface BackoffSettings {
  firstMs: number
  maxMs: number
}

/**
 * Wait before attempt `attempt` (1 = the first repetition): doubling, the upper half of it random so that many clients do
 * not come back together. What the server asked for (`Retry-After`) is the least.
 */
export function backoffDelayMs(
  attempt: number,
  { firstMs, maxMs }: BackoffSettings,
  random: () => number,
  retryAfterMs = 0
): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(30, attempt - 1))
  return Math.max(retryAfterMs, full / 2 + (random() * full) / 2)
}
