import v8 from 'node:v8'

const MiB = 1024 * 1024

/**
 * Where the old spaces of this thread end, and the process with them: what was asked for, else what V8 names without the
 * three halves of new space that it adds (64 MiB each from Node 24 on, 16 before).
 */
export function oldSpaceLimitBytes(): number {
  const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)].join(' ')
  const asked = /--max[-_]old[-_]space[-_]size[= ](\d+)/.exec(options)
  if (asked) return Number(asked[1]) * MiB
  const reserve = (Number.parseInt(process.versions.node, 10) >= 24 ? 192 : 48) * MiB
  const named = v8.getHeapStatistics().heap_size_limit
  return Math.max(named / 2, named - reserve)
}

/** Percent of it in use. */
export function oldSpacePercent(limitBytes: number): number {
  const young = v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
  const oldBytes = v8.getHeapStatistics().used_heap_size - (young?.space_used_size ?? 0)
  return (100 * Math.max(0, oldBytes)) / Math.max(1, limitBytes)
}
