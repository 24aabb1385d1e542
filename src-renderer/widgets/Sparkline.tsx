const width = 64
const height = 16

/** A minute of a rate, from zero to its greatest; null values break the line. */
export function Sparkline({ values, label }: { values: readonly (number | null)[]; label: string }) {
  if (values.length < 2) return null
  const most = values.reduce<number>((greatest, value) => Math.max(greatest, value ?? 0), 0) || 1
  let path = ''
  let isOpen = false
  values.forEach((value, index) => {
    if (value === null) {
      isOpen = false
      return
    }
    const x = (index / Math.max(1, values.length - 1)) * (width - 2) + 1
    const y = height - 2 - (value / most) * (height - 4)
    path += `${isOpen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`
    isOpen = true
  })
  return (
    <svg
      className="sparkline"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <path d={path} fill="none" stroke="currentColor" strokeWidth={1.25} />
    </svg>
  )
}
