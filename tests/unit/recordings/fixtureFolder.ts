import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import type { Recording } from '../../../src-main/recordings/recording.ts'

/** A folder of its own for every test, and recordings that are closed after it. */
export function fixtureFolder(): {
  open(write: (path: string) => Promise<void>): Promise<Recording>
  place(name: string): string
} {
  let folder = ''
  let opened: Recording[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wavefall-recordings-'))
    opened = []
  })
  afterEach(async () => {
    for (const recording of opened) await recording.close()
    await rm(folder, { recursive: true })
  })
  const place = (name: string): string => join(folder, name)
  return {
    place,
    async open(write) {
      await write(place('file.h5'))
      const recording = await openRecording(place('file.h5'))
      opened.push(recording)
      return recording
    }
  }
}

/** All values, time-major. */
export async function readAll({ info, read }: Recording): Promise<number[]> {
  const { time, channel } = info.shape
  return [...(await read({ time: { from: 0, to: time }, channel: { from: 0, to: channel } }))]
}

/** What `ramp` writes: row · 100 + channel. */
export const rampValues = (rows: number, channels: number): number[] =>
  Array.from({ length: rows * channels }, (_, i) => Math.floor(i / channels) * 100 + (i % channels))
