import { miniseed } from './miniseed/miniseed.ts'
import type { RecordingFormat } from './recordingFormat.ts'
import { sac } from './sac/sac.ts'
import { segy } from './segy/segy.ts'
import { sentek } from './sentek/sentek.ts'
import { sintelaBinary } from './sintela/sintelaBinary.ts'
import { sintelaProtobuf } from './sintela/sintelaProtobuf.ts'
import { wav } from './wav/wav.ts'

/** Formats of seismology, and binary ones of the field that are no HDF5. */
export const seismicFormats: readonly RecordingFormat[] = [
  sintelaBinary,
  sintelaProtobuf,
  sentek,
  segy,
  miniseed,
  sac,
  wav
]
