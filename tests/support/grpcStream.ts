import { Client, credentials, status, type ClientReadableStream, type StatusObject } from '@grpc/grpc-js'

/** How a stream ended; `code` is a name of `status` (`OK`, `CANCELLED`, …). */
export interface StreamEnd {
  code: string
  details: string
  atMs: number
}

/** One server stream, read by pulling. Messages are decoded as they come; one that cannot be decoded fails the reader. */
export interface GrpcStream<T> {
  /** The next message, or null when the stream has ended. Rejects when neither comes in time. */
  next(withinMs?: number): Promise<T | null>
  /** How it ended; rejects when it does not in time. Does not read: unread messages stay. */
  end(withinMs?: number): Promise<StreamEnd>
  /** Messages that arrived and were not read yet. */
  waiting(): number
  /** Stops taking from the network, so that flow control reaches the server. */
  pause(): void
  resume(): void
  cancel(): void
}

export const nameOfStatus = (code: number): string => status[code] ?? `status ${code}`

class Stream<T> implements GrpcStream<T> {
  readonly #client: Client
  readonly #call: ClientReadableStream<T>
  readonly #messages: T[] = []
  readonly #waiters = new Set<() => void>()
  #end: StreamEnd | null = null
  #failure: Error | null = null

  constructor(client: Client, call: ClientReadableStream<T>) {
    this.#client = client
    this.#call = call
    call.on('data', (message: T) => {
      this.#messages.push(message)
      this.#wake()
    })
    call.on('status', ({ code, details }: StatusObject) => this.#finish(nameOfStatus(code), details))
    // Carries the same as the status; without a listener it would end the process.
    call.on('error', () => undefined)
  }

  fail(error: Error): void {
    this.#failure ??= error
    this.#call.cancel()
    this.#wake()
  }

  #finish(code: string, details: string): void {
    this.#end ??= { code, details, atMs: Date.now() }
    this.#client.close()
    this.#wake()
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter()
  }

  async #until(isThere: () => boolean, withinMs: number, what: string): Promise<void> {
    const deadline = Date.now() + withinMs
    while (!isThere() && !this.#failure) {
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(`${what} within ${withinMs} ms (end: ${JSON.stringify(this.#end)})`)
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer)
          this.#waiters.delete(done)
          resolve()
        }
        const timer = setTimeout(done, left)
        this.#waiters.add(done)
      })
    }
    if (this.#failure) throw this.#failure
  }

  async next(withinMs = 10_000): Promise<T | null> {
    await this.#until(() => this.#messages.length > 0 || this.#end !== null, withinMs, 'no message')
    return this.#messages.shift() ?? null
  }

  async end(withinMs = 10_000): Promise<StreamEnd> {
    await this.#until(() => this.#end !== null, withinMs, 'the stream did not end')
    return this.#end!
  }

  waiting(): number {
    return this.#messages.length
  }

  pause(): void {
    this.#call.pause()
  }

  resume(): void {
    this.#call.resume()
  }

  cancel(): void {
    this.#call.cancel()
  }
}

/** Opens a server stream on `address` (`host:port`, plaintext) on a connection of its own, as a separate client would. */
export function openGrpcStream<T>(
  address: string,
  path: string,
  request: Buffer,
  decode: (bytes: Buffer) => T
): GrpcStream<T> {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.use_local_subchannel_pool': 1
  })
  let stream: Stream<T> | null = null
  const call = client.makeServerStreamRequest(
    path,
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => {
      try {
        return decode(bytes)
      } catch (error) {
        // grpc-js would turn it into a status of its own and hide what was wrong.
        stream?.fail(error as Error)
        throw error
      }
    },
    request
  )
  stream = new Stream<T>(client, call)
  return stream
}
