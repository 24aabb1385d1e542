import { decodeSteim2 } from 'seisplotjs-seedcodec'
import { decodeSteim } from '../../src-main/recordings/miniseed/steimDecode.ts'
import { encodeSteim2 } from '../../src-main/recordings/miniseed/steimEncode.ts'
import type { BenchEntry } from './entry.ts'
import { measured, ratePerSecond } from './measure.ts'

const rounds = 7
const millisecondsEach = 250
const framesOfRecord = 63

/** Ambient noise with an event in it, so that all widths of differences occur. */
function noise(count: number): Int32Array {
  let state = 1
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 31 - 1
  }
  return Int32Array.from({ length: count }, (_, i) => {
    const gain = 4 + 3000 * Math.exp(-(((i - count / 2) / (count / 20)) ** 2))
    return Math.round(gain * (random() + random() + random()))
  })
}

/** Steim-2 records of 4096 bytes, decoded by ours and by the decoder of seisplotjs, in turns. */
export function run(): Promise<BenchEntry[]> {
  const samples = noise(400_000)
  const records: { frames: Uint8Array; view: DataView; samples: number }[] = []
  for (let from = 0; from < samples.length;) {
    const block = encodeSteim2(samples, from, framesOfRecord, from > 0 ? samples[from - 1]! : null)
    if (block.kind === 'refused') throw new Error('the noise does not fit Steim-2')
    const { frames } = block
    records.push({
      frames,
      view: new DataView(frames.buffer, frames.byteOffset, frames.length),
      samples: block.samples
    })
    from += block.samples
  }
  for (const { frames, view, samples: count } of records)
    if (String(decodeSteim(frames, count, 2, false).values) !== String(decodeSteim2(view, count, false, 0)))
      throw new Error('the two decoders do not agree')
  const ours: number[] = []
  const theirs: number[] = []
  const millions = samples.length / 1e6
  for (let round = 0; round < rounds; round++) {
    const decodeOurs = (): void => {
      for (const { frames, samples: count } of records) decodeSteim(frames, count, 2, false)
    }
    const decodeTheirs = (): void => {
      for (const { view, samples: count } of records) decodeSteim2(view, count, false, 0)
    }
    ours.push(ratePerSecond(decodeOurs, millisecondsEach) * millions)
    theirs.push(ratePerSecond(decodeTheirs, millisecondsEach) * millions)
  }
  const { median, min, max } = measured(ours)
  const ratio = measured(ours.map((rate, i) => rate / theirs[i]!)).median
  return Promise.resolve([
    {
      name: 'miniseed decode',
      value: median,
      unit: 'million samples/s',
      against: 'the Steim-2 decoder of seisplotjs (seisplotjs-seedcodec)',
      ratio,
      target: '≥ 1',
      meets: ratio >= 1,
      min,
      max,
      rounds,
      skipped: null
    }
  ])
}
