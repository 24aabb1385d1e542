import type { ExportFormatName } from '../../../src-preload/contract/tasks.ts'
import { csv } from './csv.ts'
import { dasdae } from './dasdae.ts'
import { dasMetadata } from './dasMetadata.ts'
import type { ExportFormat } from './exportFormat.ts'
import { miniseed } from './miniseed.ts'
import { npy } from './npy.ts'
import { npz } from './npz.ts'
import { png } from './png.ts'
import { prodml } from './prodml.ts'
import { segy } from './segy.ts'
import { wav } from './wav.ts'
import { zarr } from './zarr.ts'

/** Every format that is written, by its name. */
export const exportFormats: Record<ExportFormatName, ExportFormat> = {
  prodml,
  dasdae,
  zarr,
  segy,
  mseed: miniseed,
  npy,
  npz,
  csv,
  wav,
  png,
  'das-metadata': dasMetadata
}

/** The format that the ending of a name means; the longest ending counts. Null where none is known. */
export function formatOfName(name: string): ExportFormat | null {
  const lower = name.toLowerCase().replace(/[/\\]+$/, '')
  let best: { format: ExportFormat; length: number } | null = null
  for (const format of Object.values(exportFormats))
    for (const ending of format.endings)
      if (lower.endsWith(ending) && ending.length > (best?.length ?? 0)) best = { format, length: ending.length }
  return best?.format ?? null
}
