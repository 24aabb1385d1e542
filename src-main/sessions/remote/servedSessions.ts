import type { SessionSummary } from '../../../src-preload/contract/sessions.ts'
import type { Clock } from '../../clock.ts'
import { type Recording, RecordingError } from '../../recordings/recording.ts'
import { createContent } from '../export/exportContent.ts'
import { ExportError } from '../export/exportFormat.ts'
import { cutChunk, historyText, zarrLayout, type ZarrLayout } from '../export/zarrLayout.ts'

/** One object of a store: a JSON document or the bytes of a chunk. Null: there is no such key. */
export type StoreObject = { kind: 'document'; document: object } | { kind: 'bytes'; bytes: Uint8Array } | null

/** Sessions and opened files as read-only Zarr v3 stores, made on demand: nothing is written. */
export interface ServedSessions {
  list(): Promise<
    Pick<SessionSummary, 'id' | 'name' | 'startNs' | 'endNs' | 'channelCount' | 'sampleRateHz' | 'unit'>[]
  >
  /** `zarr.json`, `data/zarr.json`, `data/c/3/0`, `time/c/0`, …  Throws `ServingProblem` where the source cannot be read. */
  get(id: string, key: string): Promise<StoreObject>
  counters(): { open: number; refused: number }
  dispose(): Promise<void>
}

/** One sentence: which session, what is wrong. */
export class ServingProblem extends Error {
  override readonly name = 'ServingProblem'
}

export interface ServedSessionsOptions {
  list(): Promise<SessionSummary[]>
  pathOf(id: string): Promise<string | null>
  openRecording(path: string): Promise<Recording>
  clock: Clock
}

interface OpenStore {
  recording: Recording
  layout: ZarrLayout
  /** Rows that were read last: the chunks beside each other in them are asked for one after the other. */
  rows: { index: number; values: ReturnType<Recording['read']> } | null
}

/** Stores kept open, so that each chunk does not open its recording again. */
const mostOpen = 8
const idleMs = 60_000
const wholeSelection = { time: null, channels: null, band: null, decimate: 1 } as const

export function createServedSessions({ list, pathOf, openRecording, clock }: ServedSessionsOptions): ServedSessions {
  const stores = new Map<string, { opening: Promise<OpenStore | null>; usedAtMs: number }>()
  let refused = 0

  async function openStore(id: string): Promise<OpenStore | null> {
    const path = await pathOf(id)
    if (path === null) return null
    const recording = await openRecording(path)
    try {
      const content = createContent(recording, wholeSelection, { gaps: 'kept', holdsBands: false })
      return { recording, layout: zarrLayout(content, id, historyText('served'), Infinity), rows: null }
    } catch (error) {
      await recording.close()
      throw error
    }
  }

  async function put(id: string): Promise<void> {
    const held = stores.get(id)
    stores.delete(id)
    const store = await held?.opening.catch(() => null)
    await store?.recording.close()
  }

  function store(id: string): Promise<OpenStore | null> {
    const held = stores.get(id)
    if (held) {
      held.usedAtMs = clock.monotonicMs()
      return held.opening
    }
    if (stores.size >= mostOpen) {
      const oldest = [...stores].reduce((a, b) => (a[1].usedAtMs <= b[1].usedAtMs ? a : b))
      void put(oldest[0])
    }
    const opening = openStore(id)
    stores.set(id, { opening, usedAtMs: clock.monotonicMs() })
    opening.then(
      (opened) => opened ?? stores.delete(id),
      () => stores.delete(id)
    )
    return opening
  }

  const stopSweeping = clock.every(idleMs / 4, () => {
    for (const [id, { usedAtMs }] of stores) if (clock.monotonicMs() - usedAtMs > idleMs) void put(id)
  })

  async function dataChunk(open: OpenStore, row: number, column: number): Promise<StoreObject> {
    const { layout } = open
    const { content, shape } = layout
    const from = row * shape.rows
    const at = column * shape.channels
    if (from >= content.rows || at >= content.channels) return null
    const to = Math.min(content.rows, from + shape.rows)
    if (open.rows?.index !== row) open.rows = { index: row, values: content.read(from, to) }
    const values = await open.rows.values
    return { kind: 'bytes', bytes: cutChunk(content, { rows: to - from, values }, shape, at) }
  }

  function objectOf(open: OpenStore, key: string): StoreObject | Promise<StoreObject> {
    const { data, coordinates, group } = open.layout
    if (key === 'zarr.json') return { kind: 'document', document: group }
    const [, name = '', rest = ''] = /^([^/]+)\/(.+)$/.exec(key) ?? []
    const coordinate = coordinates.find((one) => one.name === name)
    const document = name === data.name ? data.document : coordinate?.document
    if (!document) return null
    if (rest === 'zarr.json') return { kind: 'document', document }
    const [, first, second] = /^c\/(\d{1,12})(?:\/(\d{1,12}))?$/.exec(rest) ?? []
    if (first === undefined) return null
    if (name === data.name) return second === undefined ? null : dataChunk(open, Number(first), Number(second))
    if (second !== undefined || Number(first) >= coordinate!.chunkCount) return null
    return { kind: 'bytes', bytes: coordinate!.chunk(Number(first)) }
  }

  return {
    list: async () =>
      (await list())
        .filter(({ state }) => state !== 'missing')
        .map(({ id, name, startNs, endNs, channelCount, sampleRateHz, unit }) => ({
          id,
          name,
          startNs,
          endNs,
          channelCount,
          sampleRateHz,
          unit
        })),
    async get(id, key) {
      try {
        // The description is always that of now: a session that is being recorded grows.
        if (key === 'zarr.json') await put(id)
        const open = await store(id)
        return open ? await objectOf(open, key) : null
      } catch (error) {
        if (!(error instanceof RecordingError || error instanceof ExportError)) throw error
        refused++
        throw new ServingProblem(`${error.message.replace(/\.$/, '')}.`)
      }
    },
    counters: () => ({ open: stores.size, refused }),
    async dispose() {
      stopSweeping()
      await Promise.all([...stores.keys()].map(put))
    }
  }
}
