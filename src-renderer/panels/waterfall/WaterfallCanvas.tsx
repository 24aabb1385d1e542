import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { notifySurface } from '../../layout/surfaceNotices.ts'
import { useIsTileShown, useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { WaterfallController } from '../../render/waterfallController.ts'
import { displayBeforeSettings } from '../../stores/coreStore.ts'
import { addPane, viewAtFirst, type TileTool } from '../../stores/viewStore.ts'
import { ViewFeed } from '../../stream/viewFeed.ts'

/** Columns asked for; a wider picture is averaged by the core, and the header says so. */
const columnsMax = 131_072

/** Mounts one controller on an element and feeds it the rows of one job. */
export function WaterfallCanvas({ job }: { job: JobSnapshot }) {
  const services = useWindow()
  const tile = useTile()
  const element = useRef<HTMLDivElement>(null)
  const controller = useRef<WaterfallController | null>(null)
  const display = useStore(services.stores.core, (core) => core.settings?.display ?? displayBeforeSettings)
  const isShown = useIsTileShown()
  const shown = useRef(isShown)
  const shownChanged = useRef<(() => void) | null>(null)
  const jobId = job.id

  useEffect(() => {
    const host = element.current
    if (!host) return
    const { scheduler, clock, connection, router, renderer, actions } = services
    const { view, cursor } = tile
    // The feed exists only after its sink; the first frame cannot be drawn before.
    const made: { feed: ViewFeed | null } = { feed: null }
    const waterfall = new WaterfallController(host, {
      scheduler,
      renderer,
      coreNowMs: clock.nowMs,
      history: {
        extent: async () => (await made.feed?.extent()) ?? null,
        history: async (level, firstRow, rowCount) => (await made.feed?.history(level, firstRow, rowCount)) ?? null
      },
      listener: {
        status: (status) => view.setState(status),
        progress: (progress) => tile.progress.setState(progress),
        cursor: (reading, at) => cursor.setState({ reading, at }),
        range: (range, isByHand) => tile.range.setState({ range, isByHand }),
        selection: (selection) => tile.selection.setState({ selection }),
        levels: (levels) => tile.display.setState({ levels }),
        drawn: () => made.feed?.drawn(),
        surface: (event) => notifySurface(actions, event)
      }
    })
    const feed = new ViewFeed({
      connection,
      router,
      jobId,
      columnsMax,
      sink: waterfall,
      coreNowMs: clock.nowMs,
      onProblem: (problem) => view.setState({ problem })
    })
    made.feed = feed
    controller.current = waterfall
    tile.actions.setState({ tile: waterfall })
    tile.picture.setState({ picture: waterfall })
    const removePane = addPane(tile, waterfall)
    const visibilityChanged = (): void => {
      waterfall.setShown(shown.current)
      if (document.hidden || !shown.current) feed.pause()
      else feed.resume()
    }
    shownChanged.current = visibilityChanged
    visibilityChanged()
    document.addEventListener('visibilitychange', visibilityChanged)
    const stops = [
      cursor.subscribe(({ linked }, before) => {
        if (linked !== before.linked) waterfall.setLinkedCursor(linked)
      }),
      tile.tool.subscribe(({ tool }) => showTool(waterfall, tool)),
      tile.selection.subscribe(({ selection }) => {
        if (!selection) waterfall.clearSelection()
      })
    ]
    showTool(waterfall, tile.tool.getState().tool)
    return () => {
      document.removeEventListener('visibilitychange', visibilityChanged)
      for (const stop of stops) stop()
      removePane()
      feed.dispose()
      waterfall.dispose()
      controller.current = null
      shownChanged.current = null
      tile.actions.setState({ tile: null })
      tile.picture.setState({ picture: null })
      tile.selection.setState({ selection: null })
      tile.range.setState({ range: null, isByHand: false })
      cursor.setState({ reading: null, at: null })
      view.setState(viewAtFirst)
    }
  }, [services, tile, jobId])

  const own = useStore(tile.display)
  useEffect(
    () =>
      controller.current?.setDisplay({
        ...own,
        colourMap: own.colourMap ?? display.colourMap,
        newestAt: own.newestAt ?? display.newestAt
      }),
    [own, display.colourMap, display.newestAt, jobId]
  )
  useEffect(() => controller.current?.setJobState(job.state), [job.state, jobId])
  useEffect(() => {
    shown.current = isShown
    shownChanged.current?.()
  }, [isShown])
  useEffect(() => {
    const root = document.documentElement
    const observer = new MutationObserver(() => controller.current?.themeChanged())
    observer.observe(root, { attributes: true, attributeFilter: ['data-theme'] })
    return () => observer.disconnect()
  }, [])

  return <div className="waterfall" ref={element} data-testid="waterfall" />
}

/** Tools that measure and annotate are set by who brings them. */
function showTool(waterfall: WaterfallController, tool: TileTool): void {
  if (tool === 'pan') waterfall.setTool(null)
  else if (tool === 'zoom' || tool === 'select') waterfall.setTool(tool)
}
