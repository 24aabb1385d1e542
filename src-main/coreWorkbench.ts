import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Handlers } from '../src-preload/contract/calls.ts'
import { failure, ok } from '../src-preload/contract/errors.ts'
import type { JobSnapshot } from '../src-preload/contract/schemas.ts'
import { mainWindowId, type workbenchCalls } from '../src-preload/contract/workbench.ts'
import type { Clock } from './clock.ts'
import type { CorePort } from './coreInterface.ts'
import type { CoreWindows } from './coreWindows.ts'
import type { Notices } from './jobs/notices.ts'
import { openDesks } from './workbench/desks.ts'
import { openJobHistory } from './workbench/jobHistory.ts'
import type { KeptFileProblem } from './workbench/keptFile.ts'
import { createLayouts } from './workbench/layouts.ts'
import { openPresets } from './workbench/presets.ts'

export interface CoreWorkbenchOptions {
  dataFolder: string
  clock: Clock
  windows: CoreWindows
  notices: Notices
  onError(what: string): (error: unknown) => void
}

export interface CoreWorkbench {
  readonly handlers: Pick<Handlers<CorePort>, keyof typeof workbenchCalls>
  jobChanged(job: JobSnapshot): void
  /** A window went away for good. */
  windowGone(windowId: string): void
  /** Whether the windows that come will open jobs of their own: then none is opened for a first start. */
  opensJobs(): boolean
  dispose(): Promise<void>
}

/** What operators arrange for themselves: windows and tiles, layouts, presets of the job form, the history of jobs. */
export async function createCoreWorkbench(options: CoreWorkbenchOptions): Promise<CoreWorkbench> {
  const { clock, windows, notices } = options
  const folder = join(options.dataFolder, 'workbench')
  const onProblem = ({ file, reason, keptAside }: KeptFileProblem): void =>
    notices.add({
      severity: 'warning',
      title: `${file} cannot be read`,
      detail: `workbench/${file} ${reason}. The program begins anew${keptAside === null ? '' : `; the file as it was is kept as workbench/${keptAside}`}.`,
      jobId: null
    })
  const kept = (name: string) => ({
    file: join(folder, `${name}.json`),
    clock,
    onProblem,
    onError: options.onError(name)
  })
  const layouts = createLayouts({
    folder: join(folder, 'layouts'),
    clock,
    changed: (list) => windows.broadcast('layouts.changed', list)
  })
  const [desks, presets, history] = await Promise.all([
    openDesks({ ...kept('desks'), freshId: () => `desk-${randomUUID().slice(0, 8)}` }),
    openPresets({ ...kept('presets'), changed: (list) => windows.broadcast('presets.changed', list) }),
    openJobHistory({ ...kept('history'), changed: (entry) => windows.broadcast('history.changed', entry) })
  ])
  /** Who sits at which desk: the main window's id by desk. */
  const owners = new Map<string, string>()

  const handlers: CoreWorkbench['handlers'] = {
    async 'desk.open'({ desk }, port) {
      for (const [id, windowId] of owners) if (windowId === port.windowId) owners.delete(id)
      const opened = desks.open(desk, new Set(owners.keys()))
      owners.set(opened.desk, port.windowId)
      return ok(opened)
    },
    async 'desk.join'({ desk }) {
      const found = desks.windows(desk)
      if (!found) return failure('not-found', 'The desk of this window is gone; close it.')
      return ok({ windows: found })
    },
    async 'desk.keep'({ desk, window }) {
      const result = desks.keep(desk, window)
      if (!result.ok) return result
      windows.broadcast('desk.changed', { desk, windowId: window.id, window })
      return ok({})
    },
    async 'desk.drop'({ desk, windowId }) {
      if (windowId === mainWindowId) return failure('refused', 'A desk keeps its main window.')
      desks.drop(desk, windowId)
      windows.broadcast('desk.changed', { desk, windowId, window: null })
      return ok({})
    },
    'layouts.list': async () => ok(await layouts.list()),
    'layouts.save': ({ name, windows: all, overwrite }) => layouts.save(name, all, overwrite),
    'layouts.read': ({ name }) => layouts.read(name),
    'layouts.rename': ({ name, newName }) => layouts.rename(name, newName),
    'layouts.delete': ({ name }) => layouts.delete(name),
    'layouts.import': ({ text }) => layouts.import(text),
    'layouts.export': ({ name }) => layouts.export(name),
    'presets.list': async () => ok(presets.list()),
    'presets.save': async ({ name, request, overwrite }) => presets.save(name, request, overwrite),
    'presets.delete': async ({ name }) => presets.delete(name),
    'history.list': async ({ limit }) => ok(history.list(limit)),
    async 'history.clear'() {
      history.clear()
      return ok({})
    }
  }

  return {
    handlers,
    jobChanged: (job) => history.jobChanged(job),
    windowGone(windowId) {
      for (const [id, owner] of owners) if (owner === windowId) owners.delete(id)
    },
    opensJobs: () => desks.opensJobs(),
    async dispose() {
      await Promise.all([desks.settled(), presets.settled(), history.settled()])
    }
  }
}
