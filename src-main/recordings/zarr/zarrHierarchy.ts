import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoredElement } from '../hdf5/hdf5File.ts'
import { loadZarrita, mostChunkBytes, unknownCodecs, type ZarritaModule } from './zarrCodecs.ts'
import { type OpenArray, ZarrArray } from './zarrArray.ts'
import { ZarrProblem } from './zarrProblem.ts'
import { ZarrStore } from './zarrStore.ts'

export type JsonAttributes = Record<string, unknown>

/** An array of a hierarchy, described by its metadata alone. */
export interface ZarrNode {
  /** `/data`; `/` where the hierarchy is one array. */
  path: string
  shape: number[]
  chunks: number[]
  /** Null: not numbers of a kind that is read here. */
  element: StoredElement | null
  dimensions: (string | null)[]
  attributes: JsonAttributes
  /** Of a NumPy time: what its count is in. */
  timeUnit: string | null
  codecs: { name?: unknown; configuration?: unknown }[]
}

const deepest = 3
const mostNodes = 500
const elements = new Set<string>([
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64'
])
const elementsOfV2: Record<string, string> = {
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f4: 'float32',
  f8: 'float64'
}

export const metadataNames = ['zarr.json', '.zgroup', '.zarray', '.zmetadata']

/** A folder that holds a Zarr hierarchy: its arrays by their metadata, which open one by one. */
export class ZarrHierarchy {
  readonly #folder: string
  readonly #store: ZarrStore
  version: '2' | '3' = '3'
  rootAttributes: JsonAttributes = {}
  readonly nodes: ZarrNode[] = []
  /** Why arrays were left out. */
  readonly problems: string[] = []

  constructor(folder: string) {
    this.#folder = folder
    this.#store = new ZarrStore(folder)
  }

