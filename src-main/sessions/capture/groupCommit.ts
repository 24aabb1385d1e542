import type { Clock } from '../../clock.ts'
import type { Batch } from './frameQueue.ts'
import { commitBytes, type SessionWriter } from './sessionWriter.ts'

/** A disk that syncs slower than this is asked less often, for whole groups one after the other. */
const slowSyncMs = 10

type Session = Pick<SessionWriter, 'write' | 'sync'>

export interface GroupCommitListener {
  /** A power cut cannot take this group any more. */
  acknowledged(batch: Batch, tookMs: number): void
  /** A group could not be synced; `commit` and `settle` reject with why. */
  failed(): void
}

/**
 * Writes one group while the one before it is synced: a disk has work at every moment, and the two together are never more
 * than a power cut may cost. Whoever calls waits for one method before the next.
 */
export class GroupCommit {
  readonly #clock: Clock
  readonly #listener: GroupCommitListener
  #syncing: Promise<void> | null = null
  #syncingBytes = 0
  #lastSyncMs = 0
  hasFailed = false

  constructor(clock: Clock, listener: GroupCommitListener) {
    this.#clock = clock
    this.#listener = listener
  }

  /** How much is worth a group of its own. */
  get groupBytes(): number {
    return this.#lastSyncMs > slowSyncMs ? commitBytes : commitBytes / 2
  }

  /** Resolves when the group is written and its sync has begun; its buffers are free when it is acknowledged. */
  async commit(session: Session, batch: Batch): Promise<void> {
    const sinceMs = this.#clock.monotonicMs()
    if (this.hasFailed || !this.#admits(batch.bytes)) await this.settle()
    await session.write(batch)
    await this.settle()
    this.#syncingBytes = batch.bytes
    this.#syncing = this.#sync(session, batch, sinceMs)
    // Told to whoever comes next; until then it is no rejection that nobody hears.
    this.#syncing.catch(() => {
      this.hasFailed = true
      this.#listener.failed()
    })
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    await this.#syncing
  }

  /** Whether a group of that size may be written beside the one that is being synced. */
  #admits(bytes: number): boolean {
    return this.#syncing === null || this.#syncingBytes + bytes <= commitBytes
  }

  async #sync(session: Session, batch: Batch, sinceMs: number): Promise<void> {
    const syncMs = this.#clock.monotonicMs()
    await session.sync(batch)
    const nowMs = this.#clock.monotonicMs()
    this.#lastSyncMs = nowMs - syncMs
    this.#syncing = null
    this.#listener.acknowledged(batch, nowMs - sinceMs)
  }
}
