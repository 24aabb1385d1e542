import type { Client } from '@grpc/grpc-js'
import type { SpectraOptions, StreamOptions } from './createStream.ts'
import { createGapRecorder } from './gapRecorder.ts'
import { streamDataMethod, type DataStreamMessage } from './grpcServices.ts'
import { createFloat32Decoder } from './rowDecoder.ts'
import { createRowMerger, type RowMerger } from './rowMerger.ts'
import { createRowTimes } from './rowTimes.ts'
import { serverStream } from './serverStream.ts'
import { createStreamConnection, type Received } from './streamConnection.ts'
import type { StreamListener, StreamOffer, StreamSource } from './streamSource.ts'

const defaultRowIntervalS = 0.05

/** Channels of a message and the first of them; servers that leave them out mean all that was asked for. */
function columnsOf(message: DataStreamMessage, options: StreamOptions): { first: number; count: number } {
  const { startChannel, endChannel } = message
  if (startChannel === 0 && endChannel === 0)
    return { first: options.channels.min, count: options.channels.max - options.channels.min + 1 }
  return { first: startChannel, count: endChannel - startChannel + 1 }
}

/** The frequencies of so many values a channel; a sentence where nobody can say them. */
function binsFor(spectra: SpectraOptions | null | undefined, count: number): NonNullable<StreamOffer['bins']> | string {
  const { frequenciesHz = [], range = null } = spectra ?? {}
  if (frequenciesHz.length > 0 && frequenciesHz.length !== count)
    return `rows of ${count} values a channel for ${frequenciesHz.length} frequencies`
  const firstHz = frequenciesHz[0] ?? range?.lowHz
  const lastHz = frequenciesHz.at(-1) ?? range?.highHz
  if (firstHz === undefined || lastHz === undefined) return 'spectra without their frequencies'
  return { count, firstHz, stepHz: count > 1 ? (lastHz - firstHz) / (count - 1) : 0 }
}

