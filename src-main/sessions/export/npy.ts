import { contentBlocks, blockRows } from './contentBlocks.ts'
import { type ExportContent, rowBytes } from './exportContent.ts'
import type { ExportFormat, ExportTarget } from './exportFormat.ts'
import { bytesOf, SequentialFile } from './sequentialFile.ts'

const descriptors = { int8: '|i1', int16: '<i2', int32: '<i4', float32: '<f4', float64: '<f8' } as const

/** Header of NumPy's format, version 1.0: C order, padded to a multiple of 64 bytes. */
export function npyHeader(descriptor: string, shape: number[]): Uint8Array {
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${descriptor}', 'fortran_order': False, 'shape': (${lengths}), }`
  const length = Math.ceil((10 + text.length + 1) / 64) * 64
  const header = new Uint8Array(length).fill(0x20)
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (length - 10) & 0xff, (length - 10) >> 8])
  header.set(new TextEncoder().encode(text), 10)
  header[length - 1] = 0x0a
  return header
}

export const contentHeader = (content: ExportContent): Uint8Array =>
  npyHeader(descriptors[content.element], [content.rows, content.channels])

/** The samples of the content, one row after the other; little-endian, as every machine is that this runs on. */
export async function appendSamples(
  content: ExportContent,
  { signal, onRows }: ExportTarget,
  append: (bytes: Uint8Array) => Promise<void>
): Promise<void> {
  for await (const { firstRow, rows, values } of contentBlocks(content, signal, {
    from: 0,
    to: content.rows,
    rows: blockRows(content)
  })) {
    await append(bytesOf(values))
    onRows(firstRow + rows)
  }
}

/** NumPy array, samples × channels. */
export const npy: ExportFormat = {
  name: 'npy',
  title: 'NumPy array',
  endings: ['.npy'],
  gaps: 'NaN',
  holdsBands: false,
  check: () => ({
    limits: ['NPY holds the samples alone: times, distances and unit are in the file beside it.'],
    refusal: null
  }),
  estimateBytes: (content) => content.rows * rowBytes(content) + 128,
  write: (content, target) =>
    SequentialFile.make(target.path, async (file) => {
      await file.append(contentHeader(content))
      await appendSamples(content, target, (bytes) => file.append(bytes))
    })
}
