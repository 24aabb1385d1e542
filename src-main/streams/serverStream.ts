import type { Client } from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Received, ReceivedStream } from './streamConnection.ts'

/** Opens a server stream whose messages carry their size and never break it: what cannot be decoded comes as null. */
export function serverStream(
  client: Client,
  method: MethodDefinition<object, object>,
  request: object,
  /** Milliseconds that a message took to be decoded. */
  decoded?: (milliseconds: number) => void
): ReceivedStream {
  const deserialize = (bytes: Buffer): Received => {
    const startMs = performance.now()
    try {
      return { message: method.responseDeserialize(bytes), bytes: bytes.length }
    } catch {
      return { message: null, bytes: bytes.length }
    } finally {
      decoded?.(performance.now() - startMs)
    }
  }
  return client.makeServerStreamRequest(method.path, method.requestSerialize, deserialize, request)
}
