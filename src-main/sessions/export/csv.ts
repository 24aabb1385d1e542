import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import type { SampleArray } from '../../recordings/recording.ts'
import { blockRows, contentBlocks } from './contentBlocks.ts'
import type { ExportContent } from './exportContent.ts'
import { type ExportFormat } from './exportFormat.ts'
import { SequentialFile } from './sequentialFile.ts'
import { sidecarFields } from './sidecar.ts'

/** The shortest decimal that is this 32-bit number again when it is read as one. */
function float32Text(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits))
    if (Math.fround(text) === value) return String(text)
  }
  return String(Number(value.toPrecision(9)))
}

function textOfValues(values: SampleArray): (value: number) => string {
  const text = values instanceof Float32Array ? float32Text : String
  return (value) => (Number.isFinite(value) ? text(value) : Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf')
}

/** Distances are exact to a micrometre: what a double of metres shows beyond is its rounding. */
const metres = (distanceM: number): string => `${Number(distanceM.toFixed(6))} m`

function columnNames(content: ExportContent): string[] {
  return Array.from({ length: content.channels }, (_, channel) => {
    const distanceM = content.distanceM(channel)
    return distanceM === null ? `channel ${content.channelNumber(channel)}` : metres(distanceM)
  })
}

/** Lines that start with #: what a table has no place for. */
function remarks(content: ExportContent): string {
  const { gaps, distance_m: _, ...fields } = sidecarFields(content)
  const lines = Object.entries(fields).map(([name, value]) => `# ${name}: ${value ?? 'not known'}`)
  for (const gap of gaps) lines.push(`# gap: ${gap.start_time} to ${gap.end_time}`)
  lines.push(`# first_channel: ${content.channelNumber(0)}`, `# channel_step: ${content.channelStep}`)
  return `${lines.join('\n')}\n`
}

/** Table of text: a column of times, then one a channel. */
export const csv: ExportFormat = {
  name: 'csv',
  title: 'Table of text (CSV)',
  endings: ['.csv'],
  gaps: 'kept',
  holdsBands: false,
  check: (content) => ({
    limits:
      content.rows * content.channels > 50_000_000
        ? ['A table of text takes about six times the room of the samples; Zarr, NPZ or PRODML open much faster.']
        : [],
    refusal: null
  }),
  estimateBytes: (content) =>
    content.rows * (31 + content.channels * (content.element.startsWith('float') ? 12 : 6)) + content.channels * 12,
  write: (content, target) =>
    SequentialFile.make(target.path, async (file) => {
      await file.appendText(`${remarks(content)}time,${columnNames(content).join(',')}\n`)
      const { signal, onRows } = target
      // Text is several times as long as the samples.
      const rows = blockRows(content, 1, 1024 * 1024)
      for await (const block of contentBlocks(content, signal, { from: 0, to: content.rows, rows })) {
        const text = textOfValues(block.values)
        const lines: string[] = []
        for (let row = 0; row < block.rows; row++) {
          const values = block.values.subarray(row * content.channels, (row + 1) * content.channels)
          const time = isoFromNanoseconds(content.timeNs(block.firstRow + row))
          lines.push(`${time},${Array.from(values, text).join(',')}\n`)
        }
        await file.appendText(lines.join(''))
        onRows(block.firstRow + block.rows)
      }
    })
}
