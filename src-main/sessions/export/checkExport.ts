import type { ExportContent } from './exportContent.ts'
import type { ExportFormat, FormatCheck } from './exportFormat.ts'

/** Filling gaps may make a file much longer than its data: beyond both of these it is refused. */
const mostFilledShare = 3
const mostFilledBytes = 2 ** 30

/** What happens to every content, whatever the format, and what this format adds. */
export function checkExport(format: ExportFormat, content: ExportContent): FormatCheck {
  const own = format.check(content)
  const { source, decimation, filledRows, bands, gaps, rows } = content
  const limits: string[] = []
  if (!content.hasStartTime && content.sampleIntervalNs !== null)
    limits.push('When it was recorded is not known: times count from 1970-01-01T00:00:00Z.')
  if (source.bands.length > 1 && bands.length === 1)
    limits.push(
      `Of ${source.bands.length} bands one is taken: ${bands[0]!.lowHz} to ${bands[0]!.highHz} Hz (band ${source.bands.indexOf(bands[0]!)}).`
    )
  if (source.scale !== 1 && format.name !== 'das-metadata')
    limits.push(
      `Stored values are multiplied by their scale of ${source.scale}: what is written is in ${content.unit ?? 'the unit of the source'}.`
    )
  if (decimation > 1)
    limits.push(
      bands.length > 0
        ? `Every ${decimation}th row, each a weighted mean of its neighbours.`
        : `Every ${decimation}th row behind a low-pass filter: flat to ${round((0.4 * content.sampleRateHz!) as number)} Hz, −80 dB from ${round(content.sampleRateHz! / 2)} Hz on; the first and last rows of a run see half of it.`
    )
  if (filledRows > 0 && format.name !== 'png')
    limits.push(
      `${gaps.length === 1 ? 'The gap is' : `${gaps.length} gaps are`} filled with ${format.gaps === 'zero' ? 'zeros' : 'NaN'} (${filledRows} of ${rows} rows); samples behind a gap may be half an interval off.`
    )
  if (filledRows > 0 && source.dtype.startsWith('int') && content.element.startsWith('float'))
    limits.push(`Integers become ${content.element} for it, without a loss.`)
  const isTooLong =
    filledRows > mostFilledShare * (rows - filledRows) && format.estimateBytes(content) > mostFilledBytes
  const refusal =
    own.refusal ??
    (isTooLong
      ? `Its gaps are ${Math.round(filledRows / (rows - filledRows))} times as long as its data, and ${format.title} would have to fill them: choose a time without the long ones, or PRODML, Zarr, NPZ or miniSEED.`
      : null)
  return { limits: [...limits, ...own.limits], refusal }
}

const round = (value: number): number => Number(value.toPrecision(4))
