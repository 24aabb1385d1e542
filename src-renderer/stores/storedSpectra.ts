import { z } from 'zod'

/** A spectrum that was put away to compare with. */
export interface KeptSpectrum {
  name: string
  of: string
  unit: string
  firstHz: number
  stepHz: number
  levels: number[]
}

/** The part of a browser's storage that is used. */
export interface TextStorage {
  getItem(key: string): string | null
  setItem(key: string, text: string): void
}

const key = 'wavefall.storedSpectra'
/** Of the longest spectra a browser's storage holds about twenty. */
const keptMost = 12

const keptSpectrum = z.object({
  name: z.string().min(1).max(100),
  of: z.string().max(300),
  unit: z.string().max(100),
  firstHz: z.number(),
  stepHz: z.number().positive(),
  // JSON has no NaN.
  levels: z.array(z.number().nullable()).max(65_537)
})

/** Stored spectra of this browser or this desktop, newest first. What cannot be read is left out. */
export function loadSpectra(storage: TextStorage): KeptSpectrum[] {
  let list: unknown
  try {
    list = JSON.parse(storage.getItem(key) ?? '[]')
  } catch {
    return []
  }
  if (!Array.isArray(list)) return []
  return list.flatMap((one: unknown) => {
    const read = keptSpectrum.safeParse(one)
    return read.success ? [{ ...read.data, levels: read.data.levels.map((level) => level ?? Number.NaN) }] : []
  })
}

/** Keeps the list; a sentence where the browser has no room for it. */
export function saveSpectra(storage: TextStorage, spectra: readonly KeptSpectrum[]): string | null {
  // A hundredth of a decibel is finer than any reading of it.
  const rounded = spectra.slice(0, keptMost).map((one) => ({
    ...one,
    levels: one.levels.map((level) => (Number.isNaN(level) ? null : Math.round(level * 1000) / 1000))
  }))
  try {
    storage.setItem(key, JSON.stringify(rounded))
    return null
  } catch {
    return 'There is no room for another spectrum in this window’s storage; remove one first.'
  }
}

/** The list with a spectrum in front; one of the same name is replaced, the oldest beyond twelve go. */
export const withSpectrum = (spectra: readonly KeptSpectrum[], added: KeptSpectrum): KeptSpectrum[] =>
  [added, ...spectra.filter(({ name }) => name !== added.name)].slice(0, keptMost)
