import { numberText } from './ticks.ts'

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** `×10⁻⁹`; nothing for 0. */
export function powerOfTenText(exponent: number): string {
  if (exponent === 0) return ''
  const digits = [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join('')
  return `×10${exponent < 0 ? '⁻' : ''}${digits}`
}

/** The power of ten by which a power is written that is `levelDb` above one: 0 where it reads well without. */
export function exponentFromLevel(levelDb: number): number {
  const exponent = Math.floor(levelDb / 10 + 1e-9)
  return exponent >= -2 && exponent <= 3 ? 0 : exponent
}

/** 10^(dB / 10) with four significant digits: `3.981×10⁻⁹`. Computed in the exponent, so that no power is too small. */
export function powerText(levelDb: number): string {
  const exponent = exponentFromLevel(levelDb)
  const mantissa = 10 ** (levelDb / 10 - exponent)
  const whole = Math.max(1, Math.floor(Math.log10(mantissa) + 1e-9) + 1)
  return `${numberText(mantissa, Math.max(0, (mantissa < 1 ? 5 : 4) - whole))}${powerOfTenText(exponent)}`
}

/** The unit of powers whose levels have this unit: `dB re (rad/s)²/Hz` → `(rad/s)²/Hz`. */
export const powerUnit = (levelUnit: string): string => levelUnit.replace(/^dB( re)?\s*/, '')
