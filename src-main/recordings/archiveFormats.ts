import { ai4eps } from './ai4eps/ai4eps.ts'
import { dasdae } from './dasdae/dasdae.ts'
import { gdr } from './gdr/gdr.ts'
import { nec } from './nec/nec.ts'
import { netcdf } from './netcdf/netcdf.ts'
import { prodml } from './prodml/prodml.ts'
import { puniu } from './puniu/puniu.ts'
import type { RecordingFormat } from './recordingFormat.ts'
import { t8 } from './t8/t8.ts'
import { uptech } from './uptech/uptech.ts'
import { xdas } from './xdas/xdas.ts'

/** HDF5 layouts of exchange standards, archives and programs of the field. */
export const archiveFormats: readonly RecordingFormat[] = [
  prodml,
  dasdae,
  xdas,
  netcdf,
  gdr,
  ai4eps,
  uptech,
  puniu,
  nec,
  t8
]
