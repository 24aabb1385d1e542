/**
 * `pandadatastream` as its page gives it, written down a second time on purpose: tests must not take the field numbers from
 * the program's own file, or both could be wrong together.
 */
import protobuf from 'protobufjs'

const protocolText = `
syntax = "proto3";
package pandadatastream;
message StreamDataRequest { int32 stream_id = 1; }
message DataStream {
  int32 start_channel = 1; int32 end_channel = 2;
  repeated int64 timestamp_in_milis = 3; repeated int32 row_index = 4;
  int32 data_shape_x = 5; int32 data_shape_y = 6;
  float global_maximum = 7; float global_minimum = 8;
  repeated bytes main_data = 9;
  optional int32 job_id = 10; optional int32 data_shape_z = 11;
}`

export const streamDataPath = '/pandadatastream.DataStreamService/StreamData'

export interface StreamDataRequest {
  stream_id: number
}

/** Messages of the site's stream service; 64-bit numbers as decimal strings. */
export interface DataStreamMessage {
  start_channel?: number
  end_channel?: number
  timestamp_in_milis?: string[]
  row_index?: number[]
  data_shape_x?: number
  data_shape_y?: number
  global_maximum?: number
  global_minimum?: number
  main_data?: Uint8Array[]
  job_id?: number
  data_shape_z?: number
}

/** Field number → wire types that may carry it (0 varint, 2 length-delimited, 5 fixed 32 bits). */
const dataStreamWire: Record<number, number[]> = {
  1: [0],
  2: [0],
  3: [0, 2],
  4: [0, 2],
  5: [0],
  6: [0],
  7: [5],
  8: [5],
  9: [2],
  10: [0],
  11: [0]
}

function refuseUndocumentedFields(bytes: Uint8Array): void {
  const reader = protobuf.Reader.create(bytes)
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    if (!dataStreamWire[tag >>> 3]?.includes(tag & 7))
      throw new Error(`DataStream carries field ${tag >>> 3} with wire type ${tag & 7}, which is not documented`)
    reader.skipType(tag & 7)
  }
}

export interface SiteProtocol {
  encodeRequest(streamId: number): Buffer
  decodeRequest(bytes: Uint8Array): StreamDataRequest
  encodeData(message: DataStreamMessage): Buffer
  /** Throws where the bytes hold a field that the page does not know. */
  decodeData(bytes: Uint8Array): DataStreamMessage
}

export function createSiteProtocol(): SiteProtocol {
  const { root } = protobuf.parse(protocolText, { keepCase: true })
  const request = root.lookupType('pandadatastream.StreamDataRequest')
  const data = root.lookupType('pandadatastream.DataStream')
  return {
    encodeRequest: (streamId) => Buffer.from(request.encode(request.create({ stream_id: streamId })).finish()),
    decodeRequest: (bytes) => request.toObject(request.decode(bytes), { defaults: true }) as StreamDataRequest,
    encodeData: (message) => Buffer.from(data.encode(data.fromObject(message)).finish()),
    decodeData(bytes) {
      refuseUndocumentedFields(bytes)
      return data.toObject(data.decode(bytes), { longs: String }) as DataStreamMessage
    }
  }
}
