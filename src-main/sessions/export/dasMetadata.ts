import { dasMetadataDocument } from './dasMetadataDocument.ts'
import type { ExportFormat } from './exportFormat.ts'
import { SequentialFile } from './sequentialFile.ts'

/** FDSN DAS-Metadata 2.0 alone, without samples. */
export const dasMetadata: ExportFormat = {
  name: 'das-metadata',
  title: 'FDSN DAS-Metadata',
  endings: ['.json'],
  gaps: 'kept',
  holdsBands: true,
  check: () => ({ limits: ['DAS-Metadata describes the recording and holds none of its samples.'], refusal: null }),
  estimateBytes: () => 65_536,
  write: (content, target) =>
    SequentialFile.make(target.path, async (file) => {
      await file.appendText(`${JSON.stringify(dasMetadataDocument(content), null, 2)}\n`)
      target.onRows(content.rows)
    })
}
