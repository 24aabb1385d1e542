import { z } from 'zod'
import { failure, ok, type Result } from '../../src-preload/contract/errors.ts'
import {
  deskId,
  deskWindows,
  mainWindowId,
  popOutsMost,
  type WindowLayout
} from '../../src-preload/contract/workbench.ts'
import { openKeptFile, type KeptFileOptions } from './keptFile.ts'

/** What one main window and its pop-outs show; kept so that it comes back after a restart. */
interface Desk {
  id: string
  usedAtMs: number
  windows: WindowLayout[]
}

export interface Desks {
  /** `taken`: desks at which a main window sits now. */
  open(asked: string | null, taken: ReadonlySet<string>): { desk: string; windows: WindowLayout[] }
  windows(desk: string): WindowLayout[] | null
  keep(desk: string, window: WindowLayout): Result<Record<string, never>>
  drop(desk: string, windowId: string): void
  /** Whether the next main window will find tiles that open their jobs again. */
  opensJobs(): boolean
  settled(): Promise<void>
}

export const desksMost = 50

const keptDesks = z.object({ desks: z.array(z.unknown()) })
const keptDesk = z.object({ id: deskId, usedAtMs: z.number(), windows: z.array(z.unknown()) })

function parseDesks(value: unknown): { desks: Desk[] } | null {
  const parsed = keptDesks.safeParse(value)
  if (!parsed.success) return null
  const desks = parsed.data.desks.flatMap((one): Desk[] => {
    const desk = keptDesk.safeParse(one)
    if (!desk.success) return []
    const windows = deskWindows.safeParse(desk.data.windows)
    return windows.success ? [{ ...desk.data, windows: windows.data }] : []
  })
  return { desks }
}

export async function openDesks(
  options: Omit<KeptFileOptions<{ desks: Desk[] }>, 'parse' | 'version'> & { freshId(): string }
): Promise<Desks> {
  const { clock } = options
  const file = await openKeptFile({ ...options, version: 1, parse: parseDesks })
  /** Used last at the end. */
  let desks: Desk[] = [...(file.initial?.desks ?? [])].sort((a, b) => a.usedAtMs - b.usedAtMs)

  const find = (id: string): Desk | undefined => desks.find((desk) => desk.id === id)

  function write(desk: Desk): void {
    desks = [...desks.filter(({ id }) => id !== desk.id), desk].slice(-desksMost)
    file.write({ desks })
  }

  return {
    open(asked, taken) {
      const known = asked === null ? undefined : find(asked)
      const chosen =
        known && !taken.has(known.id)
          ? known
          : [...desks].reverse().find(({ id, windows }) => !taken.has(id) && windows.length > 0)
      const desk: Desk = { id: options.freshId(), windows: [], ...chosen, usedAtMs: clock.nowMs() }
      write(desk)
      return { desk: desk.id, windows: desk.windows }
    },
    windows: (id) => find(id)?.windows ?? null,
    keep(id, window) {
      const desk = find(id)
      if (!desk) return failure('not-found', 'This window sits at no desk; reload it.')
      const others = desk.windows.filter((one) => one.id !== window.id)
      if (window.id !== mainWindowId && others.filter((one) => one.id !== mainWindowId).length >= popOutsMost)
        return failure('refused', `${popOutsMost} windows are open already; close one of them.`)
      write({ ...desk, usedAtMs: clock.nowMs(), windows: [...others, window] })
      return ok({})
    },
    drop(id, windowId) {
      const desk = find(id)
      if (!desk?.windows.some((one) => one.id === windowId)) return
      write({ ...desk, windows: desk.windows.filter((one) => one.id !== windowId) })
    },
    opensJobs: () => {
      const last = [...desks].reverse().find(({ windows }) => windows.length > 0)
      return last?.windows.some(({ tiles }) => tiles.some(({ content }) => content && !content.isClosed)) ?? false
    },
    settled: () => file.settled()
  }
}
