import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ZarrProblem } from './zarrProblem.ts'

/** A packed chunk or an index larger than this is a damaged length, or nothing for a desktop. */
const mostBytes = 512 * 1024 * 1024

type Range = { offset: number; length: number } | { suffixLength: number }

/** A part of an array that was never written stands for fill values. */
export class MissingChunk extends Error {
  override readonly name = 'MissingChunk'
}

interface Options {
  signal?: AbortSignal
  /** Throw `MissingChunk` in place of handing out `undefined`, for which a whole chunk would be made up. */
  throwsMissing?: boolean
}

/** The folder of a Zarr hierarchy, read-only. What is not there is `undefined`, as Zarr wants it: a chunk of fill values. */
export class ZarrStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async get(key: string, options: Options = {}): Promise<Uint8Array | undefined> {
    const path = this.#path(key)
    return ifThere(options, async () => {
      const { size } = await stat(path)
      if (size > mostBytes) throw new ZarrProblem(`${key.slice(1)} is ${size} bytes long, more than is read at once`)
      const bytes = new Uint8Array(await readFile(path))
      return isMetadata(key) ? withoutTimes(bytes) : bytes
    })
  }

  async getRange(key: string, range: Range, options: Options = {}): Promise<Uint8Array | undefined> {
    const path = this.#path(key)
    return ifThere(options, async () => {
      const handle = await open(path, 'r')
      try {
        const { size } = await handle.stat()
        const length = 'length' in range ? range.length : range.suffixLength
        const offset = 'offset' in range ? range.offset : size - length
        if (!(offset >= 0) || !(length >= 0) || offset + length > size)
          throw new ZarrProblem(`${key.slice(1)} ends at byte ${size}, before the part that its index names`)
        if (length > mostBytes)
          throw new ZarrProblem(`${key.slice(1)} has a part of ${length} bytes, more than is read`)
        const bytes = new Uint8Array(length)
        const { bytesRead } = await handle.read(bytes, 0, length, offset)
        if (bytesRead < length) throw new ZarrProblem(`${key.slice(1)} was cut off while it was read`)
        return bytes
      } finally {
        await handle.close()
      }
    })
  }

  /** A metadata document as it is; null where there is none. */
  async json(key: string): Promise<Record<string, unknown> | null> {
    const path = this.#path(key)
    const bytes = await ifThere({}, () => readFile(path))
    return bytes === undefined ? null : jsonObject(bytes, key)
  }

  #path(key: string): string {
    const parts = key.split('/').filter(Boolean)
    if (parts.some((part) => part === '..' || part.includes('\0')))
      throw new ZarrProblem(`the name ${key} leads out of the folder`)
    return join(this.#root, ...parts)
  }
}

async function ifThere<T>({ throwsMissing }: Options, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') {
      if (throwsMissing) throw new MissingChunk()
      return undefined
    }
    throw error
  }
}

const isMetadata = (key: string): boolean => key.endsWith('/.zarray') || key.endsWith('/zarr.json')

function jsonObject(bytes: Uint8Array, key: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw new ZarrProblem(`${key.slice(1)} is not JSON`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ZarrProblem(`${key.slice(1)} is not a JSON object`)
  return value as Record<string, unknown>
}

/** NumPy's times are 64-bit counts, which zarrita reads where it would not know their type. */
function withoutTimes(bytes: Uint8Array): Uint8Array {
  const document = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
  const { dtype, data_type: type } = document
  if (typeof dtype === 'string' && /^[<>][Mm]8/.test(dtype)) document.dtype = `${dtype[0]}i8`
  else if (/^numpy\.(datetime|timedelta)64$/.test(String((type as { name?: unknown } | null)?.name ?? '')))
    document.data_type = 'int64'
  else return bytes
  document.fill_value = 0
  return new TextEncoder().encode(JSON.stringify(document))
}