  async load(): Promise<void> {
    const isV3 = (await this.#store.json('/zarr.json')) !== null
    this.version = isV3 ? '3' : '2'
    await this.#visit('', 0)
  }

  /** Throws `ZarrProblem`. */
  async open(node: ZarrNode): Promise<ZarrArray> {
    const { path, element, chunks, codecs } = node
    const name = path.slice(1) || 'the array'
    if (element === null)
      throw new ZarrProblem(`${name} does not hold integers or floating-point numbers of a known width`)
    const module = await loadZarrita()
    const unknown = unknownCodecs(module, codecs)
    if (unknown.length > 0)
      throw new ZarrProblem(`${name} is packed with ${unknown.join(', ')}, which cannot be unpacked here`)
    const bytes = chunks.reduce((product, length) => product * length, Number(/\d+$/.exec(element)![0]) / 8)
    if (!(bytes <= mostChunkBytes))
      throw new ZarrProblem(`${name} has chunks of ${bytes} bytes; up to ${mostChunkBytes} are unpacked`)
    return new ZarrArray(await this.#openArray(module, path), element)
  }

  async #openArray(module: ZarritaModule, path: string): Promise<OpenArray> {
    const location = module.root(this.#store).resolve(path.slice(1) || '/')
    try {
      return this.version === '3'
        ? await module.open.v3(location, { kind: 'array' })
        : await module.open.v2(location, { kind: 'array' })
    } catch (error) {
      if (error instanceof ZarrProblem || (error as NodeJS.ErrnoException).code !== undefined) throw error
      throw new ZarrProblem(`${path.slice(1) || 'the array'} cannot be opened: ${(error as Error).message}`)
    }
  }

  async #visit(path: string, depth: number): Promise<void> {
    const document = await this.#document(path)
    if (document === null) return
    if (path === '') this.rootAttributes = document.attributes
    if (document.array !== null) {
      const node = nodeOf(path || '/', document.array, document.attributes)
      if (typeof node === 'string') this.problems.push(`${path.slice(1) || 'the array'} ${node}`)
      else this.nodes.push(node)
      return
    }
    if (depth >= deepest) return
    const entries = await readdir(join(this.#folder, ...path.split('/').filter(Boolean)), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (this.nodes.length >= mostNodes) return
      if (entry.isDirectory() && !entry.name.startsWith('.')) await this.#visit(`${path}/${entry.name}`, depth + 1)
    }
  }

  /** Null where there is neither an array nor a group. */
  async #document(path: string): Promise<{ array: JsonAttributes | null; attributes: JsonAttributes } | null> {
    if (this.version === '3') {
      const document = await this.#store.json(`${path}/zarr.json`)
      if (document === null) return null
      return { array: document.node_type === 'array' ? document : null, attributes: objectOf(document.attributes) }
    }
    const array = await this.#store.json(`${path}/.zarray`)
    const isGroup = array === null && (path === '' || (await this.#store.json(`${path}/.zgroup`)) !== null)
    if (array === null && !isGroup) return null
    return { array, attributes: (await this.#store.json(`${path}/.zattrs`)) ?? {} }
  }
}

const objectOf = (value: unknown): JsonAttributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonAttributes) : {}

const isLengths = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && (length as number) >= 0)

/** Of a metadata document of either version; a string says what is wrong with it. */
function nodeOf(path: string, document: JsonAttributes, attributes: JsonAttributes): ZarrNode | string {
  const isV3 = document.zarr_format === 3
  const grid = objectOf(document.chunk_grid)
  const chunks = isV3 ? (innerChunks(document.codecs) ?? objectOf(grid.configuration).chunk_shape) : document.chunks
  const { shape } = document
  if (!isLengths(shape) || !isLengths(chunks) || chunks.length !== shape.length || chunks.includes(0))
    return 'has a shape or chunks that cannot be read'
  if (isV3 && grid.name !== 'regular') return 'has chunks of different shapes, which are not read'
  const names = isV3 ? document.dimension_names : attributes._ARRAY_DIMENSIONS
  const dimensions = shape.map((_, i) => {
    const name: unknown = Array.isArray(names) ? names[i] : null
    return typeof name === 'string' ? name : null
  })
  const type = isV3 ? typeOfV3(document.data_type) : typeOfV2(document.dtype)
  return {
    path,
    shape,
    chunks,
    ...type,
    dimensions,
    attributes,
    codecs: isV3 ? listOf(document.codecs) : codecsOfV2(document)
  }
}

const listOf = (value: unknown): ZarrNode['codecs'] => (Array.isArray(value) ? (value as ZarrNode['codecs']) : [])

/** Inside a shard it is its inner chunks that are unpacked. */
function innerChunks(codecs: unknown): unknown {
  const shard = listOf(codecs).find(({ name }) => name === 'sharding_indexed')
  return shard ? objectOf(shard.configuration).chunk_shape : undefined
}

function codecsOfV2({ compressor, filters }: JsonAttributes): ZarrNode['codecs'] {
  const all = [...listOf(filters), ...(compressor ? [compressor] : [])] as { id?: unknown }[]
  // zarrita turns this one into two of its own.
  return all
    .filter(({ id }) => !/fixedscaleoffset$/.test(String(id)))
    .map(({ id }) => ({ name: `numcodecs.${String(id)}` }))
}

type TypeOfNode = Pick<ZarrNode, 'element' | 'timeUnit'>

function typeOfV2(dtype: unknown): TypeOfNode {
  const [, kind, unit] = /^[<>|](\w\d+)(?:\[(\w+)\])?$/.exec(String(dtype)) ?? []
  if (kind === 'M8') return { element: 'int64', timeUnit: unit ?? 'ns' }
  return { element: (elementsOfV2[kind ?? ''] as StoredElement | undefined) ?? null, timeUnit: null }
}

function typeOfV3(type: unknown): TypeOfNode {
  if (typeof type === 'string') return { element: elements.has(type) ? (type as StoredElement) : null, timeUnit: null }
  const { name, configuration } = objectOf(type)
  if (name !== 'numpy.datetime64') return { element: null, timeUnit: null }
  const { unit, scale_factor: scale } = objectOf(configuration)
  return { element: 'int64', timeUnit: typeof unit === 'string' && (scale ?? 1) === 1 ? unit : null }
}
