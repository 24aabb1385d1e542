export type Tone = 'good' | 'warning' | 'bad' | 'quiet'

/** The shape that goes with a tone: disc, triangle, square, ring. Readable without colour. */
export const StateMark = ({ tone }: { tone: Tone }) => (
  <svg className={`state-mark tone-${tone}`} width={10} height={10} viewBox="0 0 10 10" aria-hidden="true">
    {tone === 'good' && <circle cx={5} cy={5} r={4} fill="currentColor" />}
    {tone === 'warning' && <path d="M5 .8 9.6 9.2H.4z" fill="currentColor" />}
    {tone === 'bad' && <rect x={1} y={1} width={8} height={8} rx={1} fill="currentColor" />}
    {tone === 'quiet' && <circle cx={5} cy={5} r={3.2} fill="none" stroke="currentColor" strokeWidth={1.6} />}
  </svg>
)
