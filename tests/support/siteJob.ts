import { Server, ServerCredentials, status, type ServerWritableStream } from '@grpc/grpc-js'
import { createSiteProtocol, streamDataPath, type StreamDataRequest } from './siteProtocol.ts'
import type { SiteFault, SiteOptions } from './siteServer.ts'

export interface SiteJobRequest {
  displayTimeAxisDuration?: number | null
  nfftSelection?: number | null
  displayInfo: { height: number }
  channels: { min: number; max: number }
  frequencyRange?: { min: number; max: number } | null
  start_time?: number | null
  end_time?: number | null
  view_type: string
}

export interface SiteJob {
  /** What `/configure` and `/metadata` answer. */
  readonly answer: Record<string, unknown>
  /** The stream's port listens. */
  readonly opened: Promise<void>
  openStreams(): number
  dispose(): void
}

/** Speed of the ridge, metres a second: faster than any vehicle so that a short test sees it move. */
export const ridgeSpeedMPerS = 60
const ridgeHalfWidthChannels = 6
const backgroundDb = -70
const ridgeDb = 40

/** Channel (1-based, fractional) at which the ridge is at a time: it runs along the fibre and begins again at its end. */
export function ridgeChannel(timeMs: number, options: Pick<SiteOptions, 'channelCount' | 'spacingM'>): number {
  const fibreM = options.channelCount * options.spacingM
  return 1 + (((timeMs / 1000) * ridgeSpeedMPerS) % fibreM) / options.spacingM
}

function valueAt(channel: number, timeMs: number, options: SiteOptions): number {
  const away = (channel - ridgeChannel(timeMs, options)) / ridgeHalfWidthChannels
  // A little structure so that neighbouring rows are never equal.
  const decibel = backgroundDb + ridgeDb * Math.exp(-away * away) + 2 * Math.sin(channel * 12.9898 + timeMs * 0.078)
  if (options.values === 'decibel') return decibel
  return options.values === 'linear' ? 10 ** (decibel / 10) : (decibel / 10) * Math.LN10
}

const protocol = createSiteProtocol()
const serviceDefinition = {
  StreamData: {
    path: streamDataPath,
    requestStream: false,
    responseStream: true,
    requestSerialize: (request: StreamDataRequest) => protocol.encodeRequest(request.stream_id),
    requestDeserialize: (bytes: Buffer) => protocol.decodeRequest(bytes),
    responseSerialize: (message: Buffer) => message,
    responseDeserialize: (bytes: Buffer) => bytes
  }
} as const

interface Plan {
  channels: { min: number; max: number }
  frequencies: number[]
  linesDtS: number
  streamCount: number
  blockSize: number
  isWaterfall: boolean
}

function planFrom(request: SiteJobRequest, options: SiteOptions): Plan {
  const { channels, view_type: view } = request
  const count = channels.max - channels.min + 1
  const blockSize = view === '0' ? Math.ceil(count / 3) : count
  const nfft = request.nfftSelection ?? 1
  const low = request.frequencyRange?.min ?? 0
  const high = request.frequencyRange?.max ?? options.prrHz / 2
  const step = options.prrHz / nfft
  const isWaterfall = view === '2'
  const bins = Array.from({ length: Math.floor(nfft / 2) + 1 }, (_, bin) => bin * step)
  return {
    channels,
    frequencies: isWaterfall ? [low, high] : bins.filter((frequency) => frequency >= low && frequency <= high),
    linesDtS: request.displayTimeAxisDuration
      ? request.displayTimeAxisDuration / request.displayInfo.height
      : options.rowIntervalS,
    streamCount: Math.ceil(count / blockSize),
    blockSize,
    isWaterfall
  }
}

function rowBytes(
  plan: Plan,
  streamId: number,
  index: number,
  timeMs: number,
  options: SiteOptions,
  fault: SiteFault
): Buffer {
  const first = plan.channels.min + streamId * plan.blockSize
  const last = Math.min(plan.channels.max, first + plan.blockSize - 1)
  const perChannel = plan.isWaterfall ? 1 : plan.frequencies.length
  const values = new Float32Array((last - first + 1) * perChannel)
  values.forEach((_, at) => (values[at] = valueAt(first + Math.floor(at / perChannel), timeMs, options)))
  if (fault === 'nan') values[Math.floor(values.length / 2)] = Number.NaN
  if (fault === 'infinity') values.set([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].slice(0, values.length))
  const data = Buffer.from(values.buffer)
  const cut = fault === 'short bytes' ? data.subarray(0, data.length - 3) : data
  return protocol.encodeData({
    start_channel: first,
    end_channel: last,
    timestamp_in_milis: [String(Math.round(timeMs))],
    row_index: [index],
    data_shape_x: fault === 'wrong shape' ? values.length + 7 : values.length,
    data_shape_y: 1,
    global_maximum: values.reduce((most, value) => Math.max(most, value), -Infinity),
    global_minimum: values.reduce((least, value) => Math.min(least, value), Infinity),
    main_data: [cut]
  })
}

