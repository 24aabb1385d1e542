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
  /** Of a MultiChannel and of a SingleChannel view; null: as at first. Numbers and words only. */
  multi: MultiDisplay | null
  single: SingleDisplay | null
}

export interface MultiDisplay {
  panes: 'spectrograms' | 'traces' | 'both'
  /** Channel numbers in the order shown, with a space between; empty: a choice of all. */
  channels: string
  /** Those of them that are not shown now. */
  hidden: string
  gain: number
  clip: 'clip' | 'overlap'
  scale: 'common' | 'individual'
  polarity: 'normal' | 'reversed'
  /** Least height of a trace, CSS pixels. */
  spacing: number
}

export const multiAtFirst: MultiDisplay = {
  panes: 'spectrograms',
  channels: '',
  hidden: '',
  gain: 1,
  clip: 'clip',
  scale: 'common',
  polarity: 'normal',
  spacing: 40
}

export interface SingleDisplay {
  trace: 'shown' | 'hidden'
  spectrogram: 'shown' | 'hidden'
  spectrum: 'shown' | 'hidden'
  /** `robust`: one outlier does not flatten the rest of the trace. */
  range: 'all' | 'robust'
  /** Spectra whose power is averaged. */
  meanRows: number
  maxHold: 'off' | 'on'
  scale: 'dB' | 'linear'
  frequency: 'linear' | 'logarithmic'
}

export const singleAtFirst: SingleDisplay = {
  trace: 'shown',
  spectrogram: 'shown',
  spectrum: 'shown',
  range: 'all',
  meanRows: 1,
  maxHold: 'off',
  scale: 'dB',
  frequency: 'linear'
}

export const displayAtFirst: TileDisplay = {
  colourMap: null,
  newestAt: null,
  levels: null,
  scale: 'dB',
  meanRows: 1,
  maxHold: null,
  background: null,
  multi: null,
  single: null
}
