import v8 from 'node:v8'
import vm from 'node:vm'

type Collect = (options?: { type: 'major'; execution: 'async' }) => Promise<void> | void

/** Collects garbage of this thread, where the runtime can be told to; the work is put off to when the thread is idle. */
export function createGarbageCollection(): () => Promise<boolean> {
  let collect: Collect | null | undefined

  function find(): Collect | null {
    const given = (globalThis as { gc?: Collect }).gc
    if (given) return given
    try {
      v8.setFlagsFromString('--expose-gc')
      return vm.runInNewContext('gc') as Collect
    } catch {
      return null
    }
  }

  return async () => {
    if (collect === undefined) collect = find()
    if (typeof collect !== 'function') return false
    await collect({ type: 'major', execution: 'async' })
    return true
  }
}
