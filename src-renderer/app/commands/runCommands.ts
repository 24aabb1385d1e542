import type { CommandId } from '../../../src-preload/contract/commands.ts'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { mainWindowId, tileIdsOf } from '../../../src-preload/contract/workbench.ts'
import type { Actions } from '../../stores/actions.ts'
import type { Desk } from '../../stores/deskModel.ts'
import { isEnded } from '../../stores/jobStates.ts'
import type { Section } from '../../stores/layoutStore.ts'
import { nextPace, playbackPosition, playbackRange } from '../../stores/playbackActions.ts'
import type { Stores } from '../../stores/stores.ts'
import { freeTileId, neighbourOf } from '../../stores/tileTree.ts'
import { createMeasureCommands } from './measureCommands.ts'

/** What keys, palette and menus ask of a window. */
export interface Commands {
  run(id: CommandId): void
  /** False where it would do nothing now. */
  isAvailable(id: CommandId): boolean
}

export interface CommandParts {
  stores: Stores
  /** By the core's clock, milliseconds since the epoch. */
  nowMs: () => number
  actions: Actions
  desk: Desk
  takePicture(what: 'tile' | 'window', target: 'file' | 'clipboard'): void
}

const zoomStep = 1.25
/** Part of a recording that an arrow key goes back or on, and with Shift. */
const seekPart = 0.05
const seekFarPart = 0.25

/** What a command does, and whether it would do anything now. */
export interface Run {
  run(): void
  isAvailable?(): boolean
}

