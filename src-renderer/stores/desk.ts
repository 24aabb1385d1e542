import { createStore } from 'zustand/vanilla'
import { mainWindowId, popOutsMost, type TileState, type WindowLayout } from '../../src-preload/contract/workbench.ts'
import type { DeskMessage } from './deskChannel.ts'
import type { Desk, DeskModel, DeskOptions } from './deskModel.ts'
import { createDeskJobs, keyOf } from './deskJobs.ts'
import { displayFrom, keptFrom } from './keptDisplay.ts'

const keepAfterMs = 400
/** A page that is loaded again is back by then. */
const goneAfterMs = 2000

/**
 * What one main window and its pop-outs show. The main window owns it: it opens pop-outs, brings jobs back that are gone,
 * and each window keeps its own part in the core, where it survives a restart.
 */
export function createDesk(options: DeskOptions): Desk {
  const { connection, tiles, views, jobs, maker, channel, windowId } = options
  const isMain = windowId === mainWindowId
  const store = createStore<DeskModel>(() => ({
    windowId,
    desk: options.desk,
    isReady: false,
    popOuts: new Map(),
    waiting: [],
    opening: new Map()
  }))
  const { getState, setState } = store
  let keepTimer: ReturnType<typeof setTimeout> | null = null
  let lastKept = ''
  const goneTimers = new Map<string, ReturnType<typeof setTimeout>>()

  const viewOf = (tileId: string): TileState['view'] => keptFrom(views.of(tileId).display.getState())
  const ownLayout = (): WindowLayout => tiles.layout(windowId, maker.place(), viewOf)

  async function keep(window: WindowLayout): Promise<void> {
    const { desk } = getState()
    if (desk === null) return
    const answer = await connection.call('desk.keep', { desk, window })
    if (!answer.ok && answer.error.code === 'refused')
      options.notify('warning', 'desk', 'The window was not kept', answer.error.message)
  }

  function keepNow(): void {
    keepTimer = null
    if (!getState().isReady) return
    const layout = ownLayout()
    const text = JSON.stringify(layout)
    if (text === lastKept) return
    lastKept = text
    void keep(layout)
  }

  function keepSoon(): void {
    if (keepTimer === null) keepTimer = setTimeout(keepNow, keepAfterMs)
  }

  function load(layout: WindowLayout): void {
    for (const { id, view } of layout.tiles) views.of(id).display.setState(displayFrom(view), true)
    tiles.load(layout)
    selectActive()
  }

  function selectActive(): void {
    const { tiles: shown, activeTile } = tiles.getState()
    views.activeTileId.setState(activeTile, true)
    const jobId = shown.get(activeTile)?.content?.jobId
    if (jobId && jobs.getState().selectedId !== jobId) jobs.setState({ selectedId: jobId })
  }

  const changePopOut = (id: string, window: WindowLayout | null): void =>
    setState(({ popOuts, waiting }) => {
      const next = new Map(popOuts)
      if (window) next.set(id, window)
      else next.delete(id)
      return { popOuts: next, waiting: window ? waiting : waiting.filter((one) => one !== id) }
    })

  function openWindow({ id, place }: WindowLayout): void {
    const { desk } = getState()
    if (desk !== null && maker.open(id, desk, place)) return
    setState(({ waiting }) => ({ waiting: [...waiting.filter((one) => one !== id), id] }))
  }

  async function begin(): Promise<void> {
    const { desk, isReady } = getState()
    if (!isMain) return void join(desk)
    const answer = await connection.call('desk.open', { desk })
    if (!answer.ok) {
      setState({ isReady: true })
      return
    }
    setState({ desk: answer.value.desk })
    options.rememberDesk(answer.value.desk)
    if (isReady) {
      // The connection was lost and is back: what is shown here is newer than what was kept.
      lastKept = ''
      keepSoon()
      return
    }
    const own = answer.value.windows.find(({ id }) => id === mainWindowId)
    if (own) load(own)
    setState({ isReady: true })
    const popOuts = answer.value.windows.filter(({ id }) => id !== mainWindowId)
    setState({ popOuts: new Map(popOuts.map((window) => [window.id, window])) })
    if (popOuts.length > 0) await openMissing(popOuts)
    settle()
  }

  /** Pop-outs that outlived this page answer; the others are opened. */
  async function openMissing(popOuts: readonly WindowLayout[]): Promise<void> {
    const present = new Set<string>()
    const stop = channel.onMessage((message) => {
      if (message.kind === 'here') present.add(message.windowId)
    })
    channel.send({ kind: 'who' })
    await new Promise((resolve) => setTimeout(resolve, 150))
    stop()
    for (const window of popOuts) if (!present.has(window.id)) openWindow(window)
  }

  async function join(desk: string | null): Promise<void> {
    if (desk === null) return
    const answer = await connection.call('desk.join', { desk })
    const own = answer.ok ? answer.value.windows.find(({ id }) => id === windowId) : undefined
    if (own && !getState().isReady) load(own)
    setState({ isReady: true })
    channel.send({ kind: 'here', windowId })
    settle()
  }

  /** What the job list means for the tiles; then what is missing is opened again. */
  function settle(): void {
    const { isReady } = getState()
    const { jobs: list, isLoaded, selectedId } = jobs.getState()
    if (!isReady || !isLoaded) return
    tiles.jobsKnown(list)
    if (isMain) gone.restore(list)
    const { tiles: shown, isEmptiedByHand } = tiles.getState()
    const isBlank = [...shown.values()].every(({ content }) => content === null)
    if (isMain && isBlank && !isEmptiedByHand && selectedId !== null) tiles.showJob(selectedId)
    if (isBlank && selectedId !== null) tiles.jobsKnown(list)
  }

  function putInPopOut(id: string, tileId: string, content: TileState['content']): void {
    const window = getState().popOuts.get(id)
    if (!window) return
    const next = { ...window, tiles: window.tiles.map((tile) => (tile.id === tileId ? { ...tile, content } : tile)) }
    changePopOut(id, next)
    void keep(next)
  }

  function freshPopOut(tileId: string): WindowLayout | null {
    const { desk, popOuts } = getState()
    const layout = ownLayout()
    const tile = layout.tiles.find(({ id }) => id === tileId)
    if (!tile?.content || desk === null) return null
    if (popOuts.size >= popOutsMost) {
      options.notify(
        'warning',
        'pop-outs',
        'No more windows',
        `${popOutsMost} windows are open already; close one of them.`
      )
      return null
    }
    return {
      id: options.freshId(),
      tree: { kind: 'tile', id: '1' },
      tiles: [{ ...tile, id: '1' }],
      activeTile: '1',
      maximisedTile: null,
      place: null
    }
  }

  function takeBack({ content, links, view }: TileState): void {
    const { tiles: shown, activeTile } = tiles.getState()
    if (!content) return
    const empty = [...shown.values()].find((tile) => tile.content === null)?.id
    const id = empty ?? tiles.split(activeTile, 'right')
    if (id === null) {
      options.notify(
        'info',
        'no room',
        'There is no room for another tile',
        `${content.jobId ?? 'The job'} goes on and is in the list of jobs; close a tile to show it.`
      )
      return
    }
    views.of(id).display.setState(displayFrom(view), true)
    tiles.setContent(id, { pace: undefined, ...content })
    tiles.link(id, 'cursor', links.cursor)
    tiles.link(id, 'time', links.time)
    tiles.activate(id)
    selectActive()
  }

  function endPopOut(id: string, what: 'return' | 'close'): void {
    const window = getState().popOuts.get(id)
    const { desk } = getState()
    if (!window || desk === null) return
    changePopOut(id, null)
    maker.close(id)
    // One that this page did not open itself can only close itself.
    channel.send({ kind: 'dismiss', windowId: id })
    if (what === 'return') for (const tile of window.tiles) takeBack(tile)
    void connection.call('desk.drop', { desk, windowId: id })
  }

  function heard(message: DeskMessage): void {
    if (message.kind === 'who' && !isMain) channel.send({ kind: 'here', windowId })
    if (message.kind === 'dismiss' && message.windowId === windowId) options.closeSelf()
    if (!isMain) return
    if (message.kind === 'leave') endPopOut(message.windowId, message.what)
    else if (message.kind === 'gone') {
      clearTimeout(goneTimers.get(message.windowId))
      goneTimers.set(
        message.windowId,
        setTimeout(() => endPopOut(message.windowId, options.popOutCloses()), goneAfterMs)
      )
    } else if (message.kind === 'here') {
      clearTimeout(goneTimers.get(message.windowId))
      goneTimers.delete(message.windowId)
    }
  }

  const gone = createDeskJobs({
    connection,
    windowId,
    tiles,
    popOuts: () => getState().popOuts,
    putInPopOut,
    opening: () => getState().opening,
    setOpening: (opening) => setState({ opening }),
    isBackendUp: options.isBackendUp,
    opened: selectActive
  })

  const stops = [
    connection.onState((state) => {
      if (state === 'open') void begin()
    }),
    connection.on('desk.changed', ({ desk, windowId: id, window }) => {
      if (desk !== getState().desk) return
      if (isMain && id !== mainWindowId) {
        if (getState().popOuts.has(id) || window === null) changePopOut(id, window)
      } else if (!isMain && id === windowId && window && JSON.stringify(window) !== lastKept) adopt(window)
    }),
    connection.on('job.forgotten', ({ jobId }) => tiles.jobClosed(jobId)),
    channel.onMessage(heard),
    maker.onChange((id, change) => {
      if (id === windowId) keepSoon()
      else if (change === 'closed') endPopOut(id, options.popOutCloses())
    }),
    options.onBackend(() => settle()),
    jobs.subscribe((now, before) => {
      if (now.chosen !== before.chosen && now.selectedId !== null) tiles.showJob(now.selectedId, now.inPlaceOf)
      if (now.jobs !== before.jobs || now.isLoaded !== before.isLoaded || now.chosen !== before.chosen) settle()
    }),
    tiles.subscribe((now, before) => {
      if (now.activeTile !== before.activeTile || now.tiles !== before.tiles) selectActive()
      keepSoon()
    })
  ]

  /** The main window changed what this pop-out shows: a job that was opened again. */
  function adopt(window: WindowLayout): void {
    for (const { id, content } of window.tiles) {
      const own = tiles.getState().tiles.get(id)?.content
      if (content && own?.jobId !== content.jobId) tiles.setContent(id, { pace: undefined, ...content })
    }
  }

  return {
    ...store,
    popOut(tileId) {
      const window = freshPopOut(tileId)
      const { desk } = getState()
      if (!window || desk === null) return
      changePopOut(window.id, window)
      // Kept before the window asks for it; the browser wants the window opened within the click.
      void keep(window)
      openWindow(window)
      tiles.close(tileId)
    },
    endPopOut,
    openWaiting() {
      const { waiting, popOuts } = getState()
      setState({ waiting: [] })
      for (const id of waiting) {
        const window = popOuts.get(id)
        if (window) openWindow(window)
      }
    },
    leave(what) {
      keepNow()
      channel.send({ kind: 'leave', windowId, what })
    },
    async openAgain(tileId) {
      const content = tiles.getState().tiles.get(tileId)?.content
      if (!content?.request) return
      await gone.open({
        key: keyOf(windowId, tileId),
        content,
        put: (jobId) => tiles.setContent(tileId, { ...content, jobId, isClosed: false })
      })
    },
    jobClosed(jobId) {
      tiles.jobClosed(jobId)
      for (const window of getState().popOuts.values())
        for (const { id, content } of window.tiles)
          if (content?.jobId === jobId) putInPopOut(window.id, id, { ...content, isClosed: true })
    },
    windows: () => [ownLayout(), ...getState().popOuts.values()],
    show(windows) {
      const { desk, popOuts } = getState()
      const main = windows.find(({ id }) => id === mainWindowId)
      if (desk === null || !main) return
      for (const id of popOuts.keys()) endPopOut(id, 'close')
      setState({ opening: new Map(), waiting: [] })
      load(main)
      if (main.place) maker.moveTo(main.place)
      for (const window of windows.filter(({ id }) => id !== mainWindowId)) {
        const fresh = { ...window, id: options.freshId() }
        changePopOut(fresh.id, fresh)
        void keep(fresh)
        openWindow(fresh)
      }
      settle()
    },
    dispose() {
      if (keepTimer !== null) clearTimeout(keepTimer)
      for (const timer of goneTimers.values()) clearTimeout(timer)
      if (!isMain) channel.send({ kind: 'gone', windowId })
      for (const stop of stops) stop()
    }
  }
}
