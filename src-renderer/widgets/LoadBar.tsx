/** A share of what there is, with the words beside it; above the limit it is full and says so by its tone. */
export function LoadBar({ share, label }: { share: number; label: string }) {
  const tone = share > 1 ? 'bad' : share > 0.8 ? 'warning' : 'good'
  return (
    <div
      className={`load-bar tone-${tone}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(Math.min(share, 1) * 100)}
    >
      <div style={{ width: `${Math.min(share, 1) * 100}%` }} />
    </div>
  )
}
