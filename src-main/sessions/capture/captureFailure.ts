import { isoFromNanoseconds, type Nanoseconds } from '../../../src-preload/contract/units.ts'

const causes: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's share of the disk is used up",
  EFBIG: 'the file may not grow any further (a limit of the system)',
  EROFS: 'the disk can only be read',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EIO: 'the disk reports an error',
  ENOENT: 'the folder is gone',
  ENODEV: 'the disk is gone',
  EEXIST: 'the folder is there already and not empty'
}

const advice: Record<string, string> = {
  ENOSPC: 'Make room, then start another capture.',
  EDQUOT: 'Make room, then start another capture.',
  EEXIST: 'Name another folder.'
}

/** Why a capture ended or could not begin, what of it is there, and what to do. */
export function captureFailureSentence(error: unknown, acknowledgedNs: Nanoseconds | null): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  const cause = causes[code] ?? `it cannot be written (${message})`
  const kept =
    acknowledgedNs === null
      ? ''
      : ` Everything up to ${isoFromNanoseconds(acknowledgedNs)} is on the disk and can be opened.`
  const what = acknowledgedNs === null ? 'The capture cannot begin' : 'The capture ended'
  return `${what}: ${cause}.${kept} ${advice[code] ?? 'Look after the disk, then start another capture.'}`
}
