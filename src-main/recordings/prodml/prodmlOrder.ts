import { textsOf, type Hdf5Value } from '../hdf5/hdf5Values.ts'

type Order = 'time-channel' | 'channel-time'

interface Known {
  shape: [number, number]
  /** The `Dimensions` attribute. */
  dimensions: Hdf5Value
  loci: number | null
  /** Rows of the time dataset. */
  times: number | null
  name: string
}

const ordersOf = { 'time-channel': [0, 1], 'channel-time': [1, 0] } as const

function orderOfDimensions(dimensions: Hdf5Value): Order | null {
  const names = textsOf(dimensions)
    .flatMap((text) => text.split(/[\s,;]+/))
    .map((name) => name.toLowerCase())
  if (names[0]?.startsWith('time') && names[1]?.startsWith('loc')) return 'time-channel'
  if (names[0]?.startsWith('loc') && names[1]?.startsWith('time')) return 'channel-time'
  return null
}

/**
 * Which axis of the dataset is time. Both orders occur, and `Dimensions` is sometimes wrong: the lengths decide, and it
 * decides where they leave both possible. A string says why the file is refused.
 */
export function storedOrder(known: Known, warnings: string[]): Order | string {
  const { shape, loci, times, name } = known
  const fits = (order: Order, checkTimes: boolean): boolean => {
    const [time, channel] = ordersOf[order]
    return (loci === null || shape[channel] === loci) && (!checkTimes || times === null || shape[time] === times)
  }
  const said = orderOfDimensions(known.dimensions)
  const shapeText = `${name} is ${shape.join(' × ')}`
  for (const checkTimes of [true, false]) {
    const possible = (['time-channel', 'channel-time'] as const).filter((order) => fits(order, checkTimes))
    if (possible.length === 0) continue
    if (!checkTimes && loci === null) break
    if (said && possible.includes(said)) return said
    if (said) {
      warnings.push(`${shapeText}, which is not the order that Dimensions says (${said}); the lengths were followed.`)
      return possible[0]!
    }
    if (possible.length === 2)
      warnings.push(`${shapeText} and does not say which axis is time; the first one was assumed.`)
    return possible[0]!
  }
  const byTimes = (['time-channel', 'channel-time'] as const).find(
    (order) => times !== null && shape[ordersOf[order][0]] === times
  )
  if (byTimes && (said === null || said === byTimes)) {
    warnings.push(`NumberOfLoci says ${loci}, but ${shapeText}; the dataset was followed.`)
    return byTimes
  }
  return `${shapeText}, but NumberOfLoci says ${loci ?? 'nothing'} and there are ${times ?? 'no'} row times`
}
