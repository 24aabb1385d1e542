import { app, powerMonitor } from 'electron'
import type { Log } from '../storage/log.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface QuitOptions {
  /** Ends everything; what is not done by `limitMs` is left behind. */
  dispose(): Promise<void>
  limitMs: number
  log: Log
  /** Lines of the log that still wait for the disk. */
  flush(): Promise<void>
}

export interface Quit {
  readonly stopping: boolean
  /** Ends the program, with exit code 0 once all is clean. Asking again changes nothing. */
  begin(reason: string): void
}

/**
 * One way out, whoever asks: the menu, the last window, a signal, the system's log-out. A second signal does not wait for
 * anything.
 */
export function installQuit({ dispose, limitMs, log, flush }: QuitOptions): Quit {
  let stopping = false
  let done = false

  async function stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), limitMs)
    })
    try {
      const end = await Promise.race([dispose(), limit])
      if (end === 'late') log.error('quit_incomplete', { limitMs })
    } catch (error) {
      log.error('quit_failed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
    clearTimeout(timer)
    await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, 500))])
    done = true
    app.exit(0)
  }

  function begin(reason: string): void {
    if (stopping) return
    stopping = true
    log.info('quit', { reason })
    void stop()
  }

  app.on('before-quit', (event) => {
    if (done) return
    event.preventDefault()
    begin('asked to quit')
  })
  // Chromium installs its own handlers when it is ready; ours have to come after.
  void app.whenReady().then(() => {
    for (const signal of signals) process.on(signal, () => (stopping ? app.exit(1) : begin(signal)))
    // Its type lacks the event, which holds the system up until the program has ended.
    const onShutdown = (event?: { preventDefault(): void }): void => {
      event?.preventDefault()
      begin('the system shuts down')
    }
    powerMonitor.on('shutdown', onShutdown)
  })
  return {
    get stopping() {
      return stopping
    },
    begin
  }
}
