import type { Analysis, AnalysisHost, AnalysisListener, AnalysisPlan } from '../../src-main/analysis/analysis.ts'
import { ringLayoutFor } from '../../src-main/analysis/ringSize.ts'
import { createRingWriter, createSampleRing, type RingWriter } from '../../src-main/analysis/sampleRing.ts'
import type { SampleBlock } from '../../src-main/streams/streamSource.ts'

export interface FedAnalysis extends Analysis {
  readonly writer: RingWriter
  /** Copies the block into the ring and hands it on, as the thread that receives does. False: there was no room. */
  feed(block: SampleBlock): boolean
}

/** An analysis with a ring of its own, written from here. */
export function openFed(
  host: AnalysisHost,
  plan: AnalysisPlan,
  listener: AnalysisListener,
  blockSamples = 1
): FedAnalysis {
  const windowSamples = plan.content === 'samples' ? plan.nfft : 1
  const ring = createSampleRing(ringLayoutFor({ ...plan, windowSamples, blockSamples }), !plan.live)
  const writer = createRingWriter(ring)
  const analysis = host.open(plan, ring, listener)
  return {
    ...analysis,
    writer,
    feed({ data, ...block }) {
      const position = writer.store(data, block.sampleCount)
      if (position !== null) analysis.push({ ...block, position })
      return position !== null
    }
  }
}
