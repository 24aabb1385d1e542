/** Child of a test: exports more than its limit of file size lets it write, and prints what is said of it. */
import type { ExportFormatName } from '../../../src-preload/contract/tasks.ts'
import { exportFormats } from '../../../src-main/sessions/export/exportFormats.ts'
import { runExport } from '../../../src-main/sessions/export/runExport.ts'
import { createMemoryRecording } from '../../unit/sources/memoryRecording.ts'

const [format, target] = process.argv.slice(2) as [ExportFormatName, string]
// Samples that do not compress, in few channels: Zarr's chunks are longer than the limit.
const recording = createMemoryRecording(
  { time: 400_000, channel: 8 },
  { scale: 1, valueAt: (row, channel) => ((row * 7919 + channel * 104_729) % 60_001) - 30_000 }
)
try {
  await runExport({
    source: '/recordings/memory.h5',
    target,
    format: exportFormats[format],
    selection: { time: null, channels: null, band: null, decimate: 1 },
    overwrite: false,
    signal: new AbortController().signal,
    open: () => Promise.resolve(recording)
  })
  process.stdout.write('it was written')
} catch (error) {
  process.stdout.write((error as Error).message)
}
