import { asnOptodas } from './optodas/asnOptodas.ts'
import type { RecordingFormat } from './recordingFormat.ts'
import { silixaTdms } from './silixa/silixaTdms.ts'

/** What interrogators write in layouts of their own. */
export const interrogatorFormats: readonly RecordingFormat[] = [asnOptodas, silixaTdms]
