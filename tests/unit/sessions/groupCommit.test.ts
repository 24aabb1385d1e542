import { expect, test } from 'vitest'
import { systemClock } from '../../../src-main/clock.ts'
import type { Batch } from '../../../src-main/sessions/capture/frameQueue.ts'
import { GroupCommit } from '../../../src-main/sessions/capture/groupCommit.ts'
import { commitBytes } from '../../../src-main/sessions/capture/sessionWriter.ts'
import { eventually } from '../../support/eventually.ts'

const batchOf = (bytes: number): Batch => ({ pieces: [], frames: [], bytes })

/** A disk whose syncs end when the test says so. */
class HeldDisk {
  readonly steps: string[] = []
  readonly syncs: { end: () => void; fail: (error: Error) => void }[] = []
  readonly acknowledged: Batch[] = []
  writeError: Error | null = null
  unsyncedBytes = 0
  mostUnsyncedBytes = 0
  readonly groups = new GroupCommit(systemClock(), {
    acknowledged: (batch) => this.acknowledged.push(batch),
    failed: () => this.steps.push('failed')
  })

  async write({ bytes }: Batch): Promise<void> {
    this.steps.push('write')
    if (this.writeError) throw this.writeError
    this.unsyncedBytes += bytes
    this.mostUnsyncedBytes = Math.max(this.mostUnsyncedBytes, this.unsyncedBytes)
  }

  sync({ bytes }: Batch): Promise<void> {
    this.steps.push('sync')
    return new Promise((resolve, reject) => {
      this.syncs.push({
        end: () => {
          this.unsyncedBytes -= bytes
          resolve()
        },
        fail: reject
      })
    })
  }
}

test('the next group is written while one is synced; its own sync begins after that', async () => {
  const disk = new HeldDisk()
  const [first, second] = [batchOf(commitBytes / 2), batchOf(commitBytes / 2)]
  await disk.groups.commit(disk, first)
  const next = disk.groups.commit(disk, second)
  await eventually('the second is written', () => disk.steps.length === 3)
  expect(disk.steps).toEqual(['write', 'sync', 'write'])
  expect(disk.acknowledged).toEqual([])
  disk.syncs[0]!.end()
  await next
  expect(disk.acknowledged).toEqual([first])
  expect(disk.steps).toEqual(['write', 'sync', 'write', 'sync'])
  disk.syncs[1]!.end()
  await disk.groups.settle()
  expect(disk.acknowledged).toEqual([first, second])
})

test('never more than the bound is written and not synced', async () => {
  const disk = new HeldDisk()
  const sizes = [0.5, 0.5, 1, 0.25, 0.75, 0.5, 1, 1, 0.1]
  let isOver = false
  const ended = (async () => {
    for (const size of sizes) await disk.groups.commit(disk, batchOf(size * commitBytes))
    await disk.groups.settle()
    isOver = true
  })()
  for (let k = 0; k < sizes.length; k++) {
    await eventually('a sync', () => disk.syncs.length > k)
    disk.syncs[k]!.end()
  }
  await ended
  expect(isOver).toBe(true)
  expect(disk.mostUnsyncedBytes).toBe(commitBytes)
  expect(disk.acknowledged).toHaveLength(sizes.length)
})

test('a sync that fails is told, and nothing is written after it', async () => {
  const disk = new HeldDisk()
  await disk.groups.commit(disk, batchOf(1))
  disk.syncs[0]!.fail(new Error('the disk reports an error'))
  await eventually('it is told', () => disk.groups.hasFailed)
  await expect(disk.groups.commit(disk, batchOf(1))).rejects.toThrow('the disk reports an error')
  await expect(disk.groups.settle()).rejects.toThrow('the disk reports an error')
  expect(disk.steps).toEqual(['write', 'sync', 'failed'])
  expect(disk.acknowledged).toEqual([])
})

test('a write that fails takes nothing from the group that is being synced beside it', async () => {
  const disk = new HeldDisk()
  const first = batchOf(1)
  await disk.groups.commit(disk, first)
  disk.writeError = new Error('the disk is full')
  await expect(disk.groups.commit(disk, batchOf(1))).rejects.toThrow('the disk is full')
  expect(disk.acknowledged).toEqual([])
  disk.syncs[0]!.end()
  await disk.groups.settle()
  expect(disk.acknowledged).toEqual([first])
})
