import type { z } from 'zod'
import type { Right } from '../../../src-preload/contract/access.ts'
import type { Result } from '../../../src-preload/contract/errors.ts'
import type { Identity } from '../../access/identity.ts'

export interface RouteInput<Parameters, Query, Body> {
  parameters: Parameters
  query: Query
  body: Body
  identity: Identity
}

/** One path of the API: server, OpenAPI file and tests are made from it. */
export interface ApiRoute {
  method: 'GET' | 'POST'
  /** As OpenAPI writes it: `/things/{id}`. */
  path: string
  summary: string
  description: string
  tag: string
  right: Right
  /** Of the answer that is no failure. */
  status: 200 | 202
  parameters: z.ZodObject | null
  query: z.ZodObject | null
  body: z.ZodObject | null
  answer: z.ZodType
  /** Null: JSON. */
  contentType: string | null
  handle(input: RouteInput<unknown, unknown, unknown>): Promise<Result<unknown>>
}

type Shape = z.ZodObject | undefined
type Parsed<Schema extends Shape> = Schema extends z.ZodObject ? z.output<Schema> : undefined

interface TypedRoute<Parameters extends Shape, Query extends Shape, Body extends Shape, Answer extends z.ZodType> {
  method: 'GET' | 'POST'
  path: string
  summary: string
  description?: string
  tag: string
  right: Right
  status?: 200 | 202
  parameters?: Parameters
  query?: Query
  body?: Body
  answer: Answer
  contentType?: string
  handle(
    input: RouteInput<Parsed<Parameters>, Parsed<Query>, Parsed<Body>>
  ): Promise<Result<z.output<Answer>>> | Result<z.output<Answer>>
}

/** Types the handler by its schemas. */
export function route<
  Answer extends z.ZodType,
  Parameters extends Shape = undefined,
  Query extends Shape = undefined,
  Body extends Shape = undefined
>(typed: TypedRoute<Parameters, Query, Body, Answer>): ApiRoute {
  return {
    method: typed.method,
    path: typed.path,
    summary: typed.summary,
    description: typed.description ?? '',
    tag: typed.tag,
    right: typed.right,
    status: typed.status ?? 200,
    parameters: typed.parameters ?? null,
    query: typed.query ?? null,
    body: typed.body ?? null,
    answer: typed.answer,
    contentType: typed.contentType ?? null,
    handle: async (input) => typed.handle(input as never)
  }
}
