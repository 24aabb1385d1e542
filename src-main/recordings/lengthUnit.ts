const metres: Record<string, number> = {
  m: 1,
  metre: 1,
  meter: 1,
  metres: 1,
  meters: 1,
  ft: 0.3048,
  foot: 0.3048,
  feet: 0.3048,
  km: 1000,
  cm: 0.01,
  mm: 0.001
}

/** Metres in one unit of length by its name; null where the name is not known. */
export const metresPer = (unit: string): number | null => metres[unit.trim().toLowerCase()] ?? null
