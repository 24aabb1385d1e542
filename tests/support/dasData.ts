import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../../shared/das-data')
let isWarned = false

/** Path of a real recording (`''` for the folder), or null, said once and loudly, where the folder is not there. */
export function dasData(name: string): string | null {
  const path = resolve(folder, name)
  if (existsSync(path)) return path
  if (!isWarned) process.stderr.write(`\nSKIPPING tests on real recordings: ${folder} is not there\n`)
  isWarned = true
  return null
}
