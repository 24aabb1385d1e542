import { viewOf } from '../binary/binaryFile.ts'

/** One field of a protobuf message: a number, or the place of its bytes. */
export type ProtobufField =
  | { number: number; kind: 'varint'; value: bigint }
  | { number: number; kind: 'fixed32' | 'fixed64' | 'bytes'; from: number; to: number }

/** Something that is no protobuf message. */
export class ProtobufProblem extends Error {
  override readonly name = 'ProtobufProblem'
}

/** The next field at `at`, and where it ends; `limit` is where the message ends, which may lie past `bytes`. */
export function fieldAt(bytes: Uint8Array, at: number, limit: number): { field: ProtobufField; end: number } {
  const tag = varintAt(bytes, at)
  const number = Number(tag.value >> 3n)
  const wire = Number(tag.value & 7n)
  if (number < 1 || number > 0x1fff_ffff) throw new ProtobufProblem(`has a field numbered ${number}`)
  const spanTo = (from: number, length: number): { from: number; to: number } => {
    if (length > limit - from) throw new ProtobufProblem(`has a field ${number} that runs past its end`)
    return { from, to: from + length }
  }
  switch (wire) {
    case 0: {
      const value = varintAt(bytes, tag.end)
      return { field: { number, kind: 'varint', value: value.value }, end: value.end }
    }
    case 1:
    case 5: {
      const span = spanTo(tag.end, wire === 1 ? 8 : 4)
      return { field: { number, kind: wire === 1 ? 'fixed64' : 'fixed32', ...span }, end: span.to }
    }
    case 2: {
      const length = varintAt(bytes, tag.end)
      const span = spanTo(length.end, Number(length.value))
      return { field: { number, kind: 'bytes', ...span }, end: span.to }
    }
    default:
      throw new ProtobufProblem(`has a field ${number} of wire type ${wire}`)
  }
}

function varintAt(bytes: Uint8Array, at: number): { value: bigint; end: number } {
  let value = 0n
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) throw new ProtobufProblem('ends inside a number')
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: at + i + 1 }
  }
  throw new ProtobufProblem('has a number of more than ten bytes')
}

/** The fields of a small message, by number; the last one where a number is repeated. */
export class ProtobufMessage {
  readonly #bytes: Uint8Array
  readonly #fields = new Map<number, ProtobufField[]>()

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    for (let at = 0; at < bytes.length;) {
      const { field, end } = fieldAt(bytes, at, bytes.length)
      const before = this.#fields.get(field.number)
      if (before) before.push(field)
      else this.#fields.set(field.number, [field])
      at = end
    }
  }

  #last(number: number): ProtobufField | undefined {
    return this.#fields.get(number)?.at(-1)
  }

  messages(number: number): ProtobufMessage[] {
    return (this.#fields.get(number) ?? [])
      .flatMap((field) => (field.kind === 'bytes' ? [this.#bytes.subarray(field.from, field.to)] : []))
      .map((bytes) => new ProtobufMessage(bytes))
  }

  message(number: number): ProtobufMessage | null {
    return this.messages(number).at(-1) ?? null
  }

  /** A signed integer; the default of protobuf, 0, where it is absent. */
  integer(number: number): number {
    const field = this.#last(number)
    return field?.kind === 'varint' ? Number(BigInt.asIntN(64, field.value)) : 0
  }

  float(number: number): number {
    const field = this.#last(number)
    return field?.kind === 'fixed32' ? viewOf(this.#bytes).getFloat32(field.from, true) : 0
  }

  text(number: number): string {
    const field = this.#last(number)
    return field?.kind === 'bytes' ? new TextDecoder().decode(this.#bytes.subarray(field.from, field.to)) : ''
  }

  has(number: number): boolean {
    return this.#fields.has(number)
  }
}

/** `google.protobuf.Timestamp`. */
export const timestampOf = (message: ProtobufMessage): bigint =>
  BigInt(message.integer(1)) * 1_000_000_000n + BigInt(message.integer(2))
