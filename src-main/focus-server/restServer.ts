import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  isoFromNanoseconds,
  nanosecondsFromIso,
  nanosecondsFromSeconds,
  type Nanoseconds
} from '../../src-preload/contract/units.ts'
import type { Clock } from '../clock.ts'
import { memoryEstimateBytes, memoryFit } from '../jobs/loadScore.ts'
import type { LogValues } from '../storage/log.ts'
import { limitsOf, type Catalogue } from './catalogue.ts'
import {
  checkLimits,
  knownFields,
  parseConfigure,
  problem,
  type ConfigureRequest,
  type FieldProblem
} from './configureRequest.ts'
import { planJob } from './jobPlan.ts'
import type { JobRegistry } from './jobRegistry.ts'
import type { RateLimit } from '../rateLimit.ts'
import type { AcquisitionSource } from './sources/source.ts'
import { timelinePage } from './timelinePage.ts'

export interface RestOptions {
  clock: Clock
  log: (event: string, values: LogValues) => void
  live: AcquisitionSource | null
  catalogue: Catalogue
  jobs: JobRegistry
  rateLimit: RateLimit
  version: string
  memoryPerJobMaxBytes: number
}

const bodyLimitBytes = 64 * 1024
const requestTimeoutMs = 20_000
const headersTimeoutMs = 10_000
const connectionsMax = 4096
const truthRangeMaxNs = 24n * 3600n * 1_000_000_000n

const refuse = (reply: FastifyReply, code: number, error: string, retryAfterS?: number): FastifyReply => {
  if (retryAfterS !== undefined) void reply.header('Retry-After', String(retryAfterS))
  return reply.code(code).send({ error })
}

function refuseFields(reply: FastifyReply, problems: FieldProblem[]): FastifyReply {
  const error = problems.map(({ loc, msg }) => `${loc.slice(1).join('.') || 'body'}: ${msg}`).join('; ')
  return reply.code(422).send({ error, detail: problems })
}

/** The memory of J4: refused with what would fit, because trying again later does not help. */
function memoryProblem(request: ConfigureRequest, limitBytes: number): FieldProblem | null {
  const { nfft, channels } = request
  const channelCount = channels.max - channels.min + 1
  if (nfft === null || memoryEstimateBytes(channelCount, nfft) <= limitBytes) return null
  const needed = `${nfft} with ${channelCount} channels needs more than ${limitBytes / 1e6} MB`
  const fitting = memoryFit(channelCount, nfft, limitBytes)
  return problem(
    'nfftSelection',
    `${needed}: at most ${fitting.nfft} fits, or ${fitting.channelCount} channels`,
    'too_big'
  )
}

function advertisedHost(request: FastifyRequest): string {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '')
  return /^[A-Za-z0-9.-]+$|^\[[0-9a-fA-F:]+\]$/.test(name) ? name : '127.0.0.1'
}

function installParsing(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body)
    if (text.trim() === '' && request.method !== 'POST') return done(null, undefined)
    try {
      done(null, JSON.parse(text))
    } catch {
      done(Object.assign(new Error('the body is no JSON'), { statusCode: 400 }), undefined)
    }
  })
}

function installErrors(server: FastifyInstance, log: RestOptions['log'], routes: Map<string, string[]>): void {
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const code = error.statusCode ?? 500
    if (code === 413) return refuse(reply, 413, `the body is larger than ${bodyLimitBytes / 1024} KiB`)
    if (code === 415) return refuse(reply, 415, 'send application/json')
    if (code >= 400 && code < 500)
      return refuse(reply, code, code === 400 ? 'the body is no JSON' : 'the request cannot be read')
    log('request_failed', { method: request.method, error: error.stack ?? error.message })
    return refuse(reply, 500, 'an error in the server; its log has more')
  })
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    for (const [pattern, methods] of routes) {
      if (new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(path)) {
        return reply
          .code(405)
          .header('Allow', methods.join(', '))
          .send({ error: `${request.method} is not allowed here` })
      }
    }
    return reply.code(404).send({ detail: 'Not Found' })
  })
}

