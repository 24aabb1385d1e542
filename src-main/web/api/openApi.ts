import { z } from 'zod'
import { rolesWith } from '../../../src-preload/contract/access.ts'
import { version } from '../../version.ts'
import { apiError } from './apiSchemas.ts'
import type { ApiRoute } from './apiRoute.ts'

export const openApiPath = '/api/v1/openapi.json'

type Json = Record<string, unknown>

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    // The format says it, and no reader wants the expression.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
    }
  }) as Json
  return rest
}

function parametersOf(schema: z.ZodObject | null, place: 'query' | 'path'): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest
    }
  })
}

const errors: Record<string, string> = {
  '400': 'Something of the request is wrong; `fields` says what',
  '401': 'The token is missing, wrong, expired or revoked',
  '403': 'The role may not do this, or the page may not ask',
  '404': 'There is no such thing',
  '409': 'Not now; the sentence says why and when',
  '413': 'The body is too large',
  '429': 'Too many requests; Retry-After says when',
  '503': 'Not at this moment'
}

function operation(route: ApiRoute): Json {
  const text = route.contentType !== null
  const answer = { schema: schemaOf(route.answer, 'output') }
  return {
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z0-9]+(.)?/g, (_all, next: string | undefined) => (next ?? '').toUpperCase())}`,
    summary: route.summary,
    description: `${route.description}${route.description ? ' ' : ''}Roles: ${rolesWith(route.right).join(', ')}.`,
    tags: [route.tag],
    parameters: [...parametersOf(route.parameters, 'path'), ...parametersOf(route.query, 'query')],
    ...(route.body
      ? { requestBody: { content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }
      : {}),
    responses: {
      [route.status]: {
        description: route.summary,
        content: { [text ? 'text/plain' : 'application/json']: answer }
      },
      default: { $ref: '#/components/responses/Failure' }
    }
  }
}

/** The one file that describes the API: made from the routes and their schemas, so that it cannot say anything else. */
export function openApiDocument(routes: readonly ApiRoute[]): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = (paths[route.path] ??= {})
    path[route.method.toLowerCase()] = operation(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Wavefall: health, metrics and alerts',
      version,
      description:
        'Every failure is JSON with a stable code and one sentence. Live readings: web socket /api/v1/live, messages ' +
        '{"action":"subscribe|unsubscribe|get|ping","type":"metrics|alerts|jobs|tasks","filter":{…},"since":number}. Codes: ' +
        Object.entries(errors)
          .map(([status, meaning]) => `${status} ${meaning}`)
          .join('; ') +
        '.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'wavefall tokens create' } },
      responses: {
        Failure: {
          description: 'A failure; its status is one of those in the description of this file',
          content: { 'application/json': { schema: schemaOf(apiError, 'output') } }
        }
      }
    }
  }
}
