import { Bytes } from './seismicFixtures.ts'

export interface SintelaOptions {
  /** Rows of each packet. */
  packets: { values: number[][]; startNs: bigint; sampleCount?: bigint }[]
  rateHz?: number
  dataType?: number
  version?: number
  channelStep?: number
}

export function sintelaBytes({
  packets,
  rateHz = 1000,
  dataType = 4,
  version = 3,
  channelStep = 2
}: SintelaOptions): Buffer {
  const bytes = new Bytes()
  let count = 0n
  for (const { values, startNs, sampleCount } of packets) {
    bytes
      .u32(0x11223344)
      .u32(96)
      .u32(version)
      .u64(sampleCount ?? count)
      .u64(startNs)
    bytes.u32(values[0]!.length).u32(values.length).f32(rateHz).f32(1.6).f32(8.2).u32(0).u32(100).u32(channelStep)
    bytes.u32(0).i32(0).u32(1).zeros(4).u8(dataType).u8(0).u16(0).zeros(16)
    for (const row of values) for (const value of row) bytes.f32(value)
    count += BigInt(values.length)
  }
  return bytes.all()
}

const varint = (value: number | bigint): Buffer => {
  const parts: number[] = []
  for (let rest = BigInt(value); ; rest >>= 7n) {
    parts.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    if (rest <= 0x7fn) return Buffer.from(parts)
  }
}
const integerField = (number: number, value: number | bigint): Buffer =>
  Buffer.concat([varint(number << 3), varint(value)])
const floatField = (number: number, value: number): Buffer =>
  Buffer.concat([varint((number << 3) | 5), new Bytes().f32(value).all()])
const bytesField = (number: number, value: Buffer): Buffer =>
  Buffer.concat([varint((number << 3) | 2), varint(value.length), value])
const envelope = (tag: string, payload: Buffer): Buffer =>
  new Bytes().text('PBUF').text(tag).u32(payload.length).bytes(payload).all()
const floats = (values: number[]): Buffer => values.reduce((bytes, value) => bytes.f32(value), new Bytes()).all()

function commonHeader(channels: number, startNs: bigint, dataType: number): Buffer {
  const time = Buffer.concat([integerField(1, startNs / 1_000_000_000n), integerField(2, startNs % 1_000_000_000n)])
  return Buffer.concat([
    bytesField(1, time),
    integerField(2, channels),
    floatField(3, 1000),
    floatField(4, 1.6),
    floatField(5, 8.2),
    integerField(6, 100),
    integerField(11, dataType)
  ])
}

export const sintelaMeta = (): Buffer =>
  envelope(
    'META',
    Buffer.concat([
      bytesField(1, Buffer.from('recorder')),
      bytesField(3, Buffer.concat([bytesField(1, Buffer.from('Sintela')), bytesField(3, Buffer.from('Onyx'))]))
    ])
  )

export const sintelaSeries = (values: number[][], startNs: bigint, dataType = 5): Buffer =>
  envelope(
    'TS05',
    Buffer.concat([
      bytesField(
        1,
        Buffer.concat([
          bytesField(1, commonHeader(values[0]!.length, startNs, dataType)),
          integerField(3, values.length),
          integerField(4, 2)
        ])
      ),
      bytesField(3, floats(values.flat()))
    ])
  )

/** Channels × bands. */
export const sintelaBand = (values: number[][], startNs: bigint): Buffer => {
  const bands = values[0]!.map((_, k) =>
    bytesField(
      2,
      Buffer.concat([floatField(2, k * 10), floatField(3, k * 10 + 10), bytesField(5, Buffer.from(`band ${k}`))])
    )
  )
  const header = Buffer.concat([bytesField(1, commonHeader(values.length, startNs, 0)), ...bands])
  return envelope('BAND', Buffer.concat([bytesField(1, header), bytesField(2, floats(values.flat()))]))
}

export function sentekBytes(values: number[][], { intervalNs = 1_000_000, isRate = true, spacing = 2 } = {}): Buffer {
  const bytes = new Bytes()
  const [sensors, samples] = [values[0]!.length, values.length]
  for (const value of [sensors, samples, intervalNs, isRate ? 1 : 0, 0, 1]) bytes.f32(value)
  for (let i = 0; i < sensors; i++) bytes.f32(10 + i * spacing)
  for (let i = 0; i < samples; i++) bytes.f32((i * intervalNs) / 1e9)
  for (const value of values.flat()) bytes.f32(value)
  return bytes.all()
}
