import { RecordingError, type Recording } from './recording.ts'

export function openRecording(path: string): Promise<Recording> {
  return Promise.reject(new RecordingError(path, 'no reader yet'))
}
