import { basename, sep } from 'node:path'
import { type BinaryFile, viewOf, withFile } from '../binary/binaryFile.ts'
import { type Block, BlockList } from '../blocks/blockList.ts'
import { buildGrid } from '../blocks/channelGrid.ts'
import { differentRates, gridInfo, listsOfOneRate } from '../blocks/gridInfo.ts'
import { type DecodeBlock, GridReader, type Samples } from '../blocks/gridReader.ts'
import { createRecording } from '../createRecording.ts'
import { type Recording, RecordingError, unsaidInfo } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { createCrc32c } from './crc32c.ts'
import { decodeRecord, nameOfEncoding } from './encodings.ts'
import { DayClock, readHeader2, readHeader3 } from './recordHeader.ts'
import { beginsAsRecord, RecordScan } from './recordScan.ts'

/** miniSEED 2 and 3: one column for every channel, in the order of their codes. */
export const miniseed: RecordingFormat = {
  name: 'mseed',
  title: 'miniSEED 2 and 3',

  recognise: ({ head, sizeBytes }) => Promise.resolve(beginsAsRecord(head, sizeBytes)),

  open: ({ path, sizeBytes }) => Promise.resolve(openMiniseed(path, [{ path, sizeBytes }]))
}

/** So much is decoded when it is opened: what is damaged in it is a gap then. Of more, it is an error when it is read. */
const checkedBytes = 8 * 1024 * 1024
const mostNamed = 20

/** One recording of the records of one or many files; `path` is what it is called by. */
export function openMiniseed(
  path: string,
  files: readonly { path: string; sizeBytes: number }[],
  checkUpToBytes = checkedBytes
): Recording {
  const scan = new RecordScan()
  files.forEach((file, number) => withFile(file.path, (open) => scan.scan(open, file.sizeBytes, number)))
  scan.finish()
  // Of a folder the file is named, of a file only the place.
  const warnings = scan.warnings.map((warning) => warning.replace(`${path}: `, '').replace(path + sep, ''))
  const refuse = (other: BlockList, taken: BlockList): never => {
    throw new RecordingError(
      path,
      differentRates(other, taken, (number) => files[number]!.path)
    )
  }
  const records = new RecordDecoder(path, files)
  const found = listsOfOneRate(scan.lists, warnings, files.length > 1 ? refuse : null)
  const isSmall = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= checkUpToBytes
  const lists = isSmall ? records.using((decode) => soundLists(found, decode, warnings)) : found
  if (lists.length === 0)
    throw new RecordingError(path, `is miniSEED without samples that are read. ${warnings.join(' ')}`.trim())
  const { rateHz } = lists[0]!
  // Version 2 without blockette 1001 rounds times to 0.1 ms, which may be more than half a sample.
  const grid = buildGrid(lists, Math.max(0.5, rateHz * 1.01e-4))
  const described = gridInfo(grid)
  const reader = new GridReader(grid)
  return createRecording(
    {
      ...unsaidInfo(),
      format: 'mseed',
      formatVersion: [...scan.versions].sort().join(' and '),
      file: path,
      storedOrder: ['channel', 'time'],
      ...described,
      warnings: [...warnings, ...described.warnings],
      metadata: {
        records: scan.records,
        ...(files.length > 1 ? { files: files.length } : {}),
        encodings: [...scan.encodings].sort((a, b) => a - b).map(nameOfEncoding)
      }
    },
    {
      read: async (range) => records.using((decode) => reader.read(range, decode)),
      close: () => Promise.resolve()
    }
  )
}

/** Without the blocks that cannot be decoded, which are named in warnings. */
function soundLists(lists: BlockList[], decode: DecodeBlock, warnings: string[]): BlockList[] {
  let damaged = 0
  const sound = lists.map((list) => {
    const kept = new BlockList(list.name, list.rateHz, list.originNs)
    for (const element of list.elements) kept.elements.add(element)
    for (let i = 0; i < list.count; i++) {
      const block = list.block(i)
      try {
        decode(block, list.name)
        kept.add(list.start(i), block)
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error
        damaged += 1
        if (damaged <= mostNamed) warnings.push(`Left out: ${error.message.replace(`${error.file}: `, '')}.`)
      }
    }
    return kept
  })
  if (damaged > mostNamed) warnings.push(`${damaged - mostNamed} more damaged records were left out.`)
  return sound.filter(({ count }) => count > 0)
}

/** Reads and decodes records; the file in use is open during a read. */
class RecordDecoder {
  readonly #path: string
  readonly #files: readonly { path: string }[]
  readonly #clock = new DayClock()
  readonly #crc32c = createCrc32c()

  constructor(path: string, files: readonly { path: string }[]) {
    this.#path = path
    this.#files = files
  }

  using<T>(read: (decode: DecodeBlock) => T): T {
    if (this.#files.length === 1)
      return withFile(this.#files[0]!.path, (file) => read((block, channel) => this.#decode(file, block, channel)))
    return read((block, channel) =>
      withFile(this.#files[block.file]!.path, (file) => this.#decode(file, block, channel))
    )
  }

  #decode(file: BinaryFile, { place, bytes, samples }: Block, channel: string): Samples {
    const record = file.read(place, bytes)
    const view = viewOf(record)
    const refuse = (what: string): never => {
      const where = file.path !== this.#path ? `in ${basename(file.path)} ` : ''
      throw new RecordingError(this.#path, `${where}the record of ${channel} at byte ${place} ${what}`)
    }
    const header = readHeader2(view, 0, bytes, this.#clock) ?? readHeader3(view, 0, bytes, this.#clock)
    if (header?.samples !== samples || header.bytes !== bytes) return refuse('has changed since the file was opened')
    if (header.crc !== null) {
      view.setUint32(28, 0)
      const sum = this.#crc32c(record)
      if (sum !== header.crc)
        refuse(`is damaged: its CRC-32C is ${sum.toString(16)}, not ${header.crc.toString(16)} as it says`)
    }
    const decoded = decodeRecord(record, header)
    return typeof decoded === 'string' ? refuse(decoded) : decoded
  }
}
