import type { LinkGroup } from '../../src-preload/contract/workbench.ts'
import type { DeskChannel } from './deskChannel.ts'
import type { TilesStore } from './tilesStore.ts'
import type { ViewPlace, ViewRange, ViewStores } from './viewStore.ts'

/**
 * Keeps cursors and time axes of linked tiles together, in this window and in the others of its desk. Tiles of one letter
 * follow whichever of them the hand is in; each letter is a group for cursors and one for time axes.
 */
export function followLinks(tiles: TilesStore, views: ViewStores, channel: DeskChannel): () => void {
  const watched = new Map<string, () => void>()

  const groupOf = (tileId: string, what: 'cursor' | 'time'): LinkGroup =>
    tiles.getState().tiles.get(tileId)?.links[what] ?? null

  const membersOf = (group: LinkGroup, what: 'cursor' | 'time', except: string | null): string[] =>
    [...tiles.getState().tiles.values()]
      .filter(({ id, links }) => id !== except && links[what] === group)
      .map(({ id }) => id)

  function showCursor(group: NonNullable<LinkGroup>, at: ViewPlace | null, except: string | null): void {
    for (const id of membersOf(group, 'cursor', except)) views.of(id).cursor.setState({ linked: at })
  }

  function showRange(group: NonNullable<LinkGroup>, range: ViewRange, except: string | null): void {
    const { startMs, endMs, isFollowing } = range
    for (const id of membersOf(group, 'time', except))
      views.of(id).actions.getState().tile?.showRange?.({ startMs, endMs, isFollowing })
  }

  function watch(tileId: string): () => void {
    const { cursor, range } = views.of(tileId)
    const stops = [
      cursor.subscribe(({ at }, before) => {
        const group = groupOf(tileId, 'cursor')
        if (at === before.at || group === null) return
        showCursor(group, at, tileId)
        channel.send({ kind: 'cursor', group, at })
      }),
      range.subscribe((now, before) => {
        const group = groupOf(tileId, 'time')
        if (group === null || !now.isByHand || !now.range || now.range === before.range) return
        showRange(group, now.range, tileId)
        channel.send({ kind: 'range', group, range: now.range })
      })
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  function rewatch(): void {
    const { tiles: shown } = tiles.getState()
    for (const [id, stop] of watched) {
      if (shown.has(id)) continue
      stop()
      watched.delete(id)
    }
    for (const { id, links } of shown.values()) {
      if (!watched.has(id)) watched.set(id, watch(id))
      if (links.cursor === null && views.of(id).cursor.getState().linked !== null)
        views.of(id).cursor.setState({ linked: null })
    }
  }

  rewatch()
  const stops = [
    tiles.subscribe((now, before) => {
      if (now.tiles !== before.tiles) rewatch()
    }),
    channel.onMessage((message) => {
      if (message.kind === 'cursor') showCursor(message.group, message.at, null)
      else if (message.kind === 'range') showRange(message.group, message.range, null)
    })
  ]
  return () => {
    for (const stop of [...stops, ...watched.values()]) stop()
    watched.clear()
  }
}
