/** One series of a reading at one time. */
export interface Series {
  labels: Record<string, string>
  value: number
}

/** Equal labels in any order give equal keys. */
export const seriesKey = (labels: Record<string, string>): string => {
  const names = Object.keys(labels)
  if (names.length === 0) return ''
  if (names.length > 1) names.sort()
  return names.map((name) => `${name}\u0001${labels[name]!}`).join('\u0002')
}

export function hasLabels(labels: Record<string, string>, wanted: Record<string, string>): boolean {
  for (const name in wanted) if (labels[name] !== wanted[name]) return false
  return true
}
