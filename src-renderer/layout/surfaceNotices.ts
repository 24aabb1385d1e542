import type { SurfaceEvent } from '../render/surfaceHost.ts'
import type { Actions } from '../stores/actions.ts'

const words = {
  lost: [
    'warning',
    'The graphics context was lost',
    'The picture stands still until the browser gives it back; the rows go on.'
  ],
  restored: [
    'info',
    'The graphics context came back',
    'The picture was restored from the rows in memory; nothing was lost.'
  ],
  replaced: [
    'warning',
    'The graphics context did not come back',
    'The picture is drawn without WebGL from now on, which is slower. Reload the window to try again.'
  ]
} as const

/** Tells the operator what became of the context that a picture was drawn with. */
export function notifySurface(actions: Actions, event: SurfaceEvent): void {
  const [severity, title, detail] = words[event]
  actions.notify(severity, `graphics ${event}`, title, detail)
}