/** Sends a job's rows: live ones when they are due, historic ones one after another until the range ends. */
class RowSender {
  readonly #plan: Plan
  readonly #options: SiteOptions
  readonly #fault: () => SiteFault
  readonly #originMs: number
  readonly #endMs: number | null

  constructor(plan: Plan, request: SiteJobRequest, options: SiteOptions, fault: () => SiteFault) {
    this.#plan = plan
    this.#options = options
    this.#fault = fault
    this.#originMs = request.start_time ? request.start_time * 1000 : Date.now()
    this.#endMs = request.start_time ? (request.end_time ?? 0) * 1000 : null
  }

  serve(call: ServerWritableStream<StreamDataRequest, Buffer>, streamId: number): void {
    const stepMs = this.#plan.linesDtS * 1000
    let index = this.#endMs === null ? Math.ceil((Date.now() - this.#originMs) / stepMs) : 0
    const timer = setInterval(
      () => {
        const untilMs = this.#endMs ?? Date.now()
        const mostAtOnce = this.#endMs === null ? 1000 : 20
        for (let sent = 0; sent < mostAtOnce && this.#originMs + index * stepMs < untilMs; sent += 1, index += 1)
          this.#send(call, streamId, index)
        if (this.#endMs !== null && this.#originMs + index * stepMs >= this.#endMs) {
          clearInterval(timer)
          call.end()
        }
      },
      Math.max(5, Math.min(stepMs, 20))
    )
    for (const event of ['cancelled', 'close', 'error', 'finish']) call.on(event, () => clearInterval(timer))
  }

  #send(call: ServerWritableStream<StreamDataRequest, Buffer>, streamId: number, index: number): void {
    const fault = this.#fault()
    if (fault === 'silent') return
    const timeMs = this.#originMs + index * this.#plan.linesDtS * 1000
    call.write(rowBytes(this.#plan, streamId, index, timeMs, this.#options, fault))
  }
}

/** The original closes a job some time after its last client left; short here so that a test can wait for it. */
const closesAfterMs = 1000

export interface SiteJobSurroundings {
  jobId: string
  port: number
  options: SiteOptions
  fault: () => SiteFault
  /** Its clients have left and not come back. */
  onLeft: () => void
}

export function createSiteJob(request: SiteJobRequest, surroundings: SiteJobSurroundings): SiteJob {
  const { jobId, port, options, fault, onLeft } = surroundings
  const plan = planFrom(request, options)
  const sender = new RowSender(plan, request, options, fault)
  const calls = new Set<ServerWritableStream<StreamDataRequest, Buffer>>()
  const server = new Server()
  const leave = (call: ServerWritableStream<StreamDataRequest, Buffer>) => {
    if (calls.delete(call) && calls.size === 0) closing = setTimeout(onLeft, closesAfterMs)
  }
  let closing: NodeJS.Timeout | undefined
  server.addService(serviceDefinition, {
    StreamData(call: ServerWritableStream<StreamDataRequest, Buffer>) {
      const { stream_id: streamId } = call.request
      if (streamId < 0 || streamId >= plan.streamCount) {
        call.emit('error', { code: status.NOT_FOUND, details: 'no such stream' })
        return
      }
      clearTimeout(closing)
      calls.add(call)
      for (const event of ['cancelled', 'close', 'finish']) call.on(event, () => leave(call))
      sender.serve(call, streamId)
    }
  })
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  const opened = new Promise<void>((done) => {
    const open = () => {
      if (isOver) done()
      else server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), () => done())
    }
    timer = setTimeout(open, options.streamOpensAfterMs)
  })
  const count = plan.channels.max - plan.channels.min + 1
  const asSent = (value: number | string) => (options.numbersAs === 'numbers' ? Number(value) : String(value))
  return {
    answer: {
      status: '',
      job_id: jobId,
      stream_url: 'http://127.0.0.1',
      stream_port: asSent(port),
      frequencies_list: options.emptyFrequencies ? {} : plan.frequencies,
      frequencies_amount: plan.frequencies.length,
      lines_dt: plan.linesDtS,
      channel_to_stream_index: Object.fromEntries(
        Array.from({ length: count }, (_, at) => [String(plan.channels.min + at), Math.floor(at / plan.blockSize)])
      ),
      stream_amount: plan.streamCount,
      channel_amount: count,
      view_type: asSent(request.view_type)
    },
    opened,
    openStreams: () => calls.size,
    dispose() {
      isOver = true
      clearTimeout(timer)
      clearTimeout(closing)
      server.forceShutdown()
    }
  }
}
