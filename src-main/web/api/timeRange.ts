const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `90`, `90s`, `15m`, `24h`, `7d`, `1w` → milliseconds; null where it is no such thing, or not above 0. */
export function durationMs(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(s|m|h|d|w)?$/.exec(text.trim())
  if (!match) return null
  const ms = Number(match[1]) * unitMs[match[2] ?? 's']!
  return ms > 0 && Number.isFinite(ms) ? ms : null
}

/** A duration up to now, or two times with a slash between them (ISO 8601, or milliseconds since 1970). Half-open. */
export function timeRange(text: string, nowMs: number): { fromMs: number; toMs: number } | null {
  const length = durationMs(text)
  if (length !== null) return { fromMs: nowMs - length, toMs: nowMs }
  const [from, to, ...more] = text.split('/')
  if (from === undefined || to === undefined || more.length > 0) return null
  const fromMs = timeMs(from)
  const toMs = timeMs(to)
  return fromMs === null || toMs === null || fromMs >= toMs ? null : { fromMs, toMs }
}

function timeMs(text: string): number | null {
  const ms = /^\d{10,16}$/.test(text) ? Number(text) : Date.parse(text)
  return Number.isFinite(ms) ? ms : null
}
