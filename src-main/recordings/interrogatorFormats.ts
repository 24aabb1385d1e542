import { apSensing } from './apSensing/apSensing.ts'
import { apSensingStrain } from './apSensing/apSensingStrain.ts'
import { febus } from './febus/febus.ts'
import { hdas } from './hdas/hdas.ts'
import { hdasStrainRate } from './hdas/hdasStrainRate.ts'
import { neubrex } from './neubrex/neubrex.ts'
import { odh3 } from './optasense/odh3.ts'
import { odh4 } from './optasense/odh4.ts'
import { asnOptodas } from './optodas/asnOptodas.ts'
import type { RecordingFormat } from './recordingFormat.ts'
import { silixaCarina } from './silixa/silixaCarina.ts'
import { silixaHdf5 } from './silixa/silixaHdf5.ts'
import { silixaTdms } from './silixa/silixaTdms.ts'
import { terra15 } from './terra15/terra15.ts'

/** What interrogators write in layouts of their own. */
export const interrogatorFormats: readonly RecordingFormat[] = [
  asnOptodas,
  febus,
  silixaHdf5,
  silixaCarina,
  silixaTdms,
  terra15,
  apSensing,
  apSensingStrain,
  odh3,
  odh4,
  hdas,
  hdasStrainRate,
  neubrex
]
