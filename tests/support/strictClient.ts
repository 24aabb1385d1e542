/**
 * A client of the Focus Server interface that believes its page and nothing else: every documented field with its exact type,
 * every other field refused. `ours` are the promises of the embedded server, `site` what the original is known to answer.
 */
import { z } from 'zod'
import type { GrpcStream } from './grpcStream.ts'
import { openBlocks, type BlockMessage } from './strictBlocks.ts'
import { openRows, type RowExpectation, type RowMessage } from './strictRows.ts'

const integer = z.number().int()
const portText = z.string().regex(/^\d{1,5}$/)

export const channelsAnswer = z.strictObject({ lowest_channel: integer, highest_channel: integer })

export const liveMetadataAnswer = z.strictObject({
  dx: z.number().nullable(),
  prr: z.number(),
  fiber_start_meters: z.number().nullable(),
  fiber_length_meters: z.number().nullable(),
  sw_version: z.string(),
  number_of_channels: integer,
  fiber_description: z.string(),
  num_samples_per_trace: integer.optional(),
  dtype: z.string().optional()
})

const configureFields = {
  status: z.literal(''),
  job_id: z.string().regex(/^\d+-\d+$/),
  stream_url: z.string().regex(/^http:\/\/[^:/]+$/),
  frequencies_amount: integer,
  lines_dt: z.number().positive(),
  channel_to_stream_index: z.record(z.string().regex(/^\d+$/), integer),
  stream_amount: integer,
  channel_amount: integer
}

const ourConfigureAnswer = z.strictObject({
  ...configureFields,
  stream_port: portText,
  view_type: z.enum(['0', '1', '2']),
  frequencies_list: z.array(z.number())
})

const siteConfigureAnswer = z.strictObject({
  ...configureFields,
  stream_port: z.union([portText, integer]),
  view_type: z.union([z.enum(['0', '1', '2']), integer]),
  frequencies_list: z.union([z.array(z.number()), z.strictObject({})])
})

export type ConfigureAnswer = z.infer<typeof siteConfigureAnswer>

const range = z.tuple([z.number(), z.number()])
export const recordingsAnswer = z.union([z.array(range), z.strictObject({ recordings: z.array(range) })])

/** From the application. */
export const applicationError = z.strictObject({ error: z.string().min(1) })
/** Ours for 422: one entry a field. */
export const validationError = z.strictObject({
  error: z.string().min(1),
  detail: z
    .array(
      z.strictObject({
        loc: z.tuple([z.literal('body')], z.union([z.string(), integer])),
        msg: z.string().min(1),
        type: z.string().min(1)
      })
    )
    .min(1)
})
const frameworkError = z.strictObject({ detail: z.unknown() })
export const anyError = z.union([applicationError, validationError, frameworkError])

export interface ConfigureRequest {
  displayTimeAxisDuration: number | null
  nfftSelection: number | null
  displayInfo: { height: number }
  channels: { min: number; max: number }
  frequencyRange: { min: number; max: number } | null
  start_time: number | null
  end_time: number | null
  view_type: '0' | '1' | '2'
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** Parsed JSON, or undefined where the body is none. */
  body: unknown
}

export interface RawRequest {
  /** Take 429 as the answer instead of asking again when it is time. */
  impatient?: boolean
  headers?: Record<string, string>
  body?: string | Buffer
}

