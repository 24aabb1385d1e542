import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DamageFixture } from './damageFixtures.ts'
import { record2, record3 } from './miniseedFixtures.ts'
import { grid, sacBytes, segyBytes, wavBytes, writing } from './seismicFixtures.ts'
import { sentekBytes, sintelaBand, sintelaBytes, sintelaMeta, sintelaSeries } from './sintelaFixtures.ts'

const start = 1_709_209_815_000_000_000n
const ms = 1_000_000n
const counted = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)

const packets = (first: number): Buffer =>
  sintelaBytes({
    packets: [0, 1].map((k) => ({
      values: grid(20, 4, (first + k) * 20),
      startNs: start + BigInt(first + k) * 20n * ms
    }))
  })

const records = [0, 1, 2].flatMap((k) =>
  ['HS1', 'HS2'].map((channel) => ({
    values: counted(k * 100, 100),
    startNs: start + BigInt(k) * 1000n * ms,
    channel,
    identifier: `FDSN:XX_00001__H_S_${channel[2]}`
  }))
)

const folderOf =
  (files: Record<string, Buffer>): DamageFixture['write'] =>
  async (path) => {
    await mkdir(path)
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(path, name), bytes)
  }

/** One of each format of seismology and of the binary ones; of a folder less is left than its first rows. */
export const seismicDamageFixtures: DamageFixture[] = [
  {
    name: 'ieee.sgy',
    write: writing(segyBytes({ values: grid(30, 6), revision: [2, 0], textHeaders: 1, groupX: (trace) => trace * 10 })),
    changesWhenCut: true
  },
  {
    name: 'steim.mseed',
    write: writing(Buffer.concat(records.map((record) => record2(record)))),
    changesWhenCut: true
  },
  {
    name: 'float.mseed',
    write: writing(record2({ ...records[0]!, encoding: 4, littleEndian: true, recordBytes: 1024 }))
  },
  {
    name: 'three.mseed',
    write: writing(Buffer.concat(records.map((record) => record3(record)))),
    changesWhenCut: true
  },
  { name: 'trace.sac', write: writing(sacBytes({ values: counted(0, 200), version: 7 })) },
  { name: 'sound.wav', write: writing(wavBytes({ values: grid(50, 3), isExtensible: true })) },
  { name: 'long.wav', write: writing(wavBytes({ values: grid(50, 3), stored: 'float32', isLong: true })) },
  { name: 'sintela.raw', write: writing(packets(0)) },
  {
    name: 'sintela.pb',
    write: writing(Buffer.concat([sintelaMeta(), sintelaSeries(grid(20, 4), start), sintelaSeries(grid(9, 4), start)]))
  },
  {
    name: 'bands.pb',
    write: writing(Buffer.concat([0, 1].map((k) => sintelaBand(grid(6, 3, k), start + BigInt(k) * ms))))
  },
  { name: 'sentek.das', write: writing(sentekBytes(grid(25, 10))) },
  { name: 'sintela-folder', write: folderOf({ a: packets(0), b: packets(2) }), changesWhenCut: true },
  // One file each: with a sound one beside it nothing would be refused.
  { name: 'sac-folder', write: folderOf({ a: sacBytes({ values: counted(0, 100) }) }) },
  { name: 'mseed-folder', write: folderOf({ a: record2(records[0]!) }) }
]
