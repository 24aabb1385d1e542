import { fromJSON, type MethodDefinition } from '@grpc/proto-loader'
import protobuf from 'protobufjs'
import acquisitionText from '../../protos/acquisition/v1/acquisition.proto?raw'
import dataStreamText from '../../protos/pandadatastream/pandadatastream.proto?raw'

/** Integers of 64 bits come as decimal text, enums as their names, `bytes` as views on the message. */
const loaderOptions = { longs: String, enums: String, defaults: true, oneofs: true }

function methodOf(protoText: string, service: string, name: string): MethodDefinition<object, object> {
  const description = protobuf.parse(protoText).root.toJSON()
  const definition = fromJSON(description, loaderOptions)[service] as unknown as
    Record<string, MethodDefinition<object, object>> | undefined
  const method = definition?.[name]
  if (!method) throw new Error(`No method ${service}.${name} in the protocol files`)
  return method
}

/** Reading a protocol and making its codecs takes longer than connecting: each thread does it once. */
function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null
  return () => (made ??= { value: make() }).value
}

export interface StreamBlocksRequest {
  version: number
  jobId: string
  hasResume: boolean
  resumeAfterSequence: string
}

export interface OfferMessage {
  version: number
  jobId: string
  sourceName: string
  live: boolean
  content: string
  elementType: string
  scale: number
  unit: string
  quantity: string
  sampleIntervalNs: number
  firstChannel: number
  channelCount: number
  firstOwnChannel?: string
  ownChannelStep: number
  firstDistanceM?: number
  channelSpacingM?: number
  gaugeLengthM?: number
  startTimeNs?: string
  endTimeNs?: string
  bandLowHz?: number
  bandHighHz?: number
}

export interface BlockMessage {
  sequence: string
  startTimeNs: string
  firstSample: string
  sampleCount: number
  channelCount: number
  sampleIntervalNs: number
  elementType: string
  scale: number
  data: Uint8Array
}

export interface GapMessage {
  firstSequence: string
  lastSequence: string
  startTimeNs: string
  endTimeNs: string
  reason: string
}

export interface StreamMessage {
  message?: 'offer' | 'block' | 'gap'
  offer?: OfferMessage
  block?: BlockMessage
  gap?: GapMessage
}

export interface DataStreamMessage {
  startChannel: number
  endChannel: number
  timestampInMilis: string[]
  rowIndex: number[]
  dataShapeX: number
  dataShapeY: number
  dataShapeZ?: number
  mainData: Uint8Array[]
}

export const streamBlocksMethod = once(() =>
  methodOf(acquisitionText, 'acquisition.v1.AcquisitionService', 'StreamBlocks')
)

export const streamDataMethod = once(() => methodOf(dataStreamText, 'pandadatastream.DataStreamService', 'StreamData'))
