import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceDefinition
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { resolve } from 'node:path'

export interface BlocksRequest {
  version: number
  job_id: string
  has_resume: boolean
  resume_after_sequence: string
}
export type BlocksCall = ServerWritableStream<BlocksRequest, object>

export interface BlocksServer {
  port: number
  requests: BlocksRequest[]
  /** As a crash: connections are cut. */
  kill(): void
}

/** An acquisition/v1 server that sends what a test's script says. `implemented: false` has the service unknown. */
export async function startBlocksServer(
  script: (call: BlocksCall, number: number) => void,
  { port = 0, implemented = true } = {}
): Promise<BlocksServer> {
  const definition = loadSync(resolve(import.meta.dirname, '../../protos/acquisition/v1/acquisition.proto'), {
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true
  })
  const loaded = loadPackageDefinition(definition) as unknown as {
    acquisition: { v1: { AcquisitionService: { service: ServiceDefinition } } }
  }
  const server = new Server()
  const requests: BlocksRequest[] = []
  if (implemented)
    server.addService(loaded.acquisition.v1.AcquisitionService.service, {
      StreamBlocks(call: BlocksCall) {
        requests.push(call.request)
        script(call, requests.length)
      }
    })
  const bound = await new Promise<number>((done, fail) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, number) =>
      error ? fail(error) : done(number)
    )
  )
  return { port: bound, requests, kill: () => server.forceShutdown() }
}

/** 10 channels at 1 kHz, blocks of 50 samples; values count up so that a block says which it is. */
export const blockSamples = 50
export const blockChannels = 10
export const sampleNs = 1_000_000
export const firstNs = 1_700_000_000_000_000_000n

export const offerMessage = (more: object = {}): object => ({
  offer: {
    version: 1,
    job_id: 'job',
    source_name: 'test',
    live: true,
    content: 'SAMPLES',
    element_type: 'INT16',
    scale: 0.5,
    unit: 'nm/m/s',
    quantity: 'strain rate',
    sample_interval_ns: sampleNs,
    first_channel: 1,
    channel_count: blockChannels,
    own_channel_step: 1,
    ...more
  }
})

export const blockMessage = (sequence: number, more: object = {}): object => ({
  block: {
    sequence,
    start_time_ns: String(firstNs + BigInt(sequence * blockSamples * sampleNs)),
    first_sample: sequence * blockSamples,
    sample_count: blockSamples,
    first_channel: 1,
    channel_count: blockChannels,
    sample_interval_ns: sampleNs,
    element_type: 'INT16',
    scale: 0.5,
    unit: 'nm/m/s',
    data: Buffer.from(new Int16Array(blockSamples * blockChannels).fill(sequence).buffer),
    ...more
  }
})
