import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { archiveFormats } from './archiveFormats.ts'
import { withAssumptions } from './assumptions.ts'
import { isExpected } from './createRecording.ts'
import { exchangeFormats } from './exchangeFormats.ts'
import { createFolderFormat } from './folder/folder.ts'
import { openHdf5File, type Hdf5File } from './hdf5/hdf5File.ts'
import { interrogatorFormats } from './interrogatorFormats.ts'
import { type Recording, type RecordingAssumptions, RecordingError } from './recording.ts'
import type { Candidate, RecordingFormat } from './recordingFormat.ts'
import { seismicFormats } from './seismicFormats.ts'

/** Every format that is read. A file belongs to the one that recognises its content; names and endings say nothing. */
export const recordingFormats: readonly RecordingFormat[] = [
  ...interrogatorFormats,
  ...archiveFormats,
  ...seismicFormats,
  ...exchangeFormats,
  createFolderFormat((path, assumptions) => openRecordingHere(path, assumptions))
]

const headBytes = 64 * 1024
const hdf5Signature = '\x89HDF\r\n\x1a\n'
/** HDF5 allows a block of the user's own before its signature, which then stands at a power of two from 512 on. */
const hdf5Places = [0, 512, 1024, 2048, 4096, 8192, 16_384, 32_768]

const lookedFor = (): string => recordingFormats.map(({ title }) => title).join('; ')

/**
 * Opens a recording on the calling thread. Nothing there stops a library that loops for ever over a damaged file: the
 * program opens recordings with `openRecording`, whose worker thread ends up here.
 */
export async function openRecordingHere(path: string, assumptions: RecordingAssumptions = {}): Promise<Recording> {
  let hdf5: Hdf5File | null = null
  try {
    const { isFolder, entries, sizeBytes, head } = await readHead(path)
    const isHdf5 = hdf5Places.some((place) => textAt(head, place, 8) === hdf5Signature)
    if (isHdf5) hdf5 = openHdf5File(path, sizeBytes)
    const candidate: Candidate = { path, isFolder, entries, sizeBytes, head, hdf5, assumptions }
    const format = await formatOf(candidate)
    return withAssumptions(await format.open(candidate), assumptions, format.isBare ?? false)
  } catch (error) {
    await hdf5?.close()
    if (error instanceof RecordingError || !isExpected(error)) throw error
    throw new RecordingError(path, sentenceOf(error, hdf5 !== null))
  }
}

async function formatOf(candidate: Candidate): Promise<RecordingFormat> {
  const { path, hdf5, isFolder } = candidate
  const isFallback = (format: RecordingFormat): boolean => format.isFallback ?? false
  const asked = async (formats: RecordingFormat[]): Promise<RecordingFormat[]> => {
    const yes: RecordingFormat[] = []
    for (const format of formats) if (await format.recognise(candidate)) yes.push(format)
    return yes
  }
  let found = await asked(recordingFormats.filter((format) => !isFallback(format)))
  if (found.length === 0) found = await asked(recordingFormats.filter(isFallback))
  if (found.length > 1)
    throw new RecordingError(path, `could be ${found.map(({ title }) => title).join(' or ')}, so it was not opened`)
  if (found.length === 1) return found[0]!
  if (isFolder) throw new RecordingError(path, `is a folder that holds no recording. Looked for: ${lookedFor()}`)
  const seen = hdf5 ? await hdf5.use((reader) => contentOfRoot(reader.names('/'))) : contentOfHead(candidate.head)
  throw new RecordingError(path, `is not a recording in a known format: ${seen}. Looked for: ${lookedFor()}`)
}

const contentOfRoot = (names: string[]): string =>
  names.length === 0
    ? 'it is an HDF5 file with nothing in it'
    : `it is an HDF5 file with ${names.slice(0, 6).join(', ')}${names.length > 6 ? ', …' : ''} at its root`

function contentOfHead(head: Uint8Array): string {
  const start = head.subarray(0, 16)
  const isText = start.every((byte) => byte >= 9 && byte < 127)
  return isText
    ? `it starts with the text "${textAt(head, 0, 16).split(/\s/)[0]}"`
    : `it starts with the bytes ${[...start.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`
}

const textAt = (bytes: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(from, from + length))

async function readHead(path: string): Promise<Pick<Candidate, 'isFolder' | 'entries' | 'sizeBytes' | 'head'>> {
  const status = await stat(path)
  if (status.isDirectory())
    return { isFolder: true, entries: (await readdir(path)).sort(), sizeBytes: 0, head: new Uint8Array(0) }
  // Reading a pipe or a device could wait for ever.
  if (!status.isFile()) throw new RecordingError(path, 'is neither a file nor a folder')
  if (status.size === 0) throw new RecordingError(path, 'is empty (0 bytes)')
  const handle: FileHandle = await open(path, 'r')
  try {
    const head = new Uint8Array(Math.min(headBytes, status.size))
    const { bytesRead } = await handle.read(head, 0, head.length, 0)
    return { isFolder: false, entries: [], sizeBytes: status.size, head: head.subarray(0, bytesRead) }
  } finally {
    await handle.close()
  }
}

const fileSystemReasons: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is a file',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  EMFILE: 'cannot be opened: too many files are open',
  ENAMETOOLONG: 'cannot be opened: its name is too long',
  EIO: 'cannot be read: the disk reports an error'
}

function sentenceOf(error: Error, isHdf5: boolean): string {
  const { code } = error as NodeJS.ErrnoException
  if (code) return fileSystemReasons[code] ?? `cannot be read (${code})`
  return isHdf5 ? `is a damaged or incomplete HDF5 file: ${error.message}` : error.message
}
