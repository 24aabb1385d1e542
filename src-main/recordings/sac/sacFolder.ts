import { basename } from 'node:path'
import { type BinaryFile, viewOf, withFile } from '../binary/binaryFile.ts'
import { decodeSamples } from '../binary/sampleDecoding.ts'
import { type Block, BlockList } from '../blocks/blockList.ts'
import { buildGrid } from '../blocks/channelGrid.ts'
import { differentRates, gridInfo, listsOfOneRate } from '../blocks/gridInfo.ts'
import { GridReader } from '../blocks/gridReader.ts'
import { createRecording } from '../createRecording.ts'
import { type Recording, RecordingError, unsaidInfo } from '../recording.ts'
import { readSacTrace, sacStartNs } from './sac.ts'
import { sacHeaderBytes } from './sacHeader.ts'

/** Samples that are decoded at once. */
const blockSamples = 65_536
const mostWarnings = 20

/** SAC files of one folder: a column for every channel name, each made of the files of that name. */
export function openSacFolder(folder: string, files: readonly { path: string; sizeBytes: number }[]): Recording {
  const lists = new Map<string, BlockList>()
  const warnings: string[] = []
  const warn = (path: string, what: string): void => {
    if (warnings.length < mostWarnings) warnings.push(`${basename(path)}: ${what}`)
  }
  const orders: boolean[] = []
  files.forEach(({ path, sizeBytes }, number) => {
    try {
      const { header, rows, warnings: own } = withFile(path, (file) => readSacTrace(file, sizeBytes))
      const startNs = sacStartNs(header)
      if (startNs === null) return warn(path, 'has no reference time and was left out.')
      for (const warning of own) warn(path, warning)
      orders[number] = header.littleEndian
      const name = header.name === '' ? basename(path) : header.name
      const key = `${name} ${header.rateHz.toPrecision(7)}`
      const list = lists.get(key) ?? new BlockList(name, header.rateHz, startNs)
      lists.set(key, list)
      list.elements.add('float32')
      const start = (Number(startNs - list.originNs) / 1e9) * header.rateHz
      for (let done = 0; done < rows; done += blockSamples) {
        const samples = Math.min(blockSamples, rows - done)
        list.add(start + done, { file: number, place: sacHeaderBytes + done * 4, bytes: samples * 4, samples })
      }
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error
      warn(path, `was left out: ${error.message.replace(`${error.file}: `, '')}.`)
    }
  })
  const taken = listsOfOneRate([...lists.values()], warnings, (other, taken) => {
    throw new RecordingError(
      folder,
      differentRates(other, taken, (number) => files[number]!.path)
    )
  })
  if (taken.length === 0)
    throw new RecordingError(folder, `is a folder of SAC files of which none can be read. ${warnings.join(' ')}`.trim())
  const grid = buildGrid(taken)
  const reader = new GridReader(grid)
  const described = gridInfo(grid)
  const decode = (file: BinaryFile, { file: number, place, bytes, samples }: Block): Float32Array => {
    const target = new Float32Array(samples)
    const row = { at: 0, step: 4, count: samples, target, targetAt: 0, targetStep: 1 }
    decodeSamples(viewOf(file.read(place, bytes)), 'float32', orders[number]!, row)
    return target
  }
  return createRecording(
    {
      ...unsaidInfo(),
      format: 'sac',
      formatVersion: null,
      file: folder,
      storedOrder: ['channel', 'time'],
      ...described,
      warnings: [...warnings, ...described.warnings],
      metadata: { files: files.length }
    },
    {
      read: async (range) =>
        reader.read(range, (block) => withFile(files[block.file]!.path, (file) => decode(file, block))),
      close: () => Promise.resolve()
    }
  )
}
