import { archiveDamageFixtures } from './archiveFixtures.ts'
import { containerDamageFixtures } from './containerFixtures.ts'
import { writeBandEnergy, writeOptodas, writeProdml } from './hdf5Fixtures.ts'
import {
  writeApSensing,
  writeApSensingStrain,
  writeCarina,
  writeFebus,
  writeHdas,
  writeHdasSecond,
  writeHdasStrainRate,
  writeNeubrex,
  writeOdh3,
  writeOdh4,
  writeSilixaHdf5,
  writeTerra15
} from './interrogatorFixtures.ts'
import { seismicDamageFixtures } from './seismicDamage.ts'
import { silixaProperties, writeTdms } from './tdmsFixture.ts'

export interface DamageFixture {
  /** Name of the file or folder, with the ending that belongs to the format. */
  name: string
  /** Writes a small recording (some KiB) as a file, or as a folder of files, at the path. */
  write(path: string): Promise<void>
  /** What is left of a file that was cut off may differ from the sound one: not the case unless it is said here. */
  changesWhenCut?: boolean
}

const rows = Array.from({ length: 30 }, (_, row) => Array.from({ length: 6 }, (_, c) => row * 10 + c))

/** One small file of every format that is read; `damage.test.ts` cuts them and flips their bytes. */
export const damageFixtures: DamageFixture[] = [
  { name: 'prodml.h5', write: (path) => writeProdml(path, { rows: 60, loci: 8, chunks: [16, 8] }) },
  { name: 'band-energy.h5', write: (path) => writeBandEnergy(path, 20, 6, 'locus-time') },
  { name: 'optodas.hdf5', write: (path) => writeOptodas(path, { rows: 40, channels: [4, 8, 12, 40] }) },
  { name: 'silixa.tdms', write: (path) => writeTdms(path, [{ values: rows }], { properties: silixaProperties }) },
  { name: 'febus.h5', write: (path) => writeFebus(path) },
  { name: 'silixa.h5', write: (path) => writeSilixaHdf5(path) },
  { name: 'carina.h5', write: (path) => writeCarina(path) },
  { name: 'neubrex.h5', write: (path) => writeNeubrex(path) },
  { name: 'terra15.h5', write: (path) => writeTerra15(path) },
  { name: 'terra15-4.h5', write: (path) => writeTerra15(path, { version: '4' }) },
  { name: 'ap-sensing.h5', write: (path) => writeApSensing(path) },
  { name: 'ap-sensing-strain.h5', write: (path) => writeApSensingStrain(path) },
  { name: 'odh3.h5', write: (path) => writeOdh3(path) },
  { name: 'odh4.h5', write: (path) => writeOdh4(path) },
  { name: 'hdas-1.h5', write: (path) => writeHdas(path) },
  { name: 'hdas-2.h5', write: (path) => writeHdasSecond(path) },
  { name: 'hdas-3.h5', write: (path) => writeHdasStrainRate(path) },
  ...archiveDamageFixtures,
  ...containerDamageFixtures,
  ...seismicDamageFixtures
]
