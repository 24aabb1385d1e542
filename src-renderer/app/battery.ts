import type { FrameScheduler } from '../render/frameScheduler.ts'
import { displayBeforeSettings, type CoreStore } from '../stores/coreStore.ts'

/** Of the Battery Status API, which only some browsers have. */
interface Battery extends EventTarget {
  readonly charging: boolean
}

/** Draws less often while the machine runs on its battery, as the setting says. */
export function followBattery(core: CoreStore, scheduler: FrameScheduler): () => void {
  let battery: Battery | null = null
  let isOver = false
  const apply = (): void => {
    const { batteryFramesPerS } = core.getState().settings?.display ?? displayBeforeSettings
    scheduler.limitFrames(battery && !battery.charging ? batteryFramesPerS : null)
  }
  const { getBattery } = navigator as Navigator & { getBattery?(): Promise<Battery> }
  getBattery
    ?.call(navigator)
    .then((found) => {
      if (isOver) return
      battery = found
      battery.addEventListener('chargingchange', apply)
      apply()
    })
    .catch(() => undefined)
  const stop = core.subscribe(apply)
  return () => {
    isOver = true
    battery?.removeEventListener('chargingchange', apply)
    stop()
  }
}
