import { useCallback, useSyncExternalStore } from 'react'
import type { StoreApi } from 'zustand/vanilla'

/** Words that change faster than this are not read. */
const calmMs = 100

/** As `useStore`, for what changes in every frame but is read by eye: at most ten times a second, and always the last change. */
export function useCalmStore<Model, Value>(store: StoreApi<Model>, select: (model: Model) => Value): Value {
  const subscribe = useCallback(
    (changed: () => void) => {
      let timer: number | null = null
      let toldAtMs = -Infinity
      const tell = (): void => {
        timer = null
        toldAtMs = performance.now()
        changed()
      }
      const stop = store.subscribe(() => {
        timer ??= window.setTimeout(tell, Math.max(0, toldAtMs + calmMs - performance.now()))
      })
      return () => {
        stop()
        if (timer !== null) window.clearTimeout(timer)
      }
    },
    [store]
  )
  return useSyncExternalStore(subscribe, () => select(store.getState()))
}
