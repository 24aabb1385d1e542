/**
 * A capturing process that a test kills: `captureChild.ts FOLDER OPTIONS` captures the made-up stream as fast as the disk
 * takes it and prints, after each group, how many samples are acknowledged.
 */
import { captureWriter, blockOf, offerOf, sessionOptions, type StreamShape } from './sessionFixture.ts'

interface ChildOptions {
  shape: StreamShape
  blocks: number
  segmentBytes: number
  /** Between blocks, ms; 0: as fast as it goes. */
  pauseMs: number
}

const [folder, text] = process.argv.slice(2) as [string, string]
const { shape, blocks, segmentBytes, pauseMs } = JSON.parse(text) as ChildOptions
let resume: () => void = () => undefined
const writer = captureWriter({ commitAfterMs: 5 }, { drained: () => resume() })
let lastSaid = -1

const say = (): void => {
  const { acknowledgedSamples, phase, reason } = writer.counters()
  if (acknowledgedSamples === lastSaid && phase === 'recording') return
  lastSaid = acknowledgedSamples
  process.stdout.write(`${JSON.stringify({ acknowledged: acknowledgedSamples, phase, reason })}\n`)
}

writer.offer(offerOf(shape))
try {
  await writer.begin(sessionOptions(folder, { segmentBytes }))
  for (let number = 0; number < blocks && writer.counters().phase === 'recording'; number++) {
    const drained = new Promise<void>((resolve) => (resume = resolve))
    if (!writer.push(blockOf(shape, number))) await drained
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    say()
  }
  await writer.close('The child is done.')
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
}
lastSaid = -1
say()