export function createCommands({ stores, nowMs, actions, desk, takePicture }: CommandParts): Commands {
  const { tiles, views, jobs, layout } = stores
  const isMain = desk.getState().windowId === mainWindowId
  const view = () => views.active()?.actions.getState().tile ?? null
  const active = (): string => tiles.getState().activeTile
  const activeJob = (): JobSnapshot | null => {
    const { jobs: list, selectedId } = jobs.getState()
    return list.find(({ id }) => id === selectedId) ?? null
  }
  const playing = (): JobSnapshot | null => {
    const job = activeJob()
    return job?.playback ? job : null
  }

  function seekBy(job: JobSnapshot, part: number): void {
    const range = playbackRange(job)
    if (!range) return
    const byNs = BigInt(Math.round(Number(range.endNs - range.startNs) * part))
    void actions.seek(job, playbackPosition(job, range) + byNs)
  }

  function changePace(job: JobSnapshot, by: 1 | -1): void {
    const pace = job.playback?.pace
    // While it stands still there is no pace to change.
    if (pace !== undefined && pace !== 0) void actions.setPace(job, nextPace(pace, by))
  }

  function toggleLoop(job: JobSnapshot): void {
    const range = playbackRange(job)
    if (!range) return
    const selection = views.active()?.selection.getState().selection
    const whole = { startNs: String(range.startNs), endNs: String(range.endNs) }
    const part = selection?.jobId === job.id ? { startNs: selection.startNs, endNs: selection.endNs } : whole
    void actions.setLoop(job, job.playback?.loop ? null : part)
  }

  const show = (section: Section): Run => ({
    run: () => layout.setState({ section, isInspectorOpen: true }),
    isAvailable: () => isMain
  })
  const ofView = (run: () => void): Run => ({ run, isAvailable: () => view() !== null })
  const ofChannelView = (by: number): Run => ({
    run: () => view()?.stepChannel?.(by),
    isAvailable: () => view()?.stepChannel !== undefined
  })
  const ofPlayback = (run: (job: JobSnapshot) => void): Run => ({
    run: () => {
      const job = playing()
      if (job) run(job)
    },
    isAvailable: () => playing() !== null
  })
  const ofTiles = (run: () => void): Run => ({ run, isAvailable: () => isMain })
  const chooseTile = (index: number): Run => ({
    run: () => {
      const id = tileIdsOf(tiles.getState().tree)[index]
      if (id === undefined) return
      tiles.activate(id)
      document.querySelector<HTMLElement>(`[data-slot="${id}"]`)?.focus()
    },
    isAvailable: () => tileIdsOf(tiles.getState().tree).length > index
  })
  const swap = (side: 'left' | 'right' | 'above' | 'below'): Run => ({
    run: () => tiles.swapTowards(active(), side),
    isAvailable: () => neighbourOf(tiles.getState().tree, active(), side) !== null
  })
  const split = (side: 'right' | 'below'): Run => ({
    run: () => tiles.split(active(), side),
    isAvailable: () => isMain && freeTileId(tiles.getState().tree) !== null
  })
  const dialog = (name: 'palette' | 'keyMap' | 'saveLayout' | 'layouts', mainOnly = false): Run => ({
    run: () => layout.setState(({ dialog: open }) => ({ dialog: open === name ? null : name })),
    isAvailable: () => isMain || !mainOnly
  })
  const picture = (what: 'tile' | 'window', target: 'file' | 'clipboard'): Run => ({
    run: () => takePicture(what, target),
    isAvailable: () => document.querySelector('.view-area canvas') !== null
  })

  const runs: Record<CommandId, Run> = {
    'new-job': { run: () => actions.newJob(), isAvailable: () => isMain },
    'close-job': {
      run: () => {
        const job = activeJob()
        if (job) void actions.closeJob(job.id)
      },
      isAvailable: () => {
        const job = activeJob()
        return job !== null && !isEnded(job.state)
      }
    },
    'open-again': {
      run: () => void desk.openAgain(active()),
      isAvailable: () => Boolean(tiles.getState().tiles.get(active())?.content?.request)
    },
    capture: {
      run: () => {
        const job = activeJob()
        if (job) void actions.toggleCapture(job.id)
      },
      isAvailable: () => activeJob() !== null
    },
    'show-jobs': show('jobs'),
    'show-history': show('history'),
    'show-sessions': show('sessions'),
    'show-recordings': show('recordings'),
    'show-tasks': show('tasks'),
    'show-health': show('health'),
    'show-settings': show('settings'),
    'play-pause': ofPlayback((job) => void actions.playOrPause(job)),
    'seek-back': ofPlayback((job) => seekBy(job, -seekPart)),
    'seek-on': ofPlayback((job) => seekBy(job, seekPart)),
    'seek-back-far': ofPlayback((job) => seekBy(job, -seekFarPart)),
    'seek-on-far': ofPlayback((job) => seekBy(job, seekFarPart)),
    'step-back': ofPlayback((job) => void actions.step(job, -1)),
    'step-on': ofPlayback((job) => void actions.step(job, 1)),
    'step-back-second': ofPlayback((job) => void actions.stepSeconds(job, -1)),
    'step-on-second': ofPlayback((job) => void actions.stepSeconds(job, 1)),
    slower: ofPlayback((job) => changePace(job, -1)),
    faster: ofPlayback((job) => changePace(job, 1)),
    'toggle-loop': ofPlayback(toggleLoop),
    'go-live': ofView(() => view()?.goLive()),
    'zoom-time-in': ofView(() => view()?.zoomTime(1 / zoomStep)),
    'zoom-time-out': ofView(() => view()?.zoomTime(zoomStep)),
    'zoom-distance-out': ofView(() => view()?.zoomDistance(zoomStep)),
    'zoom-distance-in': ofView(() => view()?.zoomDistance(1 / zoomStep)),
    'reset-view': ofView(() => view()?.reset()),
    'channel-before': ofChannelView(-1),
    'channel-after': ofChannelView(1),
    'view-back': ofView(() => view()?.back?.()),
    'automatic-levels': ofView(() => view()?.automaticLevels()),
    screenshot: picture('tile', 'file'),
    'screenshot-window': picture('window', 'file'),
    'copy-screenshot': picture('tile', 'clipboard'),
    ...createMeasureCommands({ stores, activeJob, isMain, nowMs }),
    'tile-1': chooseTile(0),
    'tile-2': chooseTile(1),
    'tile-3': chooseTile(2),
    'tile-4': chooseTile(3),
    'tile-5': chooseTile(4),
    'tile-6': chooseTile(5),
    'split-right': split('right'),
    'split-below': split('below'),
    'maximise-tile': {
      run: () => tiles.toggleMaximised(active()),
      isAvailable: () => tiles.getState().tiles.size > 1
    },
    'close-tile': ofTiles(() => tiles.close(active())),
    'swap-left': swap('left'),
    'swap-right': swap('right'),
    'swap-above': swap('above'),
    'swap-below': swap('below'),
    'tiles-one': ofTiles(() => tiles.arrange(1)),
    'tiles-two': ofTiles(() => tiles.arrange(2)),
    'tiles-three': ofTiles(() => tiles.arrange(3)),
    'tiles-four': ofTiles(() => tiles.arrange(4)),
    'tiles-six': ofTiles(() => tiles.arrange(6)),
    'pop-out': {
      run: () => desk.popOut(active()),
      isAvailable: () => isMain && Boolean(tiles.getState().tiles.get(active())?.content?.request)
    },
    'pop-in': { run: () => desk.leave('return'), isAvailable: () => !isMain },
    'save-layout': dialog('saveLayout', true),
    'open-layout': dialog('layouts', true),
    'return-windows': {
      run: () => {
        for (const id of [...desk.getState().popOuts.keys()]) desk.endPopOut(id, 'return')
      },
      isAvailable: () => desk.getState().popOuts.size > 0
    },
    palette: dialog('palette'),
    'key-map': dialog('keyMap'),
    'full-screen': {
      run: () => {
        if (document.fullscreenElement) void document.exitFullscreen()
        else void document.documentElement.requestFullscreen().catch(() => undefined)
      }
    },
    'toggle-inspector': {
      run: () => layout.setState(({ isInspectorOpen }) => ({ isInspectorOpen: !isInspectorOpen })),
      isAvailable: () => isMain
    },
    'toggle-theme': {
      run: () => {
        const isDark = document.documentElement.dataset.theme === 'dark'
        void actions.setDisplay({ theme: isDark ? 'light' : 'dark' })
      }
    },
    'show-notices': {
      run: () => layout.setState(({ areNoticesOpen }) => ({ areNoticesOpen: !areNoticesOpen, areCountersOpen: false }))
    }
  }

  const isAvailable = (id: CommandId): boolean => runs[id].isAvailable?.() ?? true
  return {
    isAvailable,
    run(id) {
      if (isAvailable(id)) runs[id].run()
    }
  }
}
