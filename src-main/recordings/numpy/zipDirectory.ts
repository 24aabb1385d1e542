import { type BinaryFile, latin1, viewOf } from '../binary/binaryFile.ts'

/** A member of a ZIP file, as its central directory says. */
export interface ZipMember {
  name: string
  isDeflated: boolean
  packedBytes: number
  bytes: number
  crc32: number
  headerPlace: number
}

const endRecord = 0x06054b50
const end64Locator = 0x07064b50
const end64Record = 0x06064b50
const directoryEntry = 0x02014b50
const localHeader = 0x04034b50
const endBytes = 22
const longestComment = 65_535
const entryBytes = 46
const longestDirectory = 4 * 1024 * 1024
const mostMembers = 10_000

interface Directory {
  place: number
  bytes: number
  members: number
}

/**
 * The members of a ZIP file (PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.5.3), also of one larger than 4 GiB. A string says
 * why it is none that can be read.
 */
export function zipMembers(file: BinaryFile, sizeBytes: number): ZipMember[] | string {
  const directory = findDirectory(file, sizeBytes)
  if (directory === null) return 'is a ZIP file without its directory: it is cut off'
  const { place, bytes, members } = directory
  if (bytes > longestDirectory || members > mostMembers) return `claims ${members} members, which no recording has`
  if (place + bytes > sizeBytes) return 'is a ZIP file whose directory lies outside it'
  return entries(file.read(place, bytes), members)
}

function findDirectory(file: BinaryFile, sizeBytes: number): Directory | null {
  const tailBytes = Math.min(sizeBytes, endBytes + longestComment)
  const tailPlace = sizeBytes - tailBytes
  const view = viewOf(file.read(tailPlace, tailBytes))
  for (let at = tailBytes - endBytes; at >= 0; at--) {
    if (view.getUint32(at, true) !== endRecord) continue
    const found = {
      members: view.getUint16(at + 10, true),
      bytes: view.getUint32(at + 12, true),
      place: view.getUint32(at + 16, true)
    }
    const isLarge = found.members === 0xffff || found.bytes === 0xffff_ffff || found.place === 0xffff_ffff
    return isLarge ? (largeDirectory(file, sizeBytes, tailPlace + at) ?? found) : found
  }
  return null
}

function largeDirectory(file: BinaryFile, sizeBytes: number, endPlace: number): Directory | null {
  if (endPlace < 20) return null
  const locator = viewOf(file.read(endPlace - 20, 20))
  if (locator.getUint32(0, true) !== end64Locator) return null
  const place = Number(locator.getBigUint64(8, true))
  if (place + 56 > sizeBytes) return null
  const record = viewOf(file.read(place, 56))
  if (record.getUint32(0, true) !== end64Record) return null
  return {
    members: Number(record.getBigUint64(32, true)),
    bytes: Number(record.getBigUint64(40, true)),
    place: Number(record.getBigUint64(48, true))
  }
}

function entries(directory: Uint8Array, count: number): ZipMember[] | string {
  const view = viewOf(directory)
  const members: ZipMember[] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + entryBytes > directory.length || view.getUint32(at, true) !== directoryEntry)
      return `is a ZIP file with a damaged directory: member ${i} is not there`
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [
      number,
      number,
      number
    ]
    const name = latin1(directory.subarray(at + entryBytes, at + entryBytes + nameBytes))
    const method = view.getUint16(at + 10, true)
    if ((view.getUint16(at + 8, true) & 1) === 1) return `has the encrypted member ${name}`
    if (method !== 0 && method !== 8) return `has the member ${name}, packed in a way (${method}) that is not read`
    const sizes = {
      bytes: view.getUint32(at + 24, true),
      packedBytes: view.getUint32(at + 20, true),
      headerPlace: view.getUint32(at + 42, true)
    }
    const extra = directory.subarray(at + entryBytes + nameBytes, at + entryBytes + nameBytes + extraBytes)
    members.push({ name, isDeflated: method === 8, crc32: view.getUint32(at + 16, true), ...largeSizes(sizes, extra) })
    at += entryBytes + nameBytes + extraBytes + commentBytes
  }
  return members
}

/** The ZIP64 field has, in this order, those of the three that did not fit into 32 bits. */
function largeSizes<Sizes extends Record<'bytes' | 'packedBytes' | 'headerPlace', number>>(
  sizes: Sizes,
  extra: Uint8Array
): Sizes {
  const view = viewOf(extra)
  const large = { ...sizes }
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    let place = at + 4
    for (const key of ['bytes', 'packedBytes', 'headerPlace'] as const) {
      if (large[key] !== 0xffff_ffff || place + 8 > extra.length) continue
      large[key] = Number(view.getBigUint64(place, true)) as Sizes[typeof key]
      place += 8
    }
    break
  }
  return large
}

/** Where the content of a member begins. A string says why it does not. */
export function contentPlace(file: BinaryFile, sizeBytes: number, member: ZipMember): number | string {
  const { headerPlace, packedBytes, name } = member
  if (headerPlace + 30 > sizeBytes) return `lacks the member ${name}: it is cut off`
  const header = viewOf(file.read(headerPlace, 30))
  if (header.getUint32(0, true) !== localHeader) return `has no member ${name} where its directory says`
  const place = headerPlace + 30 + header.getUint16(26, true) + header.getUint16(28, true)
  if (place + packedBytes > sizeBytes) return `ends inside its member ${name}`
  return place
}
