import { createRequire } from 'node:module'

interface Schema {
  $ref?: string
}
interface Answer {
  $ref?: string
  content?: Record<string, { schema: Schema }>
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Answer> }>>
  components: { responses: Record<string, Answer> }
}
type Validate = ((value: unknown) => boolean) & { errors?: unknown }

// A validator of JSON Schema 2020-12 that is not ours: the copy that the HTTP server brings.
const fromHere = createRequire(import.meta.url)
const fromServer = createRequire(fromHere.resolve('@fastify/ajv-compiler'))
const { default: Ajv } = fromServer('ajv/dist/2020.js') as {
  default: new (options: object) => { compile(schema: object): Validate }
}
const { default: addFormats } = fromServer('ajv-formats') as { default: (ajv: object) => void }
const ajv = new Ajv({ strict: false, allErrors: true })
addFormats(ajv)

const validators = new Map<string, Validate>()

/** Throws where an answer is not what the OpenAPI file says of its path, method and status. */
export function checkAnswer(text: string, method: string, response: Response, body: unknown): void {
  const document = JSON.parse(text) as Document
  const { pathname } = new URL(response.url)
  const path = Object.keys(document.paths).find((one) =>
    new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname)
  )
  const operation = path === undefined ? undefined : document.paths[path]![method.toLowerCase()]
  if (!operation) throw new Error(`The OpenAPI file has no ${method} ${pathname}.`)
  const listed = operation.responses[String(response.status)] ?? operation.responses.default!
  const answer = listed.$ref ? document.components.responses[listed.$ref.split('/').at(-1)!]! : listed
  const type = (response.headers.get('content-type') ?? '').split(';')[0]!
  const schema = answer.content?.[type]?.schema
  if (!schema) throw new Error(`${method} ${path!} ${response.status}: the OpenAPI file has no answer of type ${type}.`)
  const key = JSON.stringify(schema)
  const validate = validators.get(key) ?? ajv.compile(schema)
  validators.set(key, validate)
  if (!validate(body))
    throw new Error(
      `${method} ${path!} ${response.status}: ${JSON.stringify(validate.errors)}\n${JSON.stringify(body)}`
    )
}
