import { useEffect, useRef } from 'react'
import type { SessionThumbnail } from '../../../src-preload/contract/sessions.ts'
import { colourMapFromName } from '../../../src-preload/contract/drawing/colourMaps.ts'

/** The small picture of a session: time downwards, channels to the right, RMS as colour; no data stays transparent. */
export function Thumbnail({ thumbnail, colourMap }: { thumbnail: SessionThumbnail; colourMap: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context || thumbnail.columns * thumbnail.rows === 0) return
    const { rgba } = colourMapFromName(colourMap)
    const values = Uint8Array.from(atob(thumbnail.values), (character) => character.charCodeAt(0))
    const image = context.createImageData(thumbnail.columns, thumbnail.rows)
    values.forEach((value, index) => {
      if (value > 0) image.data.set(rgba.subarray(value * 4, value * 4 + 4), index * 4)
    })
    context.putImageData(image, 0, 0)
  }, [thumbnail, colourMap])
  return (
    <canvas
      ref={canvas}
      className="thumbnail"
      width={thumbnail.columns}
      height={thumbnail.rows}
      role="img"
      aria-label={`Level from ${Math.round(thumbnail.minDb)} to ${Math.round(thumbnail.maxDb)} dB`}
    />
  )
}
