import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ServedSessions, ServingProblem, type StoreObject } from '../sessions/remote/servedSessions.ts'
import type { Access } from '../access/access.ts'
import { whyForbidden } from '../access/identity.ts'
import { bearerToken, isKnownOrigin } from './access.ts'

const prefix = '/zarr'
const json = 'application/json; charset=utf-8'

function sendObject(reply: FastifyReply, object: StoreObject): FastifyReply {
  if (object === null) return reply.code(404).type('text/plain; charset=utf-8').send('There is no such key.\n')
  if (object.kind === 'document') return reply.type(json).send(JSON.stringify(object.document))
  const { bytes } = object
  return reply
    .type('application/octet-stream')
    .send(Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength))
}

/**
 * Sessions and opened files as read-only Zarr v3 stores: `GET /zarr` lists them, `GET /zarr/ID/KEY` is one object of one.
 * `Authorization: Bearer TOKEN` of a role that sees samples is needed for each. Chunks are read from the recording when they are asked for.
 */
export function addZarrRoutes(server: FastifyInstance, served: ServedSessions, access: Access): void {
  const whyNot = (request: FastifyRequest): { status: number; reason: string } | null => {
    const { origin, host, authorization } = request.headers
    if (!isKnownOrigin(origin, host)) return { status: 403, reason: 'This page may not read sessions.' }
    const admission = access.admit(bearerToken(authorization), request.ip, prefix)
    if (!admission.allowed) return admission
    const why = whyForbidden(admission.identity, 'look', 'Reading sessions')
    return why === null ? null : { status: 403, reason: access.refuse(admission.identity, prefix, why) }
  }

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    make: () => Promise<FastifyReply>
  ): Promise<FastifyReply> {
    void reply.headers({ 'cache-control': 'no-store', 'accept-ranges': 'none' })
    const refusal = whyNot(request)
    if (refusal) return reply.code(refusal.status).type('text/plain; charset=utf-8').send(`${refusal.reason}\n`)
    try {
      return await make()
    } catch (error) {
      if (!(error instanceof ServingProblem)) throw error
      return reply.code(422).type('text/plain; charset=utf-8').send(`${error.message}\n`)
    }
  }

  server.get(prefix, (request, reply) =>
    answer(request, reply, async () => reply.type(json).send(JSON.stringify({ sessions: await served.list() })))
  )
  server.get<{ Params: { id: string; '*': string } }>(`${prefix}/:id/*`, (request, reply) =>
    answer(request, reply, async () => sendObject(reply, await served.get(request.params.id, request.params['*'])))
  )
}
