/** How a tile shows its values. Plain values, so that a layout keeps them. */
export interface TileDisplay {
  /** Null: the window's setting. */
  colourMap: string | null
  newestAt: 'top' | 'bottom' | null
  /** Null: levels follow the data. */
  levels: { lowDb: number; highDb: number } | null
  scale: 'dB' | 'linear'
  /** Rows whose power is averaged, in blocks that begin at multiples of it; 1 = none. */
  meanRows: number
  maxHold: { decayDbPerS: number } | null
  /** What is subtracted from each channel: its level over the time before. */
  background: { kind: 'median' | 'mean'; overS: number } | null
}

export const displayAtFirst: TileDisplay = {
  colourMap: null,
  newestAt: null,
  levels: null,
  scale: 'dB',
  meanRows: 1,
  maxHold: null,
  background: null
}
