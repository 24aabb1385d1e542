import { resolve } from 'node:path'
import protobuf from 'protobufjs'
import { openGrpcStream, type GrpcStream } from './grpcStream.ts'

const protoFile = resolve(import.meta.dirname, '../../protos/acquisition/v1/acquisition.proto')
const streamBlocksPath = '/acquisition.v1.AcquisitionService/StreamBlocks'
const messageLimitBytes = 1024 * 1024 + 4096

export interface Offer {
  version: number
  job_id: string
  source_name: string
  live: boolean
  content: string
  element_type: string
  scale: number
  unit: string
  quantity: string
  sample_interval_ns: number
  first_channel: number
  channel_count: number
  first_own_channel?: string
  own_channel_step: number
  first_distance_m?: number
  channel_spacing_m?: number
  gauge_length_m?: number
  start_time_ns?: string
  end_time_ns?: string
  band_low_hz?: number
  band_high_hz?: number
}

export interface Block {
  sequence: string
  start_time_ns: string
  first_sample: string
  sample_count: number
  first_channel: number
  channel_count: number
  sample_interval_ns: number
  element_type: string
  scale: number
  unit: string
  data: Buffer
}

export interface Gap {
  first_sequence: string
  last_sequence: string
  start_time_ns: string
  end_time_ns: string
  reason: string
}

export interface BlockMessage {
  bytes: number
  offer?: Offer
  block?: Block
  gap?: Gap
}

const root = new protobuf.Root().loadSync(protoFile, { keepCase: true })
const requestType = root.lookupType('acquisition.v1.StreamBlocksRequest')
const messageType = root.lookupType('acquisition.v1.StreamMessage')

function decode(bytes: Buffer): BlockMessage {
  const message = messageType.decode(bytes) as protobuf.Message &
    Record<'offer' | 'block' | 'gap', protobuf.Message | null>
  const plain = (part: protobuf.Message | null | undefined) =>
    part ? part.$type.toObject(part, { longs: String, enums: String, defaults: true, bytes: Buffer }) : undefined
  const only = Object.entries({ offer: plain(message.offer), block: plain(message.block), gap: plain(message.gap) })
  return { bytes: bytes.length, ...Object.fromEntries(only.filter(([, part]) => part)) }
}

export const openBlocks = (
  address: string,
  jobId: string,
  resumeAfter: bigint | null = null
): GrpcStream<BlockMessage> =>
  openGrpcStream(
    address,
    streamBlocksPath,
    Buffer.from(
      requestType
        .encode(
          requestType.fromObject({
            version: 1,
            job_id: jobId,
            has_resume: resumeAfter !== null,
            resume_after_sequence: String(resumeAfter ?? 0)
          })
        )
        .finish()
    ),
    decode
  )

function require(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

/** Follows a stream of blocks: the offer first, sequence numbers, the time grid, and lengths that agree with the shapes. */
export class BlockChecker {
  offer: Offer | null = null
  readonly blocks: Block[] = []
  readonly gaps: Gap[] = []
  largestBytes = 0
  missingSamples = 0

  add(message: BlockMessage): void {
    const parts = [message.offer, message.block, message.gap].filter(Boolean)
    require(parts.length === 1, `a message with ${parts.length} of offer, block and gap`)
    this.largestBytes = Math.max(this.largestBytes, message.bytes)
    require(message.bytes <= messageLimitBytes, `a message of ${message.bytes} bytes`)
    if (message.offer) this.#addOffer(message.offer)
    else require(this.offer !== null, 'the first message is not the offer')
    if (message.block) this.#addBlock(message.block, this.offer!)
    if (message.gap) this.gaps.push(message.gap)
  }

  #addOffer(offer: Offer): void {
    require(this.offer === null, 'a second offer')
    require(offer.version === 1, `version ${offer.version} for a client of version 1`)
    require(offer.element_type === 'INT16' || offer.element_type === 'FLOAT32', `element type ${offer.element_type}`)
    require(offer.content === 'SAMPLES' || offer.content === 'BAND_ENERGY', `content ${offer.content}`)
    require(offer.scale > 0 &&
      offer.sample_interval_ns > 0, `scale ${offer.scale}, interval ${offer.sample_interval_ns}`)
    this.offer = offer
  }

  #addBlock(block: Block, offer: Offer): void {
    const width = block.element_type === 'INT16' ? 2 : 4
    for (const field of [
      'element_type',
      'scale',
      'unit',
      'sample_interval_ns',
      'first_channel',
      'channel_count'
    ] as const)
      require(block[field] ===
        offer[field], `block ${block.sequence}: ${field} ${block[field]}, offered ${offer[field]}`)
    require(block.sample_count > 0, `block ${block.sequence} has no samples`)
    require(block.data.length ===
      block.sample_count *
        block.channel_count *
        width, `block ${block.sequence}: ${block.data.length} bytes for ${block.sample_count} × ${block.channel_count} of ${width}`)
    this.#checkPlace(block)
    this.blocks.push(block)
  }

  #checkPlace(block: Block): void {
    const last = this.blocks.at(-1)
    if (!last) return
    const skipped = BigInt(block.sequence) - BigInt(last.sequence) - 1n
    require(skipped >= 0n, `sequence ${block.sequence} after ${last.sequence}`)
    const due = BigInt(last.first_sample) + BigInt(last.sample_count)
    const hole = BigInt(block.first_sample) - due
    require(hole >= 0n, `first_sample ${block.first_sample} before ${due}`)
    // A number that was skipped was lost; nothing else may leave a hole, but a gap that the server itself names.
    const isNamed = this.gaps.some((gap) => BigInt(gap.start_time_ns) >= BigInt(last.start_time_ns))
    require(hole > 0n === skipped > 0n || isNamed, `${skipped} sequence numbers skipped, but ${hole} samples missing`)
    this.missingSamples += Number(hole)
    const elapsedNs = Number(BigInt(block.start_time_ns) - BigInt(this.blocks[0]!.start_time_ns))
    const samples = Number(BigInt(block.first_sample) - BigInt(this.blocks[0]!.first_sample))
    require(Math.abs(elapsedNs - samples * block.sample_interval_ns) <=
      1000, `block ${block.sequence} starts ${elapsedNs - samples * block.sample_interval_ns} ns off its own sample grid`)
  }

  sampleCount(): number {
    return this.blocks.reduce((sum, block) => sum + block.sample_count, 0)
  }

  /** All samples in order, where nothing is missing. */
  data(): Buffer {
    return Buffer.concat(this.blocks.map((block) => block.data))
  }
}

/** Reads until `isEnough`, or to the end of the stream where no condition is given. */
export async function readBlocks(
  stream: GrpcStream<BlockMessage>,
  isEnough: ((checker: BlockChecker) => boolean) | null = null,
  withinMs = 20_000
): Promise<BlockChecker> {
  const checker = new BlockChecker()
  const deadline = Date.now() + withinMs
  while (!isEnough?.(checker)) {
    const message = await stream.next(Math.max(1, deadline - Date.now()))
    if (message !== null) checker.add(message)
    else if (isEnough === null) return checker
    else
      throw new Error(`the stream ended (${JSON.stringify(await stream.end())}) after ${checker.blocks.length} blocks`)
  }
  return checker
}
