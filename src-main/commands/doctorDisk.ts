import { mkdir, open, stat, unlink } from 'node:fs/promises'
import * as fileSystem from 'node:fs/promises'
import { join } from 'node:path'
import { readJsonFile } from '../storage/atomicFile.ts'
import { repairSettings } from '../storage/settingsTree.ts'
import { bad, good, messageOf, warn, type Check } from './check.ts'

const blockBytes = 4 * 1024 * 1024
const bytesMax = 64 * 1024 * 1024
const timeMaxMs = 2000
/** 2222 channels × 2 kHz × 2 bytes. */
const lineRateBytesPerS = 2222 * 2000 * 2

/** Bytes per second of writing and syncing; at most 64 MB or two seconds. */
async function writeSpeed(file: string): Promise<number> {
  const block = Buffer.alloc(blockBytes, 0x5a)
  const handle = await open(file, 'wx')
  try {
    const startMs = performance.now()
    let written = 0
    while (written < bytesMax && performance.now() - startMs < timeMaxMs) {
      await handle.write(block)
      await handle.datasync()
      written += block.length
    }
    return written / ((performance.now() - startMs) / 1000)
  } finally {
    await handle.close()
    await unlink(file)
  }
}

async function freeBytes(folder: string): Promise<{ free: number; percent: number } | null> {
  // Older runtimes have no statfs.
  if (typeof fileSystem.statfs !== 'function') return null
  const { bavail, blocks, bsize } = await fileSystem.statfs(folder)
  return { free: bavail * bsize, percent: (100 * bavail) / blocks }
}

export async function checkDisk(folder: string): Promise<Check> {
  try {
    await mkdir(folder, { recursive: true })
    if (!(await stat(folder)).isDirectory()) throw new Error('it is no folder')
    const space = await freeBytes(folder)
    if (space && space.free < 2 * bytesMax)
      return bad(
        'disk',
        `${folder}: ${(space.free / 1e6).toFixed(0)} MB free`,
        'Make room, or name another folder with --data.'
      )
    const speed = await writeSpeed(join(folder, `doctor-${process.pid}.tmp`))
    const room = space ? `, ${(space.free / 1e9).toFixed(1)} GB free (${space.percent.toFixed(0)} %)` : ''
    const found = `${folder}: writes ${(speed / 1e6).toFixed(0)} MB/s${room}`
    if (space && space.percent < 10) return warn('disk', found, 'Less than 10 % is free.')
    return speed < 2 * lineRateBytesPerS
      ? warn('disk', found, 'A full-width stream is 8.9 MB/s: too slow a disk to record it with a margin.')
      : good('disk', found)
  } catch (error) {
    return bad('disk', `${folder}: ${messageOf(error)}`, 'Name a folder that can be written to with --data.')
  }
}

export async function checkSettings(folder: string): Promise<Check> {
  const file = join(folder, 'settings.json')
  const read = await readJsonFile(file)
  if (read.state === 'absent') return good('settings', 'no settings file: the defaults are used')
  if (read.state === 'damaged')
    return bad(
      'settings',
      `${file} ${read.reason}`,
      'The program keeps it aside and uses the defaults; repair or remove it.'
    )
  const { problems } = repairSettings(read.value)
  if (problems.length === 0) return good('settings', `${file} is valid`)
  return warn(
    'settings',
    `${file}: ${problems.map(({ key, message }) => `${key || 'the file'} ${message}`).join('; ')}`,
    'Correct these keys; the others are used as they are.'
  )
}
