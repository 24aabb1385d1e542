import * as nodeZlib from 'node:zlib'
import type * as Zarrita from 'zarrita'
import { hdf5Library } from '../hdf5/hdf5Library.ts'
import { crc32c } from './crc32c.ts'
import { ZarrProblem } from './zarrProblem.ts'

export type ZarritaModule = typeof Zarrita

/** A chunk is unpacked as a whole. */
export const mostChunkBytes = 256 * 1024 * 1024

interface ChunkShape {
  shape: number[]
}
interface Codec {
  decode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>
}
interface CodecClass {
  fromConfig(configuration: unknown, chunk: ChunkShape): Codec
}

/** No element is wider; what filters add is far less than that. */
const widestElement = 8
const spareBytes = 4096

const limitOf = ({ shape }: ChunkShape): number =>
  shape.reduce((product, length) => product * length, widestElement) + spareBytes

const readOnly = (decode: Codec['decode']): Codec & { kind: string; encode(): never } => ({
  kind: 'bytes_to_bytes',
  encode: () => {
    throw new Error('chunks are only read')
  },
  decode
})

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array

/** Node has it since 22.15; older runtimes take the library's. */
const zstdOfNode = (nodeZlib as { zstdDecompressSync?: Unpack }).zstdDecompressSync

const byZlib = (unpack: Unpack): CodecClass => ({
  fromConfig: (_, chunk) => {
    const maxOutputLength = limitOf(chunk)
    return readOnly((bytes) => new Uint8Array(unpack(bytes, { maxOutputLength })))
  }
})

/** zarrita takes the sum off and lets a flipped bit become a sample. */
const checkedCrc32c: CodecClass = {
  fromConfig: () => ({
    ...readOnly((bytes) => {
      if (bytes.length < 4) throw new ZarrProblem('it is too short for its sum')
      const content = bytes.subarray(0, -4)
      const [a, b, c, d] = bytes.subarray(-4)
      if (crc32c(content) !== (a! | (b! << 8) | (c! << 16) | (d! << 24)) >>> 0)
        throw new ZarrProblem('its sum is not that of its bytes')
      return content
    }),
    computeEncodedSize: (bytes: number) => bytes + 4
  })
}

/**
 * What a packed chunk says that it unpacks to (Blosc: README_CHUNK_FORMAT, Zstandard: RFC 8878 3.1.1.1, numcodecs' LZ4: its
 * first four bytes); null: not said, below 0: it is cut off. Blosc says its own length too, which the library does not compare.
 */
function bloscBytes(bytes: Uint8Array): number {
  if (bytes.length < 16) return -1
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return view.getUint32(12, true) === bytes.length ? view.getUint32(4, true) : -1
}

const lz4Bytes = (bytes: Uint8Array): number =>
  bytes.length < 5 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)

function zstdBytes(bytes: Uint8Array): number | null {
  if (bytes.length < 6) return -1
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const descriptor = bytes[4]!
  const hasWindow = (descriptor & 0x20) === 0
  const place = 5 + (hasWindow ? 1 : 0) + [0, 1, 2, 4][descriptor & 3]!
  const sizeKind = descriptor >> 6
  if (place + 8 > bytes.length) return -1
  if (sizeKind === 0) return hasWindow ? null : bytes[place]!
  if (sizeKind === 1) return view.getUint16(place, true) + 256
  return sizeKind === 2 ? view.getUint32(place, true) : Number(view.getBigUint64(place, true))
}

/** The library's codec behind a look at how much it would unpack: a damaged length is not worth the memory. */
const bounded =
  (load: () => Promise<unknown>, statedBytes: (bytes: Uint8Array) => number | null) =>
  async (): Promise<CodecClass> => {
    const codecClass = (await load()) as CodecClass
    return {
      fromConfig: (configuration, chunk) => {
        const codec = codecClass.fromConfig(configuration ?? {}, chunk)
        return readOnly((bytes) => {
          const stated = statedBytes(bytes)
          if (stated !== null && (stated < 0 || stated > limitOf(chunk)))
            throw new ZarrProblem('it does not unpack to a chunk')
          hdf5Library.allowChunk(limitOf(chunk))
          return codec.decode(bytes)
        })
      }
    }
  }

/**
 * zarrita with codecs of our own in place of those that would believe any length, or need what older runtimes lack. Loaded
 * when the first Zarr folder is opened.
 */
export async function loadZarrita(): Promise<ZarritaModule> {
  const module = await import('zarrita')
  const { registry } = module
  const replace = (names: string[], load: () => Promise<CodecClass>): void => {
    for (const name of names) registry.set(name, load as never)
  }
  const withPrefix = (name: string): string[] => [name, `numcodecs.${name}`]
  const library = (name: string): (() => Promise<unknown>) => registry.get(name) as () => Promise<unknown>
  const isFresh = !(replaced in registry)
  if (!isFresh) return module
  Object.defineProperty(registry, replaced, { value: true })
  replace(withPrefix('blosc'), bounded(library('blosc'), bloscBytes))
  replace(withPrefix('lz4'), bounded(library('lz4'), lz4Bytes))
  const zstd = zstdOfNode ? () => Promise.resolve(byZlib(zstdOfNode)) : bounded(library('zstd'), zstdBytes)
  replace(withPrefix('zstd'), zstd)
  replace(withPrefix('gzip'), () => Promise.resolve(byZlib(nodeZlib.gunzipSync)))
  replace(withPrefix('zlib'), () => Promise.resolve(byZlib(nodeZlib.inflateSync)))
  replace(withPrefix('crc32c'), () => Promise.resolve(checkedCrc32c))
  return module
}

/** Says that the registry of this process has our codecs already. */
const replaced = Symbol('wavefall')

/** The names of codecs that nobody here can undo, those inside shards included. */
export function unknownCodecs(module: ZarritaModule, codecs: { name?: unknown; configuration?: unknown }[]): string[] {
  return codecs.flatMap(({ name, configuration }) => {
    if (typeof name !== 'string') return ['one without a name']
    if (name !== 'sharding_indexed') return module.registry.has(name) ? [] : [name]
    const { codecs: inner, index_location: place } = (configuration ?? {}) as Record<string, unknown>
    if (place === 'start') return ['sharding_indexed with the index at the start']
    return Array.isArray(inner) ? unknownCodecs(module, inner as { name?: unknown }[]) : [name]
  })
}
