import type { DiskSpace } from '../../storage/diskSpace.ts'

/** Below so much of the disk no capture begins, unless it is a large disk with more than so many bytes free. */
const refuseBelow = 0.05
const refuseBelowBytes = 5e9
/** Below so much it begins with a warning. */
const warnBelow = 0.1
/** What a session takes before its first sample, and a little more. */
const leastBytes = 4 * 1024 * 1024
/** A disk that is full so soon is worth a warning, whatever its size. */
const warnBelowS = 1800

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`
const percent = ({ freeBytes, totalBytes }: DiskSpace): number => Math.floor((100 * freeBytes) / totalBytes)

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** Why no capture may begin on this disk, or null. */
export function whyNoRoom(space: DiskSpace | null, folder: string): string | null {
  if (!space) return null
  const isSmallShare = space.freeBytes / space.totalBytes < refuseBelow && space.freeBytes < refuseBelowBytes
  if (!isSmallShare && space.freeBytes >= leastBytes) return null
  return (
    `The disk of ${folder} has ${gigabytes(space.freeBytes)} free (${percent(space)} %): below ${refuseBelow * 100} % and ` +
    `${gigabytes(refuseBelowBytes)} no capture begins. Make room, or name another folder.`
  )
}

export interface SpaceOutlook {
  /** How long the free space lasts; null where nothing is known, or a ring bounds what is taken. */
  secondsLeft: number | null
  warnings: string[]
}

/** What to tell of the room that is left, at this rate, for a capture of so many more seconds (null: until it is stopped). */
export function spaceOutlook(
  space: DiskSpace | null,
  bytesPerS: number,
  { isRing, wantedS }: { isRing: boolean; wantedS: number | null }
): SpaceOutlook {
  if (!space) return { secondsLeft: null, warnings: [] }
  const secondsLeft = bytesPerS > 0 && !isRing ? space.freeBytes / bytesPerS : null
  const warnings: string[] = []
  const isLow = space.freeBytes / space.totalBytes < warnBelow
  if (isLow) warnings.push(`Only ${gigabytes(space.freeBytes)} (${percent(space)} %) of the disk are free.`)
  if (secondsLeft === null) return { secondsLeft, warnings }
  const at = `At ${(bytesPerS / 1e6).toFixed(1)} MB/s`
  if (wantedS !== null && secondsLeft < wantedS)
    warnings.push(
      `${at} the disk is full in ${duration(secondsLeft)}, before the ${duration(wantedS)} that are asked for.`
    )
  else if (wantedS === null && secondsLeft < warnBelowS)
    warnings.push(`${at} the disk is full in ${duration(secondsLeft)}.`)
  return { secondsLeft, warnings }
}
