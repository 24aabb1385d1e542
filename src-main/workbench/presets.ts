import { z } from 'zod'
import { failure, ok, type Result } from '../../src-preload/contract/errors.ts'
import type { JobRequest } from '../../src-preload/contract/schemas.ts'
import { jobPreset, type JobPreset } from '../../src-preload/contract/workbench.ts'
import { openKeptFile, type KeptFileOptions } from './keptFile.ts'

export interface Presets {
  /** By name. */
  list(): JobPreset[]
  save(name: string, request: JobRequest, overwrite: boolean): Result<JobPreset>
  delete(name: string): Result<Record<string, never>>
  settled(): Promise<void>
}

export const presetsMost = 500

const keptPresets = z.object({ presets: z.array(z.unknown()) })

function parsePresets(value: unknown): { presets: JobPreset[] } | null {
  const parsed = keptPresets.safeParse(value)
  if (!parsed.success) return null
  const presets = parsed.data.presets.flatMap((preset) => {
    const one = jobPreset.safeParse(preset)
    return one.success ? [one.data] : []
  })
  return { presets }
}

/** Job forms under a name, kept in the data folder. */
export async function openPresets(
  options: Omit<KeptFileOptions<{ presets: JobPreset[] }>, 'parse' | 'version'> & {
    changed(presets: JobPreset[]): void
  }
): Promise<Presets> {
  const file = await openKeptFile({ ...options, version: 1, parse: parsePresets })
  let presets = file.initial?.presets ?? []

  function keep(next: JobPreset[]): void {
    presets = [...next].sort((a, b) => a.name.localeCompare(b.name))
    file.write({ presets })
    options.changed(presets)
  }

  return {
    list: () => presets,
    save(name, request, overwrite) {
      const others = presets.filter((preset) => preset.name !== name)
      if (others.length < presets.length && !overwrite)
        return failure('refused', `There is a preset "${name}" already; save it under another name, or replace it.`)
      if (others.length >= presetsMost)
        return failure('refused', `There are ${presetsMost} presets already; delete one that is not needed.`)
      const preset: JobPreset = { name, request, savedAtNs: options.clock.nowNs().toString() }
      keep([...others, preset])
      return ok(preset)
    },
    delete(name) {
      const others = presets.filter((preset) => preset.name !== name)
      if (others.length === presets.length) return failure('not-found', `There is no preset "${name}".`)
      keep(others)
      return ok({})
    },
    settled: () => file.settled()
  }
}
