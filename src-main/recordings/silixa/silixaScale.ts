import type { RecordingInfo } from '../recording.ts'

/** What the scale of iDAS counts depends on; null where the file does not say it. */
export interface SilixaCounts {
  rateHz: number | null
  gaugeLengthM: number | null
  calibrationNm: number | null
  element: string
}

/** 116 nm · rate / (gauge length · 8192) per count is strain rate (DAS4Whales, get_metadata_silixa). */
export function silixaScale(
  { rateHz, gaugeLengthM, calibrationNm, element }: SilixaCounts,
  warnings: string[]
): Pick<RecordingInfo, 'scale' | 'unit' | 'quantity'> {
  if (rateHz === null || gaugeLengthM === null) {
    warnings.push('Without sample rate and gauge length there is no scale: values are counts.')
    return { scale: 1, unit: null, quantity: 'strain rate' }
  }
  if (calibrationNm === null) warnings.push('"Unit Calibration (nm)" is missing; 116 nm was assumed.')
  if (element !== 'int16') warnings.push(`The values are ${element}; the scale of int16 counts was assumed.`)
  return {
    scale: ((calibrationNm ?? 116) * 1e-9 * rateHz) / (gaugeLengthM * 8192),
    unit: 'strain/s',
    quantity: 'strain rate'
  }
}
