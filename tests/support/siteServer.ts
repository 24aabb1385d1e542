/**
 * A stand-in for the Focus Server of a site, written from the interface's page as the original behaves: analysed rows only,
 * no DELETE, framework errors, hardly any limits. It shows one ridge that moves along the fibre by the clock, so that a test
 * can say where the picture must be bright. It misbehaves on command.
 */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { createSiteJob, type SiteJob, type SiteJobRequest } from './siteJob.ts'

export type SiteValues = 'decibel' | 'linear' | 'natural logarithm'

/** What is wrong with the data that streams send, until it is set back. */
export type SiteFault = 'none' | 'nan' | 'infinity' | 'wrong shape' | 'short bytes' | 'silent'

export interface SiteOptions {
  basePath: '' | '/focus-server'
  channelCount: number
  prrHz: number
  spacingM: number
  fibreStartM: number | null
  /** `stream_port` and `view_type` as numbers or as text: both are seen. */
  numbersAs: 'numbers' | 'strings'
  /** `frequencies_list` is sometimes `{}`. */
  emptyFrequencies: boolean
  /** `[[start,end],…]` or `{"recordings":…}`. */
  bareRecordings: boolean
  /** Time ranges, epoch seconds, that can be asked for; an end of −1 is still running. */
  recordings: [number, number][]
  /** The stream's port opens so long after the answer. */
  streamOpensAfterMs: number
  values: SiteValues
  tls: { key: string; cert: string } | null
  /** The fibre is not there. */
  waitingForFibre: boolean
  rowIntervalS: number
}

export interface SiteServer {
  /** What an operator would enter as the site's address. */
  readonly base: string
  readonly options: SiteOptions
  readonly configured: { request: SiteJobRequest; jobId: string; atMs: number }[]
  readonly deletes: string[]
  /** Ids of the jobs that closed because their client left. */
  readonly left: string[]
  requestCount(): number
  /** Streams that are open now. */
  openStreams(): number
  fault: SiteFault
  /** The next `count` requests to `/configure` are refused. */
  refuseNext(count: number, status: 500 | 502 | 503 | 504, retryAfterS?: number): void
  /** As a crash: every connection is cut, every job forgotten. */
  crash(): Promise<void>
  /** Comes back at the same address. */
  restart(): Promise<void>
  dispose(): Promise<void>
}

export const defaultSiteOptions: SiteOptions = {
  basePath: '/focus-server',
  channelCount: 400,
  prrHz: 1000,
  spacingM: 2,
  fibreStartM: 0,
  numbersAs: 'numbers',
  emptyFrequencies: false,
  bareRecordings: true,
  recordings: [],
  streamOpensAfterMs: 0,
  values: 'decibel',
  tls: null,
  waitingForFibre: false,
  rowIntervalS: 0.05
}

export async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

const range = {
  type: 'object',
  required: ['min', 'max'],
  properties: { min: { type: 'integer' }, max: { type: 'integer' } }
} as const

const nullable = (type: string) => ({ type: [type, 'null'] })

const configureSchema = {
  type: 'object',
  required: ['displayInfo', 'channels', 'view_type'],
  properties: {
    displayTimeAxisDuration: nullable('integer'),
    nfftSelection: nullable('integer'),
    displayInfo: { type: 'object', required: ['height'], properties: { height: { type: 'integer' } } },
    channels: range,
    frequencyRange: { anyOf: [range, { type: 'null' }] },
    start_time: nullable('integer'),
    end_time: nullable('integer'),
    view_type: { type: 'string', enum: ['0', '1', '2'] }
  }
} as const

class Site implements SiteServer {
  base = ''
  readonly options: SiteOptions
  readonly configured: SiteServer['configured'] = []
  readonly deletes: string[] = []
  readonly left: string[] = []
  fault: SiteFault = 'none'
  #port = 0
  #rest: FastifyInstance | null = null
  #requests = 0
  #sequence = 0
  #refusals: { status: number; retryAfterS: number | undefined }[] = []
  readonly #jobs = new Map<string, SiteJob>()

  constructor(options: SiteOptions) {
    this.options = options
  }

  requestCount(): number {
    return this.#requests
  }

