import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { isAudited } from '../../../src-preload/contract/callRights.ts'
import type { ErrorCode, Failure } from '../../../src-preload/contract/errors.ts'
import type { Access } from '../../access/access.ts'
import { whyForbidden, type Identity } from '../../access/identity.ts'
import type { Log } from '../../storage/log.ts'
import { pathOf } from '../access.ts'
import type { ApiRoute } from './apiRoute.ts'
import type { ApiSource } from './apiSource.ts'
import { identify } from './identify.ts'
import { rightPath } from './otherPaths.ts'
import { openApiPath } from './openApi.ts'

export interface MountOptions {
  routes: readonly ApiRoute[]
  /** The OpenAPI file, as text. */
  document: string
  source: Pick<ApiSource, 'observe'>
  access: Access
  log: Log
  /** Readings and alerts may be read without a token: a port of its own on the loopback. */
  isOpen: boolean
  requestsPerMinuteMax: number
}

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null
  }
  interface FastifyContextConfig {
    api?: ApiRoute
  }
}

const actionsPerMinuteMax = 60
const bodyMaxBytes = 64 * 1024
const json = 'application/json; charset=utf-8'

const statusOfCode: Record<ErrorCode, number> = {
  invalid: 400,
  'not-found': 404,
  refused: 409,
  unavailable: 503,
  'timed-out': 504,
  cancelled: 409,
  unsupported: 501,
  unreadable: 400,
  failed: 500
}

export function sendFailure(
  reply: FastifyReply,
  status: number,
  failure: { error: string; message: string; fields?: Failure['fields'] }
): FastifyReply {
  return reply.code(status).type(json).header('cache-control', 'no-store').send(JSON.stringify(failure))
}

function parse<Schema extends z.ZodType>(
  schema: Schema | null,
  value: unknown,
  place: string
): { value: unknown } | { fields: NonNullable<Failure['fields']> } {
  if (!schema) return { value: undefined }
  const parsed = schema.safeParse(value ?? {})
  if (parsed.success) return { value: parsed.data }
  return {
    fields: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.') || place, message }))
  }
}

async function answer(route: ApiRoute, request: FastifyRequest, reply: FastifyReply, access: Access) {
  const parts = [
    parse(route.parameters, request.params, 'path'),
    parse(route.query, request.query, 'query'),
    parse(route.body, request.body, 'body')
  ] as const
  const wrong = parts.flatMap((part) => ('fields' in part ? part.fields : []))
  if (wrong.length > 0)
    return sendFailure(reply, 400, {
      error: 'invalid',
      message: wrong.map(({ path, message }) => `${path}: ${message}`).join('; '),
      fields: wrong
    })
  const [parameters, query, body] = parts.map((part) => ('value' in part ? part.value : undefined))
  const identity = request.identity!
  const result = await route.handle({ parameters, query, body, identity })
  if (isAudited(route.right))
    access.acted(identity, `${route.method} ${route.path}`, '', result.ok ? null : result.error.message)
  void reply.header('cache-control', 'no-store')
  if (result.ok)
    return reply
      .code(route.status)
      .type(route.contentType ?? json)
      .send(route.contentType === null ? JSON.stringify(result.value) : result.value)
  const { code, message, fields, retryAfterMs } = result.error
  if (retryAfterMs !== undefined) void reply.header('retry-after', Math.ceil(retryAfterMs / 1000))
  return sendFailure(reply, statusOfCode[code], { error: code, message, ...(fields ? { fields } : {}) })
}

const tooLarge = `The body is larger than ${bodyMaxBytes / 1024} KiB, which is the most that is read here.`

/** Errors of the server itself: body too large, no JSON, a bug. */
function onError(error: Error & { statusCode?: number; retryAfterS?: number }, reply: FastifyReply, log: Log) {
  const status = error.statusCode ?? 500
  if (status >= 500) log.error('request_failed', { reason: error.stack ?? error.message })
  const codes: Record<number, string> = { 413: 'too-large', 415: 'unsupported', 429: 'too-many' }
  const sentence =
    status >= 500
      ? 'Something failed in the program; its log says what.'
      : status === 413
        ? tooLarge
        : status === 415
          ? 'Send a body as application/json.'
          : error.message
  return sendFailure(reply, status, {
    error: codes[status] ?? (status >= 500 ? 'failed' : 'invalid'),
    message: sentence
  })
}

