import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAccess, type Access } from '../../src-main/access/access.ts'
import { systemClock, type Clock } from '../../src-main/clock.ts'
import { createLog } from '../../src-main/storage/log.ts'

export interface TestAccess extends Access {
  readonly folder: string
  /** Everything that was logged. */
  readonly lines: string[]
}

/** The real guard over a folder of its own, which goes with it. */
export async function testAccess(startToken: string | null = null, clock: Clock = systemClock()): Promise<TestAccess> {
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-access-'))
  const lines: string[] = []
  const log = createLog({
    clock,
    level: 'debug',
    sinks: [
      {
        write: async (text) => void lines.push(text),
        dispose: async () => undefined
      }
    ]
  })
  const access = await openAccess({ dataFolder: folder, clock, log })
  if (startToken !== null) access.tokens.addStart(startToken)
  return {
    ...access,
    folder,
    lines,
    async dispose() {
      await access.dispose()
      await log.dispose()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
