import type { SessionSummary, sessionSortKeys } from '../../../src-preload/contract/sessions.ts'

export type SessionSortKey = (typeof sessionSortKeys)[number]

const lengthOf = ({ startNs, endNs }: SessionSummary): number =>
  startNs === null || endNs === null ? 0 : Number(BigInt(endNs) - BigInt(startNs))

const keys: Record<SessionSortKey, (session: SessionSummary) => number | string> = {
  time: ({ startNs, changedAtNs }) => Number(startNs ?? changedAtNs),
  name: ({ name }) => name.toLocaleLowerCase(),
  size: ({ bytes }) => bytes,
  duration: lengthOf,
  channels: ({ channelCount }) => channelCount,
  rate: ({ sampleRateHz }) => sampleRateHz ?? 0,
  gaps: ({ gaps }) => gaps,
  changed: ({ changedAtNs }) => Number(changedAtNs)
}

const textOf = ({ name, place, notes, tags, source, path, format }: SessionSummary): string =>
  [name, place, notes, ...tags, source ?? '', path, format].join('\n').toLocaleLowerCase()

/** Every word of the search must be there; newest first unless said otherwise. */
export function queriedSessions(
  sessions: readonly SessionSummary[],
  {
    search = '',
    sort = 'time',
    descending = sort === 'time'
  }: { search?: string; sort?: SessionSortKey; descending?: boolean }
): SessionSummary[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  const found = sessions.filter((session) => {
    const text = textOf(session)
    return words.every((word) => text.includes(word))
  })
  const key = keys[sort]
  const compare = (a: SessionSummary, b: SessionSummary): number => {
    const [left, right] = [key(a), key(b)]
    const order = typeof left === 'string' ? left.localeCompare(String(right)) : left - Number(right)
    return (descending ? -order : order) || a.id.localeCompare(b.id)
  }
  return found.sort(compare)
}
