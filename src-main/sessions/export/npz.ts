import { rowBytes, type ExportContent } from './exportContent.ts'
import { ExportCancelled, type ExportFormat, fits } from './exportFormat.ts'
import { appendSamples, contentHeader, npyHeader } from './npy.ts'
import { bytesOf, SequentialFile } from './sequentialFile.ts'
import { sidecarFields } from './sidecar.ts'
import { ZipFile } from './zipFile.ts'

const rowsAtOnce = 65_536

/** Text as an array of no dimensions, little-endian UCS-4: what `numpy.load` reads without unpickling. */
function npyText(text: string): Uint8Array[] {
  const points = Uint32Array.from([...text], (character) => character.codePointAt(0)!)
  const length = Math.max(1, points.length)
  const header = npyHeader(`<U${length}`, [])
  return [header, points.length > 0 ? bytesOf(points) : new Uint8Array(4)]
}

/** Unknown distances are NaN, so that the array always has one for each channel. */
const distances = (content: ExportContent): Float64Array =>
  Float64Array.from({ length: content.channels }, (_, channel) => content.distanceM(channel) ?? NaN)

/** NumPy archive: `data` (samples × channels), `time_ns`, `distance_m`, `channel`, and `attributes` as JSON text. */
export const npz: ExportFormat = {
  name: 'npz',
  title: 'NumPy archive',
  endings: ['.npz'],
  gaps: 'kept',
  holdsBands: false,
  check: () => fits,
  estimateBytes: (content) => content.rows * (rowBytes(content) + 8) + content.channels * 16 + 4096,
  write: (content, target) =>
    SequentialFile.make(target.path, async (file) => {
      const zip = new ZipFile(file)
      await zip.add('data.npy', async (append) => {
        await append(contentHeader(content))
        await appendSamples(content, target, append)
      })
      await zip.add('time_ns.npy', async (append) => {
        await append(npyHeader('<i8', [content.rows]))
        for (let from = 0; from < content.rows; from += rowsAtOnce) {
          if (target.signal.aborted) throw new ExportCancelled()
          const rows = Math.min(rowsAtOnce, content.rows - from)
          await append(bytesOf(BigInt64Array.from({ length: rows }, (_, i) => content.timeNs(from + i))))
        }
      })
      await zip.add('distance_m.npy', async (append) => {
        await append(npyHeader('<f8', [content.channels]))
        await append(bytesOf(distances(content)))
      })
      await zip.add('channel.npy', async (append) => {
        await append(npyHeader('<i8', [content.channels]))
        await append(
          bytesOf(BigInt64Array.from({ length: content.channels }, (_, i) => BigInt(content.channelNumber(i))))
        )
      })
      await zip.add('attributes.npy', async (append) => {
        for (const part of npyText(JSON.stringify(sidecarFields(content)))) await append(part)
      })
      await zip.end()
    })
}