  openStreams(): number {
    return [...this.#jobs.values()].reduce((sum, job) => sum + job.openStreams(), 0)
  }

  refuseNext(count: number, status: 500 | 502 | 503 | 504, retryAfterS?: number): void {
    this.#refusals = Array.from({ length: count }, () => ({ status, retryAfterS }))
  }

  async crash(): Promise<void> {
    const rest = this.#rest
    this.#rest = null
    for (const job of this.#jobs.values()) job.dispose()
    this.#jobs.clear()
    await rest?.close()
  }

  async restart(): Promise<void> {
    const { tls, basePath } = this.options
    const rest = Fastify({
      forceCloseConnections: true,
      // The original refuses a number where it wants a string; Fastify would convert it.
      ajv: { customOptions: { coerceTypes: false, allowUnionTypes: true } },
      ...(tls ? { https: tls } : {})
    }) as unknown as FastifyInstance
    this.#addRoutes(rest, basePath)
    await rest.listen({ host: '127.0.0.1', port: this.#port })
    this.#port = (rest.server.address() as AddressInfo).port
    this.#rest = rest
    this.base = `${tls ? 'https' : 'http'}://127.0.0.1:${this.#port}${basePath}`
  }

  dispose(): Promise<void> {
    return this.crash()
  }

  #addRoutes(rest: FastifyInstance, path: string): void {
    rest.addHook('onRequest', async () => {
      this.#requests += 1
    })
    rest.setNotFoundHandler((_request, reply) => reply.code(404).send({ detail: 'Not Found' }))
    rest.setErrorHandler<Error & { validation?: { instancePath: string; message?: string; keyword: string }[] }>(
      (error, _request, reply) => {
        const detail = (error.validation ?? []).map((issue) => ({
          loc: ['body', ...issue.instancePath.split('/').slice(1)],
          msg: issue.message ?? '',
          type: issue.keyword
        }))
        return error.validation ? reply.code(422).send({ detail }) : reply.code(500).send({ detail: error.message })
      }
    )
    rest.get(`${path}/ack`, async (_request, reply) => reply.code(200).send())
    rest.get(`${path}/channels`, async () => ({ lowest_channel: 1, highest_channel: this.options.channelCount }))
    rest.get(`${path}/live_metadata`, async () => this.#liveMetadata())
    rest.post(`${path}/configure`, { schema: { body: configureSchema } }, (request, reply) =>
      this.#configure(request, reply)
    )
    rest.get<{ Params: { id: string } }>(`${path}/metadata/:id`, async (request, reply) => {
      const job = this.#jobs.get(request.params.id)
      return job ? job.answer : reply.code(404).send({ error: 'Invalid job_id' })
    })
    rest.post(`${path}/recordings_in_time_range`, async (request) => {
      const { start_time: from, end_time: to } = request.body as { start_time: number; end_time: number }
      const inside = this.options.recordings.filter(([start, end]) => start < to && (end === -1 || end > from))
      return this.options.bareRecordings ? inside : { recordings: inside }
    })
    rest.get(`${path}/get_recordings_timeline`, async (_request, reply) =>
      reply.type('text/html').send('<html></html>')
    )
    rest.addHook('onResponse', async (request) => {
      if (request.method === 'DELETE') this.deletes.push(request.url)
    })
  }

  #liveMetadata() {
    const { waitingForFibre, spacingM, prrHz, fibreStartM, channelCount } = this.options
    return {
      dx: waitingForFibre ? null : spacingM,
      prr: waitingForFibre ? 0 : prrHz,
      fiber_start_meters: fibreStartM,
      fiber_length_meters: spacingM * channelCount,
      sw_version: '3.1.4',
      number_of_channels: channelCount,
      fiber_description: waitingForFibre ? 'waiting for fiber' : 'ring road'
    }
  }

  async #configure(request: FastifyRequest, reply: FastifyReply) {
    const refusal = this.#refusals.shift()
    if (refusal) {
      if (refusal.retryAfterS !== undefined) reply.header('retry-after', String(refusal.retryAfterS))
      return reply.code(refusal.status).send({ error: 'Too many open jobs' })
    }
    const body = request.body as SiteJobRequest
    if (this.options.waitingForFibre && !body.start_time) return reply.code(503).send({ error: 'waiting for fiber' })
    if (body.start_time && !this.#isRecorded(body.start_time, body.end_time ?? body.start_time))
      return reply.code(404).send({ error: 'No recording found in given time range' })
    this.#sequence += 1
    const jobId = `${this.#jobs.size}-${this.#sequence}`
    const job = createSiteJob(body, {
      jobId,
      port: await freePort(),
      options: this.options,
      fault: () => this.fault,
      onLeft: () => this.#close(jobId)
    })
    this.#jobs.set(jobId, job)
    if (this.options.streamOpensAfterMs === 0) await job.opened
    this.configured.push({ request: body, jobId, atMs: Date.now() })
    return job.answer
  }

  #close(jobId: string): void {
    this.#jobs.get(jobId)?.dispose()
    if (this.#jobs.delete(jobId)) this.left.push(jobId)
  }

  #isRecorded(from: number, to: number): boolean {
    return this.options.recordings.some(([start, end]) => start < to && (end === -1 || end > from))
  }
}

export async function startSiteServer(options: Partial<SiteOptions> = {}): Promise<SiteServer> {
  const site = new Site({ ...defaultSiteOptions, ...options })
  await site.restart()
  return site
}