export interface StrictClient {
  readonly base: string
  request(method: string, path: string, raw?: RawRequest): Promise<Answer>
  post(path: string, value: unknown): Promise<Answer>
  channels(): Promise<z.infer<typeof channelsAnswer>>
  liveMetadata(): Promise<z.infer<typeof liveMetadataAnswer>>
  /** Throws where the answer is not the documented 200. */
  configure(request: ConfigureRequest): Promise<ConfigureAnswer>
  deleteJob(jobId: string): Promise<Answer>
  recordings(startS: number, endS: number): Promise<[number, number][]>
  rows(job: ConfigureAnswer, streamId?: number): GrpcStream<RowMessage>
  blocks(job: ConfigureAnswer, resumeAfter?: bigint): GrpcStream<BlockMessage>
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What must never reach a client: stack lines, source files, folders of the machine. */
const leaks = [/\n\s+at /, /\.[cm]?[jt]s:\d+/, /node_modules/, /\/(home|work|usr|tmp|root)\//]

function refuseLeaks(answer: Answer, what: string): void {
  if (answer.status < 400) return
  const leak = leaks.find((pattern) => pattern.test(answer.text))
  if (leak) throw new Error(`${what} answers ${answer.status} with a stack or a path: ${answer.text.slice(0, 300)}`)
}

/** Checks an answer's status, type and shape at once. */
export function expectShape<T>(answer: Answer, status: number, schema: z.ZodType<T>): T {
  const about = `${answer.status} ${answer.text.slice(0, 400)}`
  if (answer.status !== status) throw new Error(`expected ${status}, got ${about}`)
  if (!/^application\/json\b/.test(answer.headers.get('content-type') ?? ''))
    throw new Error(`content type ${answer.headers.get('content-type')} of ${about}`)
  const result = schema.safeParse(answer.body)
  if (!result.success)
    throw new Error(`${about}\ndoes not have the documented shape:\n${z.prettifyError(result.error)}`)
  return result.data
}

export const waterfall = (min: number, max: number, more: Partial<ConfigureRequest> = {}): ConfigureRequest => ({
  displayTimeAxisDuration: null,
  nfftSelection: null,
  displayInfo: { height: 200 },
  channels: { min, max },
  frequencyRange: null,
  start_time: null,
  end_time: null,
  view_type: '2',
  ...more
})

export const spectrograms = (min: number, max: number, more: Partial<ConfigureRequest> = {}): ConfigureRequest => ({
  displayTimeAxisDuration: 10,
  nfftSelection: 1024,
  displayInfo: { height: 100 },
  channels: { min, max },
  frequencyRange: { min: 0, max: 500 },
  start_time: null,
  end_time: null,
  view_type: min === max ? '1' : '0',
  ...more
})

/** Host of the answer's `stream_url` and its port, as gRPC wants them. */
export const streamAddress = (job: ConfigureAnswer): string =>
  `${job.stream_url.replace(/^http:\/\//, '')}:${job.stream_port}`

/** Channels of one stream of a job: contiguous blocks of ceil(n/3) for multi, all in one otherwise. */
export function channelsOfStream(request: ConfigureRequest, streamId: number): { min: number; max: number } {
  const { min, max } = request.channels
  const size = request.view_type === '0' ? Math.ceil((max - min + 1) / 3) : max - min + 1
  return { min: min + streamId * size, max: Math.min(max, min + (streamId + 1) * size - 1) }
}

/** What one stream of a job has to look like. */
export const rowsOf = (request: ConfigureRequest, job: ConfigureAnswer, streamId = 0): RowExpectation => ({
  channels: channelsOfStream(request, streamId),
  valuesPerChannel: request.view_type === '2' ? 1 : job.frequencies_amount,
  linesDtS: job.lines_dt
})

export function strictClient(base: string, dialect: 'ours' | 'site' = 'ours'): StrictClient {
  const configureAnswer: z.ZodType<ConfigureAnswer> = dialect === 'ours' ? ourConfigureAnswer : siteConfigureAnswer
  const ask = async (method: string, path: string, raw: RawRequest): Promise<Answer> => {
    const response = await fetch(`${base}${path}`, {
      method,
      ...(raw.headers ? { headers: raw.headers } : {}),
      ...(raw.body === undefined ? {} : { body: raw.body as string }),
      signal: AbortSignal.timeout(15_000)
    })
    const text = await response.text()
    const answer = { status: response.status, headers: response.headers, text, body: parsed(text) }
    refuseLeaks(answer, `${method} ${path}`)
    return answer
  }
  const request = async (method: string, path: string, raw: RawRequest = {}): Promise<Answer> => {
    for (let tries = 1; ; tries += 1) {
      const answer = await ask(method, path, raw)
      if (answer.status !== 429 || raw.impatient || tries === 10) return answer
      const afterS = Number(answer.headers.get('retry-after') ?? 0.25)
      await new Promise((resolve) => setTimeout(resolve, Math.min(5, afterS) * 1000))
    }
  }
  const post = (path: string, value: unknown) =>
    request('POST', path, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })
  return {
    base,
    request,
    post,
    channels: async () => expectShape(await request('GET', '/channels'), 200, channelsAnswer),
    liveMetadata: async () => expectShape(await request('GET', '/live_metadata'), 200, liveMetadataAnswer),
    configure: async (body) => expectShape(await post('/configure', body), 200, configureAnswer),
    deleteJob: (jobId) => request('DELETE', `/job/${jobId}`),
    async recordings(startS, endS) {
      const answer = await post('/recordings_in_time_range', { start_time: startS, end_time: endS })
      const list = expectShape(answer, 200, recordingsAnswer)
      return Array.isArray(list) ? list : list.recordings
    },
    rows: (job, streamId = 0) => openRows(streamAddress(job), streamId),
    blocks: (job, resumeAfter) => openBlocks(streamAddress(job), job.job_id, resumeAfter ?? null)
  }
}
