import { Server, ServerCredentials, type ServerWritableStream, type UntypedHandleCall } from '@grpc/grpc-js'
import { streamBlocksMethod, streamDataMethod } from '../streams/grpcServices.ts'

export interface StreamHandlers {
  blocks(call: ServerWritableStream<object, object>): void
  rows(call: ServerWritableStream<object, object>): void
}

/** One job's gRPC port, with both services. */
export interface StreamServer {
  readonly port: number
  /** Ends what still runs and closes the port. */
  dispose(): Promise<void>
}

const flowControlWindow = 4 * 1024 * 1024
const closeGraceMs = 300

/** Rejects when the port cannot be bound. */
export async function openStreamServer(host: string, port: number, handlers: StreamHandlers): Promise<StreamServer> {
  const server = new Server({
    'grpc.max_send_message_length': -1,
    'grpc.max_receive_message_length': 64 * 1024,
    'grpc-node.flow_control_window': flowControlWindow
  })
  const blocks = streamBlocksMethod()
  const rows = streamDataMethod()
  server.addService({ blocks }, { blocks: handlers.blocks as unknown as UntypedHandleCall })
  server.addService({ rows }, { rows: handlers.rows as unknown as UntypedHandleCall })
  const bound = await new Promise<number>((resolve, reject) => {
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, boundPort) => {
      if (error) reject(error)
      else resolve(boundPort)
    })
  })
  return {
    port: bound,
    dispose: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          server.forceShutdown()
          resolve()
        }, closeGraceMs)
        server.tryShutdown(() => {
          clearTimeout(timer)
          resolve()
        })
      })
  }
}
