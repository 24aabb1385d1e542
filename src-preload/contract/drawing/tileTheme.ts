import type { PictureColours } from './pictureView.ts'

/** Colours and font of what is painted around the picture, as CSS colours. */
export interface TileTheme {
  text: string
  textStrong: string
  line: string
  ground: string
  fontFamily: string
  picture: PictureColours
}