const rangeBody = z.object({ start_time: z.number().min(-8e9).max(8e9), end_time: z.number().min(-8e9).max(8e9) })

/** Epoch seconds or ISO 8601. */
function timeOf(text: unknown): Nanoseconds | null {
  if (typeof text !== 'string' || text === '') return null
  const seconds = Number(text)
  if (Number.isFinite(seconds) && Math.abs(seconds) < 8e9) return nanosecondsFromSeconds(seconds)
  return nanosecondsFromIso(text)
}

function liveMetadata(live: AcquisitionSource | null, version: string): object {
  if (live === null) {
    return {
      dx: null,
      prr: 0,
      fiber_start_meters: null,
      fiber_length_meters: null,
      sw_version: version,
      number_of_channels: 0,
      fiber_description: 'waiting for fiber'
    }
  }
  const { description: fibre } = live
  return {
    dx: fibre.channelSpacingM,
    prr: fibre.sampleRateHz,
    fiber_start_meters: fibre.firstDistanceM,
    fiber_length_meters: fibre.channelSpacingM === null ? null : fibre.channelSpacingM * fibre.channelCount,
    sw_version: version,
    number_of_channels: fibre.channelCount,
    fiber_description: fibre.name,
    dtype: fibre.elementType
  }
}

function truthAnswer(live: AcquisitionSource, query: Record<string, unknown>, reply: FastifyReply): FastifyReply {
  const from = timeOf(query.from)
  const to = timeOf(query.to)
  const loc = (name: string): FieldProblem => ({
    loc: ['query', name],
    msg: 'is no time: epoch seconds or ISO 8601',
    type: 'value_error'
  })
  const problems = [...(from === null ? [loc('from')] : []), ...(to === null ? [loc('to')] : [])]
  if (from === null || to === null) return refuseFields(reply, problems)
  if (to <= from || to - from > truthRangeMaxNs) {
    return refuseFields(reply, [{ ...loc('to'), msg: 'is not after from, or more than 24 h after it' }])
  }
  const events = live.truth!(from, to).map(
    ({ startNs, endNs, startDistanceM, endDistanceM, speedMPerS, ...event }) => ({
      ...event,
      start_time: isoFromNanoseconds(startNs),
      end_time: isoFromNanoseconds(endNs),
      start_time_ns: String(startNs),
      end_time_ns: String(endNs),
      start_distance_m: startDistanceM,
      end_distance_m: endDistanceM,
      speed_m_per_s: speedMPerS
    })
  )
  return reply.send({ from_ns: String(from), to_ns: String(to), events })
}

