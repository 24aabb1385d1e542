import { millisecondsFromNanoseconds } from '../../src-preload/contract/units.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

const measureEveryMs = 60_000
/** An answer that took longer says too little about the clock. */
const slowestAnswerMs = 2000

/**
 * The core's clock as seen from this window, which may be on another machine: the offset halfway between asking and answer.
 * The measurement with the fastest answer counts until the next round.
 */
export class CoreClock {
  offsetMs = 0
  private readonly connection: CoreConnection
  private timer: ReturnType<typeof setInterval> | null = null

  constructor(connection: CoreConnection) {
    this.connection = connection
  }

  readonly nowMs = (): number => Date.now() + this.offsetMs

  start(): void {
    this.timer ??= setInterval(() => void this.measure(), measureEveryMs)
    void this.measure()
  }

  dispose(): void {
    if (this.timer !== null) clearInterval(this.timer)
    this.timer = null
  }

  async measure(): Promise<void> {
    let fastestMs = slowestAnswerMs
    for (let round = 0; round < 3; round++) {
      const askedMs = Date.now()
      const answer = await this.connection.call('core.hello', {})
      if (!answer.ok) return
      const answeredMs = Date.now()
      if (answeredMs - askedMs >= fastestMs) continue
      fastestMs = answeredMs - askedMs
      this.offsetMs = millisecondsFromNanoseconds(BigInt(answer.value.nowNs)) - (askedMs + answeredMs) / 2
    }
  }
}