/** Puts the API onto a server: who may, how often, what of it, and how long it took. */
export async function mountApi(server: FastifyInstance, options: MountOptions): Promise<void> {
  const { routes, access, log, source } = options
  if (!server.hasRequestDecorator('identity')) server.decorateRequest('identity', null)
  await server.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      const route = request.routeOptions.config.api
      if (!route) return
      const found = identify(request, access, { isOpen: options.isOpen, right: route.right, what: route.path })
      if (!found.allowed) {
        if (found.retryAfterS !== null) void reply.header('retry-after', found.retryAfterS)
        if (found.status === 401) void reply.header('www-authenticate', 'Bearer realm="wavefall"')
        await sendFailure(reply, found.status, { error: found.error, message: found.reason })
        return reply
      }
      const why = found.isAnonymous ? null : whyForbidden(found.identity, route.right, `${route.method} ${route.path}`)
      if (why !== null) {
        access.refuse(found.identity, `${route.method} ${route.path}`, why)
        await sendFailure(reply, 403, { error: 'forbidden', message: why })
        return reply
      }
      request.identity = found.identity
      return undefined
    })
    scope.addHook('onResponse', async (request, reply) => {
      if (request.routeOptions.config.api) source.observe(reply.elapsedTime / 1000, reply.statusCode >= 500)
    })
    scope.removeContentTypeParser('text/plain')
    scope.setErrorHandler((error: Error, _request, reply) => onError(error, reply, log))
    await scope.register(rateLimit, {
      max: options.requestsPerMinuteMax,
      timeWindow: 60_000,
      keyGenerator: (request) => request.identity?.tokenId ?? request.ip,
      errorResponseBuilder: (_request, { max, ttl }) =>
        Object.assign(new Error(`More than ${max} requests in a minute: wait ${Math.ceil(ttl / 1000)} s.`), {
          statusCode: 429
        })
    })
    for (const route of routes) {
      scope.route({
        method: route.method,
        url: route.path.replace(/\{(\w+)\}/g, ':$1'),
        bodyLimit: bodyMaxBytes,
        config: {
          api: route,
          ...(route.method === 'POST' ? { rateLimit: { max: actionsPerMinuteMax, timeWindow: 60_000 } } : {})
        },
        handler: (request, reply) => answer(route, request, reply, access)
      })
    }
    scope.get(openApiPath, (_request, reply) => reply.type(json).send(options.document))
  })
}

const apiLike = /^\/(?:api|health|healthz|livez|readyz|metrics|system|ws|openapi)(?:[/.]|$)/

/** Answers what is not there with the path that is meant; false where the path is none of the API's. */
export function answerMissing(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly ApiRoute[],
  elsewhere: readonly ApiRoute[] = []
): boolean {
  const path = pathOf(request.url)
  if (!apiLike.test(path)) return false
  const methods = routes.filter((route) => route.path === path).map(({ method }) => method)
  if (methods.length > 0) {
    void reply.header('allow', methods.join(', '))
    void sendFailure(reply, 405, { error: 'invalid', message: `${path} takes ${methods.join(' and ')}.` })
    return true
  }
  if (elsewhere.some((route) => route.path === path)) {
    const message = `${path} is not on this port: it is on the one of the health API (serve --health-port).`
    void sendFailure(reply, 404, { error: 'not-found', message })
    return true
  }
  const right = rightPath(path, [...routes.map((route) => route.path), openApiPath])
  void sendFailure(reply, 404, {
    error: 'not-found',
    message: right ? `${path} is not here: it is ${right}.` : `There is no ${path}; ${openApiPath} lists what there is.`
  })
  return true
}