/** Analysed rows as site servers send them. Rows keep their times over reconnects; what is missing is a gap. */
export function createRowsStream(options: StreamOptions, listener: StreamListener): StreamSource {
  const method = streamDataMethod()
  const decode = options.decoder ?? createFloat32Decoder(options.rowScale)
  const intervalNs = (options.rowIntervalS ?? defaultRowIntervalS) * 1e9
  const times = createRowTimes(intervalNs)
  const gaps = createGapRecorder((gap) => listener.gap(gap))
  const counters = { bytes: 0, blocks: 0, rows: 0, badMessages: 0 }
  const several = options.streamAmount > 1
  let bins: NonNullable<StreamOffer['bins']> | null = null
  const valuesPerChannel = (): number => bins?.count ?? 1
  let columns: { first: number; count: number } | null = several
    ? { first: options.channels.min, count: options.channels.max - options.channels.min + 1 }
    : null
  let offered = false
  let nextRow: number | null = options.live ? null : 0
  let rowsPerMessage = 1
  let holeReason: string | null = null

  const bad = (reason: string): void => {
    counters.badMessages++
    holeReason = reason
    options.onBadMessage?.(reason)
  }

  const makeOffer = (first: number, channelCount: number): StreamOffer => ({
    service: 'rows',
    live: options.live,
    content: 'rows',
    sourceName: options.sourceName,
    unit: '',
    quantity: options.spectra ? 'power spectral density' : 'band energy',
    bins,
    firstChannel: first,
    channelStep: 1,
    channelCount,
    firstDistanceM: options.fibre
      ? options.fibre.startM + (first - options.fibre.firstChannel) * options.fibre.spacingM
      : null,
    channelSpacingM: options.fibre?.spacingM ?? null,
    sampleIntervalNs: intervalNs,
    startNs: times.originNs(),
    endNs: options.endNs,
    bandLowHz: options.band?.lowHz ?? null,
    bandHighHz: options.band?.highHz ?? null
  })

  /** Rows [firstRow, …) of all columns, in order; what lies before them and never came is a gap. */
  const deliver = (firstRow: number, values: Float32Array): void => {
    const columnCount = columns!.count * valuesPerChannel()
    const rowCount = values.length / columnCount
    const repeated = nextRow === null ? 0 : Math.min(rowCount, Math.max(0, nextRow - firstRow))
    if (repeated === rowCount) return
    const first = firstRow + repeated
    if (nextRow !== null && first > nextRow)
      gaps.record({
        startNs: times.timeOf(nextRow),
        endNs: times.timeOf(first),
        firstSequence: null,
        lastSequence: null,
        rows: { first: nextRow, count: first - nextRow },
        reason: holeReason ?? 'rows were lost'
      })
    holeReason = null
    nextRow = firstRow + rowCount
    counters.rows += rowCount - repeated
    listener.rows({
      firstRow: first,
      rowCount: rowCount - repeated,
      columnCount,
      firstCentreNs: times.timeOf(first),
      values: repeated === 0 ? values : values.slice(repeated * columnCount)
    })
  }

  let merger: RowMerger | null = null

  const checkColumns = (
    message: DataStreamMessage,
    valuesPerRow: number
  ): { first: number; count: number } | string => {
    const found = columnsOf(message, options)
    if (options.spectra && !bins && valuesPerRow % found.count === 0) {
      const read = binsFor(options.spectra, valuesPerRow / found.count)
      if (typeof read === 'string') return read
      bins = read
    }
    if (found.count * valuesPerChannel() !== valuesPerRow)
      return `rows of ${valuesPerRow} values for the channels ${message.startChannel} to ${message.endChannel}`
    const inside =
      !columns ||
      (several
        ? found.first >= columns.first && found.first + found.count <= columns.first + columns.count
        : found.first === columns.first && found.count === columns.count)
    return inside
      ? found
      : `rows of the channels ${message.startChannel} to ${message.endChannel}, which were not asked for`
  }

  const take = (received: Received, stream: number): void => {
    counters.bytes += received.bytes
    const message = received.message as DataStreamMessage | null
    if (!message) return bad('a message that is none of the protocol')
    const decoded = decode(message)
    if (typeof decoded === 'string') return bad(decoded)
    const found = checkColumns(message, decoded.valuesPerRow)
    if (typeof found === 'string') return bad(found)
    const rows: number[] = []
    for (let k = 0; k < decoded.rowCount; k++) {
      const milliseconds = Number(message.timestampInMilis[k] ?? 0)
      const row = times.place(message.rowIndex[k] ?? null, milliseconds > 0 ? milliseconds : null)
      if (row === null) return bad('rows without a time')
      rows.push(row)
    }
    columns ??= found
    if (several) merger ??= createRowMerger(options.streamAmount, columns.count * valuesPerChannel(), deliver)
    if (!offered) {
      offered = true
      listener.offer(makeOffer(columns.first, columns.count))
    }
    counters.blocks++
    rowsPerMessage = decoded.rowCount
    const { values, valuesPerRow } = decoded
    for (let from = 0; from < rows.length;) {
      let to = from + 1
      while (to < rows.length && rows[to] === rows[from]! + (to - from) && !merger) to++
      const part = values.subarray(from * valuesPerRow, to * valuesPerRow)
      if (merger) merger.add(stream, rows[from]!, (found.first - columns.first) * valuesPerChannel(), part)
      // A part of a larger array must not be handed over: the listener may transfer it.
      else deliver(rows[from]!, part.length === values.length ? values : part.slice())
      from = to
    }
  }

  const connection = createStreamConnection({
    ...options,
    open: (client: Client) =>
      Array.from({ length: options.streamAmount }, (_, streamId) =>
        serverStream(client, method, { streamId }, options.decoded)
      ),
    message: take,
    reconnected() {
      holeReason = 'the connection was lost'
      times.reconnected()
    },
    state(state) {
      if (state.name === 'completed') merger?.flush()
      listener.state(state)
    },
    expectedIntervalMs: () => (rowsPerMessage * intervalNs) / 1e6
  })

  return {
    start: () => connection.start(),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    counters: () => ({ ...counters, ...gaps.counters, ...connection.counters() }),
    dispose: () => connection.dispose()
  }
}
