import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { numberOf, textOf, textsOf } from '../hdf5/hdf5Values.ts'
import type { RecordingInfo } from '../recording.ts'

type Scale = Pick<RecordingInfo, 'scale' | 'unit' | 'quantity'>

/**
 * Physical value = stored · dataScale / sensitivity, which turns phase rate per distance into strain rate. Sensitivities
 * that differ between channels fit no single scale: then the phase rate is handed out, with its own unit.
 */
export function optodasScale(reader: Hdf5Reader, warnings: string[]): Scale {
  const stored = textOf(reader.value('/header/unit'))
  const name = textOf(reader.value('/header/name'))
  const dataScale = numberOf(reader.value('/header/dataScale'))
  if (dataScale === null || dataScale === 0) warnings.push('header/dataScale is missing; 1 was assumed.')
  const scale = dataScale === null || dataScale === 0 ? 1 : dataScale
  const sensitivities = sensitivitiesOf(reader, warnings)
  const sensitivity = sensitivities[0] ?? 1
  const isOne =
    sensitivities.every((other) => other === sensitivity) && Number.isFinite(sensitivity) && sensitivity !== 0
  const inStrain = stored !== null && /strain|ε/i.test(stored)
  // Files of a product may hold strain already, summed up over time.
  const strain = stored !== null && /\/\s*s|s-1|s\^-1/i.test(stored) ? 'strain rate' : 'strain'
  const unscaled = { scale, unit: stored, quantity: inStrain ? strain : (name?.toLowerCase() ?? null) }
  if (!isOne) {
    warnings.push('header/sensitivities differ between channels: values are those before division by them.')
    return unscaled
  }
  const ofSensitivity = textsOf(reader.value('/header/sensitivityUnits'))[0] ?? ''
  if (inStrain) return { scale: scale / sensitivity, unit: stored, quantity: strain }
  if (sensitivities.length > 0 && /strain|ε/i.test(ofSensitivity))
    return { scale: scale / sensitivity, unit: 'strain/s', quantity: 'strain rate' }
  if (sensitivity === 1) return unscaled
  warnings.push(
    `The unit of header/sensitivities is "${ofSensitivity}"; strain rate was assumed after division by them.`
  )
  return { scale: scale / sensitivity, unit: 'strain/s', quantity: 'strain rate' }
}

/** One row for each sensitivity that is offered, one column for all channels or for each: the first row is the usual one. */
function sensitivitiesOf(reader: Hdf5Reader, warnings: string[]): number[] {
  const value = reader.value('/header/sensitivities')
  const all = (Array.isArray(value) ? value : value === null ? [] : [value]).map(Number)
  const shape = reader.dataset('/header/sensitivities')?.shape ?? []
  const offered = shape.length === 2 ? shape[0]! : 1
  if (offered > 1) warnings.push(`header/sensitivities offers ${offered}; the first one was taken.`)
  return all.slice(0, all.length / Math.max(1, offered))
}
