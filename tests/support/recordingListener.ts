import type {
  RowBlock,
  SampleBlock,
  StreamGap,
  StreamListener,
  StreamOffer,
  StreamState
} from '../../src-main/streams/streamSource.ts'

/** Keeps everything that a stream says; blocks with a copy of their data. */
export interface RecordingListener extends StreamListener {
  offers: StreamOffer[]
  blocks: SampleBlock[]
  rowBlocks: RowBlock[]
  gaps: StreamGap[]
  states: StreamState[]
  lastState(): StreamState | undefined
}

export function recordingListener(): RecordingListener {
  const listener: RecordingListener = {
    offers: [],
    blocks: [],
    rowBlocks: [],
    gaps: [],
    states: [],
    offer: (offer) => void listener.offers.push(offer),
    block: (block) => void listener.blocks.push({ ...block, data: Uint8Array.from(block.data) }),
    rows: (rows) => void listener.rowBlocks.push(rows),
    gap: (gap) => void listener.gaps.push(gap),
    state: (state) => void listener.states.push(state),
    lastState: () => listener.states.at(-1)
  }
  return listener
}
