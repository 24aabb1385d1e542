import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { colourMapTables } from './colourMapTables.ts'

/**
 * Makes resources/colourMaps.json again: `node tests/support/makeColourMaps.ts`. The tables are sampled from
 * d3-scale-chromatic (ISC licence), grey is computed; a unit test compares the file with what this script would write.
 */
const target = resolve(import.meta.dirname, '../../resources/colourMaps.json')
writeFileSync(target, `${JSON.stringify(colourMapTables(), null, 2)}\n`)
