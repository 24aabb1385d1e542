import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contentBlocks } from './contentBlocks.ts'
import { type ExportContent, rowBytes } from './exportContent.ts'
import { ExportCancelled, type ExportFormat, type ExportTarget, type FormatCheck } from './exportFormat.ts'
import { cutChunk, historyText, zarrLayout, type ZarrLayout } from './zarrLayout.ts'

/** A chunk is a file; wide recordings have several side by side. */
const chunkChannelsMost = 1024
const chunkOverheadBytes = 4 * 1024 * 1024

const writeJson = (folder: string, document: object): Promise<void> =>
  writeFile(join(folder, 'zarr.json'), JSON.stringify(document, null, 2), { flag: 'wx' })

async function writeData(folder: string, { content, shape }: ZarrLayout, target: ExportTarget): Promise<void> {
  const range = { from: 0, to: content.rows, rows: shape.rows }
  for await (const block of contentBlocks(content, target.signal, range)) {
    const row = join(folder, 'c', String(block.firstRow / shape.rows))
    await mkdir(row, { recursive: true })
    for (let at = 0; at < content.channels; at += shape.channels)
      await writeFile(join(row, String(at / shape.channels)), cutChunk(content, block, shape, at), { flag: 'wx' })
    target.onRows(block.firstRow + block.rows)
  }
}

function check(content: ExportContent): FormatCheck {
  const limits: string[] = []
  if (content.distanceM(0) === null) limits.push('The channel spacing is not known: the channels are only numbered.')
  const refusal = content.sampleIntervalNs === null ? 'The sample rate is not known, and Zarr needs one.' : null
  return { limits, refusal }
}

/** Zarr v3 as a folder of files. */
export const zarr: ExportFormat = {
  name: 'zarr',
  title: 'Zarr v3',
  endings: ['.zarr'],
  gaps: 'kept',
  holdsBands: false,
  check,
  estimateBytes: (content) => content.rows * (rowBytes(content) + 8) + chunkOverheadBytes + content.channels * 16,
  async write(content, target) {
    const layout = zarrLayout(content, target.name, historyText('exported'), chunkChannelsMost)
    await mkdir(target.path)
    const makeArray = async ({ name, document }: { name: string; document: object }): Promise<string> => {
      const folder = join(target.path, name)
      await mkdir(join(folder, 'c'), { recursive: true })
      await writeJson(folder, document)
      return folder
    }
    await writeData(await makeArray(layout.data), layout, target)
    for (const coordinate of layout.coordinates) {
      const folder = await makeArray(coordinate)
      for (let index = 0; index < coordinate.chunkCount; index++) {
        if (target.signal.aborted) throw new ExportCancelled()
        await writeFile(join(folder, 'c', String(index)), coordinate.chunk(index), { flag: 'wx' })
      }
    }
    await writeJson(target.path, layout.group)
  }
}
