import { randomBytes } from 'node:crypto'
import { createReadStream, closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInflateRaw, inflateRawSync, constants } from 'node:zlib'
import { BinaryFile } from '../binary/binaryFile.ts'
import { RecordingError } from '../recording.ts'
import { crc32 } from '../session/crc32.ts'
import type { ZipMember } from './zipDirectory.ts'

/** Unpacked in some seconds; a reader that does not answer for longer is given up. */
export const mostUnpackedBytes = 1024 * 1024 * 1024

/** The first bytes of a packed member, at most `wanted`: enough for a header. */
export function unpackedHead(packed: Uint8Array, wanted: number): Uint8Array | null {
  try {
    // A head is cut off by nature; what it expands to is bounded by its own length.
    return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, wanted)
  } catch {
    return null
  }
}

/** The file that a packed member was unpacked into, for as long as its recording is open. */
export interface UnpackedFile {
  file: BinaryFile
  dispose(): void
}

/** Throws `RecordingError` for a member that is not unpacked here. */
export function checkUnpacked(path: string, { name, bytes }: ZipMember): void {
  if (bytes > mostUnpackedBytes)
    throw new RecordingError(
      path,
      `${name} unpacks to ${bytes} bytes; more than ${mostUnpackedBytes} are not unpacked: save it without compression (numpy.savez), or as Zarr or HDF5`
    )
}

/**
 * Unpacks a member into a temporary file, checking length and sum. The file has no name where the system allows that, so
 * nothing stays behind whatever happens. Throws `RecordingError`.
 */
export async function unpack(path: string, member: ZipMember, place: number): Promise<UnpackedFile> {
  checkUnpacked(path, member)
  const { name, packedBytes, bytes } = member
  const target = temporaryFile(path)
  try {
    const inflate = createInflateRaw()
    const source = createReadStream(path, { start: place, end: place + packedBytes - 1 })
    source.on('error', (error) => inflate.destroy(error))
    source.pipe(inflate)
    let done = 0
    let sum = 0
    for await (const chunk of inflate as AsyncIterable<Uint8Array>) {
      done += chunk.length
      if (done > bytes) break
      sum = crc32(chunk, sum)
      for (let written = 0; written < chunk.length;) written += writeSync(target.descriptor, chunk, written)
    }
    source.destroy()
    if (done !== bytes || sum !== member.crc32)
      throw new RecordingError(
        path,
        `${name} is damaged: its ${done > bytes ? 'length' : 'sum'} is not what the file says`
      )
    return { file: target.file, dispose: () => target.dispose() }
  } catch (error) {
    target.dispose()
    if (error instanceof RecordingError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC') throw new RecordingError(path, `${name} cannot be unpacked: ${tmpdir()} is full`)
    throw new RecordingError(path, `${name} cannot be unpacked: ${message}`)
  }
}

function temporaryFile(path: string): { descriptor: number; file: BinaryFile; dispose(): void } {
  const place = join(tmpdir(), `wavefall-${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
  const descriptor = openSync(place, 'wx+', 0o600)
  let hasName = true
  const remove = (): void => {
    try {
      unlinkSync(place)
      hasName = false
    } catch {
      // Windows removes no file that is open: it goes when it is closed.
    }
  }
  remove()
  return {
    descriptor,
    file: new BinaryFile(path, descriptor),
    dispose() {
      closeSync(descriptor)
      if (hasName) remove()
    }
  }
}
