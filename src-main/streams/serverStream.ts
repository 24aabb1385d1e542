import type { Client } from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Received, ReceivedStream } from './streamConnection.ts'

/** Opens a server stream whose messages carry their size and never break it: what cannot be decoded comes as null. */
export function serverStream(
  client: Client,
  method: MethodDefinition<object, object>,
  request: object
): ReceivedStream {
  const deserialize = (bytes: Buffer): Received => {
    try {
      return { message: method.responseDeserialize(bytes), bytes: bytes.length }
    } catch {
      return { message: null, bytes: bytes.length }
    }
  }
  return client.makeServerStreamRequest(method.path, method.requestSerialize, deserialize, request)
}
