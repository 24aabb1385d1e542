import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const startsWithinMs = 30_000
const stopsWithinMs = 15_000

export interface WebShell {
  /** With its token. */
  readonly address: string
  readonly pid: number
  stop(): Promise<void>
}

/** `npm start -- --web --no-open --port 0 …`, by the program that npm would start; its last line is the address. */
export async function startWebShell(args: string[]): Promise<WebShell> {
  const child = spawn(
    process.execPath,
    [join(root, 'src-main/launch.ts'), 'start', '--web', '--no-open', '--port', '0', ...args],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }
  )
  let output = ''
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const address = await new Promise<string>((done, fail) => {
    const report = (what: string): void => {
      // What never told its address would keep its ports, and this process alive.
      child.kill('SIGKILL')
      fail(new Error(`${what}\n${output}\n${log}`))
    }
    const timer = setTimeout(() => report(`no address within ${startsWithinMs} ms`), startsWithinMs)
    child.once('exit', (code) => report(`ended with ${code} before its address`))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const found = /^Wavefall: (http\S+#token=\S+)$/m.exec(output)?.[1]
      if (!found) return
      clearTimeout(timer)
      done(found)
    })
  })
  return {
    address,
    pid: child.pid!,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), stopsWithinMs)
      await exited
      clearTimeout(timer)
    }
  }
}
