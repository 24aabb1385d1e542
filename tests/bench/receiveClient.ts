/**
 * One client of `bench receive`, a process of its own: takes a historic stream for some seconds, as fast as it comes, and
 * prints what it got and what that cost. `bare`: grpc-js and nothing else. `ours`: the program's stream into its ring.
 */
import { Client, credentials } from '@grpc/grpc-js'
import { bytesPerSample as bytesOf, createRingWriter, createSampleRing } from '../../src-main/analysis/sampleRing.ts'
import { systemClock } from '../../src-main/clock.ts'
import { createBlocksStream } from '../../src-main/streams/blocksStream.ts'
import { streamBlocksMethod, type StreamMessage } from '../../src-main/streams/grpcServices.ts'
import { defaultSettings } from '../../src-preload/contract/settings.ts'

const [candidate, address, jobId, secondsText, channelsText, bytesPerValue] = process.argv.slice(2)
const elementType = Number(bytesPerValue) === 2 ? 'int16' : 'float32'
const channelCount = Number(channelsText)
const bytesPerSample = bytesOf({ channelCount, elementType })
const ringBytes = 16e6
/** Samples that lie twice, so that a window is contiguous: what a waterfall asks for. */
const mirrorSamples = 256
const warmUpMs = 1000

/** Nobody reads here, so nothing is held and there is always room. */
const createWriter = () => {
  const capacitySamples = Math.max(4 * mirrorSamples, Math.ceil(ringBytes / bytesPerSample))
  return createRingWriter(createSampleRing({ channelCount, elementType, capacitySamples, mirrorSamples }, false))
}

/** A copy alone, from an odd offset, as payloads lie in their messages. */
function ringAlone(seconds: number): number {
  const writer = createWriter()
  const perBlock = Math.floor((1024 * 1024) / bytesPerSample)
  const message = new Uint8Array(perBlock * bytesPerSample + 61)
  const payload = message.subarray(61)
  let bytes = 0
  for (const startedMs = performance.now(); performance.now() - startedMs < seconds * 1000;) {
    for (let k = 0; k < 8; k++) {
      writer.store(payload, perBlock)
      bytes += payload.length
    }
  }
  return bytes
}

function receive(onBytes: (count: number) => void): () => void {
  if (candidate === 'bare') {
    const client = new Client(address!, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
      'grpc-node.flow_control_window': 4 * 1024 * 1024
    })
    const { path, requestSerialize, responseDeserialize } = streamBlocksMethod()
    const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {
      version: 1,
      jobId: jobId!
    })
    call.on('data', (message: StreamMessage) => onBytes(message.block?.data.length ?? 0))
    call.on('error', () => undefined)
    return () => {
      call.cancel()
      client.close()
    }
  }
  const writer = createWriter()
  const stream = createBlocksStream(
    {
      address: address!,
      credentials: credentials.createInsecure(),
      backendJobId: jobId!,
      sourceName: '',
      channels: { min: 1, max: Number(channelsText) },
      live: false,
      endNs: null,
      rowIntervalS: null,
      streamAmount: 1,
      band: null,
      fibre: null,
      rowScale: 'as sent',
      settings: defaultSettings().streams,
      clock: systemClock(),
      random: Math.random
    },
    {
      offer: () => undefined,
      block(block) {
        if (writer.store(block.data, block.sampleCount) === null) throw new Error('a block that found no room')
        onBytes(block.data.length)
      },
      rows: () => undefined,
      gap: (gap) => {
        throw new Error(`a gap: ${gap.reason}`)
      },
      state: () => undefined
    }
  )
  stream.start()
  return () => stream.dispose()
}

const seconds = Number(secondsText)
if (candidate === 'ring') {
  ringAlone(0.3)
  const before = process.cpuUsage()
  const startedMs = performance.now()
  const bytes = ringAlone(seconds)
  report(bytes, startedMs, before)
} else {
  let bytes = 0
  const stop = receive((count) => (bytes += count))
  await new Promise((resume) => setTimeout(resume, warmUpMs))
  bytes = 0
  const before = process.cpuUsage()
  const startedMs = performance.now()
  await new Promise((resume) => setTimeout(resume, seconds * 1000))
  report(bytes, startedMs, before)
  stop()
  process.exit(0)
}

function report(bytes: number, startedMs: number, before: NodeJS.CpuUsage): void {
  const { user, system } = process.cpuUsage(before)
  const passedS = (performance.now() - startedMs) / 1000
  process.stdout.write(`${JSON.stringify({ bytes, seconds: passedS, cpuS: (user + system) / 1e6 })}\n`)
}
