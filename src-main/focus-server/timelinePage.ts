import { secondsFromNanoseconds } from '../../src-preload/contract/units.ts'

interface Listed {
  name: string
  start_time_ns: string
  end_time_ns: string | null
  format: string
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character]!)

const stamp = (nanoseconds: string): string =>
  new Date(secondsFromNanoseconds(BigInt(nanoseconds)) * 1000).toISOString().replace('T', ' ').replace('Z', ' UTC')

/** What can be opened, newest first, as a page without scripts. */
export function timelinePage(recordings: readonly object[]): string {
  const rows = (recordings as Listed[])
    .toSorted((a, b) => (BigInt(a.start_time_ns) < BigInt(b.start_time_ns) ? 1 : -1))
    .map(
      (entry) =>
        `<tr><td>${escaped(entry.name)}</td><td>${escaped(entry.format)}</td><td>${stamp(entry.start_time_ns)}</td>` +
        `<td>${entry.end_time_ns === null ? 'running' : stamp(entry.end_time_ns)}</td></tr>`
    )
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Recordings</title></head><body><h1>Recordings</h1>' +
    '<table border="1" cellpadding="6"><thead><tr><th>Name</th><th>Format</th><th>Start</th><th>End</th></tr></thead>' +
    `<tbody>${rows.join('')}</tbody></table></body></html>\n`
  )
}
