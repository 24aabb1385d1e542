import { useEffect, useRef } from 'react'
import { colourMapEntries, colourMapFromName } from '../../src-preload/contract/drawing/colourMaps.ts'

/** The chosen map, low to high. */
export function ColourMapPreview({ name }: { name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const image = context.createImageData(colourMapEntries, 1)
    image.data.set(colourMapFromName(name).rgba)
    context.putImageData(image, 0, 0)
  }, [name])
  return <canvas ref={canvas} className="colour-map-preview" width={colourMapEntries} height={1} aria-hidden="true" />
}