export function createRestServer(options: RestOptions): FastifyInstance {
  const { clock, log, live, catalogue, jobs } = options
  const server = fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: requestTimeoutMs,
    keepAliveTimeout: 30_000,
    forceCloseConnections: true,
    // A client that sends its headers byte by byte is cut off in time.
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: 2000 },
    frameworkErrors: (_error, _request, reply) =>
      void refuse(reply as unknown as FastifyReply, 400, 'the address cannot be read'),
    routerOptions: { maxParamLength: 16_384 }
  })
  server.server.maxConnections = connectionsMax
  const routes = new Map<string, string[]>()
  const namedUnknownFields = new Set<string>()
  server.addHook('onRoute', ({ url, method }) => void routes.set(url, [...(routes.get(url) ?? []), ...[method].flat()]))
  server.addHook('onRequest', async (request, reply) => {
    const waitS = options.rateLimit.take(request.ip)
    if (waitS > 0) return refuse(reply, 429, 'too many requests', waitS)
    return undefined
  })
  installParsing(server)
  installErrors(server, log, routes)

  function nameUnknownFields(body: unknown): void {
    if (typeof body !== 'object' || body === null) return
    const fresh = Object.keys(body).filter((name) => !knownFields.has(name) && !namedUnknownFields.has(name))
    if (fresh.length === 0 || namedUnknownFields.size > 200) return
    for (const name of fresh.slice(0, 20)) namedUnknownFields.add(name)
    log('unknown_fields_ignored', { fields: fresh.slice(0, 20).map((name) => name.slice(0, 60)) })
  }

  server.get('/ack', (_request, reply) => reply.send({}))
  server.get('/channels', (_request, reply) =>
    live
      ? reply.send({ lowest_channel: 1, highest_channel: live.description.channelCount })
      : refuse(reply, 503, 'waiting for fiber', 10)
  )
  server.get('/live_metadata', (_request, reply) => reply.send(liveMetadata(live, options.version)))
  server.get('/get_recordings_timeline', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(timelinePage(catalogue.listed()))
  )
  server.get('/recordings', (_request, reply) => reply.send({ recordings: catalogue.listed() }))
  server.post('/recordings_in_time_range', (request, reply) => {
    const parsed = rangeBody.safeParse(request.body)
    if (!parsed.success) {
      const problems = parsed.error.issues.map(({ path, message, code }) => ({
        loc: ['body', ...path.map(String)],
        msg: message,
        type: code
      }))
      return refuseFields(reply, problems)
    }
    const { start_time: start, end_time: end } = parsed.data
    if (end <= start) return refuseFields(reply, [problem('end_time', `${end} is not after start_time`)])
    return reply.send(catalogue.ranges(nanosecondsFromSeconds(start), nanosecondsFromSeconds(end)))
  })
  server.get('/simulation/truth', (request, reply) =>
    live?.truth
      ? truthAnswer(live, request.query as Record<string, unknown>, reply)
      : refuse(reply, 404, 'The fibre is not simulated')
  )
  server.get('/metadata/:job', (request, reply) => {
    const answer = jobs.answerOf((request.params as { job: string }).job)
    return answer ? reply.send(answer) : refuse(reply, 404, 'Invalid job_id')
  })
  server.delete('/job/:job', async (request, reply) => {
    const removed = await jobs.remove((request.params as { job: string }).job, 'deleted by its client')
    return removed ? reply.send({}) : refuse(reply, 404, 'Invalid job_id')
  })
  server.post('/configure', async (request, reply) => {
    nameUnknownFields(request.body)
    const parsed = parseConfigure(request.body)
    if (parsed.request === null) return refuseFields(reply, parsed.problems)
    const { request: wish, problems } = parsed
    const source = catalogue.choose(wish)
    if (parsed.isAboutKnownTime) {
      const limits = limitsOf((source ?? live)?.description ?? null)
      problems.push(...checkLimits(wish, limits, clock.nowNs(), problems))
      const memory = memoryProblem(wish, options.memoryPerJobMaxBytes)
      if (memory && !problems.some(({ loc }) => loc[1] === 'nfftSelection')) problems.push(memory)
    }
    if (source?.description.content === 'bandEnergy' && wish.view !== 'waterfall' && problems.length === 0) {
      problems.push(problem('view_type', 'a recording of band energy can be shown as a waterfall ("2") only'))
    }
    if (problems.length > 0) return refuseFields(reply, problems)
    if (source === null) {
      return wish.timeRange
        ? refuse(reply, 404, 'No recording found in given time range')
        : wish.recording === null
          ? refuse(reply, 503, 'waiting for fiber', 10)
          : refuseFields(reply, [problem('recording', 'is not live: give start_time and end_time')])
    }
    const planned = planJob(wish, source, clock.nowNs())
    if (!planned.ok) {
      return planned.code === 'no-data'
        ? refuse(reply, 404, 'No recording found in given time range')
        : refuseFields(reply, [problem('frequencyRange', planned.reason, 'value_error')])
    }
    const created = await jobs.create(planned.plan, request.body, advertisedHost(request))
    return created.ok ? reply.send(created.answer) : refuse(reply, 503, created.reason, created.retryAfterS)
  })
  return server
}
