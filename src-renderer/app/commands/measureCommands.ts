import type { CommandId } from '../../../src-preload/contract/commands.ts'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { keepLine } from '../../panels/measuring/keepLine.ts'
import { partOf, sessionOfJob } from '../../stores/exportPart.ts'
import type { MeasureStore } from '../../stores/measureStore.ts'
import type { Stores } from '../../stores/stores.ts'
import type { TileStores } from '../../stores/viewStore.ts'
import type { Run } from './runCommands.ts'

interface Parts {
  stores: Stores
  activeJob: () => JobSnapshot | null
  isMain: boolean
  nowMs: () => number
}

type MeasureCommand = Extract<
  CommandId,
  'cursors' | 'marker' | 'keep-line' | 'remove-mark' | 'undo' | 'redo' | 'export-selection'
>

/** What is measured, marked and taken out of the active tile. */
export function createMeasureCommands({
  stores,
  activeJob,
  isMain,
  nowMs
}: Parts): Record<MeasureCommand, Required<Run>> {
  const { views, measures, annotations, layout } = stores
  const active = (): { tile: TileStores; measure: MeasureStore; job: JobSnapshot } | null => {
    const tile = views.active()
    const job = activeJob()
    return tile && job ? { tile, measure: measures.of(tile.tileId), job } : null
  }
  const picks = () => active()?.measure.getState().picks ?? []
  const tool = (name: 'cursors' | 'point'): Required<Run> => ({
    run: () => active()?.tile.tool.setState(({ tool: before }) => ({ tool: before === name ? 'pan' : name })),
    isAvailable: () => (active()?.tile.panes.getState().panes.length ?? 0) > 0
  })
  const chosen = () => {
    const found = active()
    const mark = found && annotations.of(found.job.id).find(({ id }) => id === annotations.getState().selectedId)
    return found && mark ? { jobId: found.job.id, id: mark.id } : null
  }

  return {
    cursors: tool('cursors'),
    marker: tool('point'),
    'keep-line': {
      run: () => {
        const found = active()
        if (found) void keepLine(stores, found.tile.tileId, found.job.id, nowMs())
      },
      isAvailable: () => picks().length >= 2
    },
    'remove-mark': {
      run: () => {
        const mark = chosen()
        if (mark) void annotations.remove(mark.jobId, [mark.id])
      },
      isAvailable: () => chosen() !== null
    },
    undo: {
      run: () => {
        if (picks().length > 0) active()?.measure.setState(({ picks: list }) => ({ picks: list.slice(0, -1) }))
        else void annotations.undo()
      },
      isAvailable: () => picks().length > 0 || annotations.getState().undoable !== null
    },
    redo: {
      run: () => void annotations.redo(),
      isAvailable: () => annotations.getState().redoable !== null
    },
    'export-selection': {
      run: () => {
        const found = active()
        const session = found && sessionOfJob(stores, found.job)
        const selection = found?.tile.selection.getState().selection
        if (session) {
          const exportPart = selection ? partOf(selection, session) : null
          layout.setState({ exportOf: session.id, exportPart })
        } else layout.setState({ section: 'sessions', isInspectorOpen: true })
      },
      isAvailable: () => isMain
    }
  }
}
