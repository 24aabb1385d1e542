/**
 * Finds straight moving ridges (vehicles) in a picture of a waterfall without knowing where they should be: a slant stack
 * over speed and position, strongest first, each removed before the next is looked for.
 */
export interface Picture {
  rows: number
  columns: number
  /** Brightness, row-major, 0..1. */
  brightness: Float32Array
  /** Seconds of row i and metres of column j, at their centres. */
  secondsOfRow: (row: number) => number
  metresOfColumn: (column: number) => number
}

export interface Ridge {
  speedMPerS: number
  /** Where the ridge is at `atS`. */
  metres: number
  atS: number
  /** Mean brightness along the ridge above the background, in standard deviations of the background. */
  strength: number
  seconds: number
}

function median(values: Float32Array): number {
  const sorted = Float32Array.from(values).sort()
  return sorted[sorted.length >> 1]!
}

/** Takes away what stands still (columns) and what happens everywhere at once (rows); keeps what is brighter than both. */
export function withoutBackground(picture: Picture): Float32Array {
  const { rows, columns, brightness } = picture
  const out = Float32Array.from(brightness)
  const column = new Float32Array(rows)
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) column[i] = out[i * columns + j]!
    const level = median(column)
    for (let i = 0; i < rows; i++) out[i * columns + j]! -= level
  }
  for (let i = 0; i < rows; i++) {
    const row = out.subarray(i * columns, (i + 1) * columns)
    const level = median(row)
    for (let j = 0; j < columns; j++) row[j]! -= level
  }
  return out
}

interface Slant {
  slope: number // columns per row
  intercept: number // column at the middle row
  score: number
  rows: number
}

function stack(
  field: Float32Array,
  rows: number,
  columns: number,
  slope: number,
  intercept: number
): { mean: number; rows: number } {
  let sum = 0
  let count = 0
  const middle = (rows - 1) / 2
  for (let i = 0; i < rows; i++) {
    const j = Math.round(intercept + slope * (i - middle))
    if (j < 1 || j >= columns - 1) continue
    const at = i * columns + j
    sum += field[at - 1]! + field[at]! + field[at + 1]!
    count++
  }
  return { mean: count > 0 ? sum / (3 * count) : 0, rows: count }
}

function strongest(
  field: Float32Array,
  rows: number,
  columns: number,
  slopes: number[],
  leastRows: number
): Slant | null {
  let best: Slant | null = null
  const reach = (Math.max(...slopes.map(Math.abs)) * rows) / 2
  for (const slope of slopes) {
    for (let intercept = -reach; intercept < columns + reach; intercept += 1) {
      const line = stack(field, rows, columns, slope, intercept)
      if (line.rows < leastRows) continue
      const score = line.mean * Math.sqrt(line.rows)
      if (!best || score > best.score) best = { slope, intercept, score, rows: line.rows }
    }
  }
  return best
}

function erase(field: Float32Array, rows: number, columns: number, line: Slant, halfWidth: number): void {
  const middle = (rows - 1) / 2
  for (let i = 0; i < rows; i++) {
    const centre = Math.round(line.intercept + line.slope * (i - middle))
    for (let j = Math.max(0, centre - halfWidth); j <= Math.min(columns - 1, centre + halfWidth); j++)
      field[i * columns + j] = 0
  }
}

export function findRidges(
  picture: Picture,
  options: {
    speeds: { from: number; to: number; step: number }
    leastSeconds: number
    halfWidthM: number
    most: number
  }
): Ridge[] {
  const { rows, columns } = picture
  const field = withoutBackground(picture)
  const spread = Math.sqrt(field.reduce((sum, value) => sum + value * value, 0) / field.length)
  const secondsPerRow = (picture.secondsOfRow(rows - 1) - picture.secondsOfRow(0)) / (rows - 1)
  const metresPerColumn = (picture.metresOfColumn(columns - 1) - picture.metresOfColumn(0)) / (columns - 1)
  const slopes: number[] = []
  for (let speed = options.speeds.from; speed <= options.speeds.to; speed += options.speeds.step) {
    slopes.push((speed * secondsPerRow) / metresPerColumn, (-speed * secondsPerRow) / metresPerColumn)
  }
  const leastRows = Math.abs(options.leastSeconds / secondsPerRow)
  const ridges: Ridge[] = []
  for (let k = 0; k < options.most; k++) {
    const line = strongest(field, rows, columns, slopes, leastRows)
    if (!line || line.score <= 0) break
    ridges.push({
      speedMPerS: (line.slope * metresPerColumn) / secondsPerRow,
      metres: picture.metresOfColumn(line.intercept),
      atS: picture.secondsOfRow((rows - 1) / 2),
      strength: line.score / Math.sqrt(line.rows) / spread,
      seconds: Math.abs(line.rows * secondsPerRow)
    })
    erase(field, rows, columns, line, Math.ceil(options.halfWidthM / Math.abs(metresPerColumn)))
  }
  return ridges
}

/**
 * The strongest straight line in the neighbourhood of one that is expected, `reachM` and `reachMPerS` to both sides: where a
 * ridge really is, as against where it was looked for. Brightness is capped, so that what crosses it does not draw it away.
 */
export function strongestNear(
  picture: Picture,
  expected: { speedMPerS: number; metres: number },
  reach: { metres: number; speedMPerS: number }
): { speedMPerS: number; metres: number } {
  const { rows, columns } = picture
  const field = withoutBackground(picture)
  const cap = 3 * Math.sqrt(field.reduce((sum, value) => sum + value * value, 0) / field.length)
  for (let index = 0; index < field.length; index++) field[index] = Math.max(-cap, Math.min(cap, field[index]!))
  const secondsPerRow = (picture.secondsOfRow(rows - 1) - picture.secondsOfRow(0)) / (rows - 1)
  const metresPerColumn = (picture.metresOfColumn(columns - 1) - picture.metresOfColumn(0)) / (columns - 1)
  const best = { speedMPerS: Number.NaN, metres: Number.NaN, score: Number.NEGATIVE_INFINITY }
  for (
    let speed = expected.speedMPerS - reach.speedMPerS;
    speed <= expected.speedMPerS + reach.speedMPerS;
    speed += 0.2
  ) {
    const slope = (speed * secondsPerRow) / metresPerColumn
    for (let offset = -reach.metres; offset <= reach.metres; offset += 2) {
      const intercept = (expected.metres + offset - picture.metresOfColumn(0)) / metresPerColumn
      const line = stack(field, rows, columns, slope, intercept)
      const score = line.mean * Math.sqrt(line.rows)
      if (score > best.score) Object.assign(best, { speedMPerS: speed, metres: expected.metres + offset, score })
    }
  }
  return best
}
