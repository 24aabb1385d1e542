import { z } from 'zod'
import { extentOf, type AnnotationAxes, type NewAnnotation, type ReadAnnotations } from './annotationExchange.ts'
import { annotation, type Annotation, type AnnotationPoint } from './annotations.ts'
import { isoFromNanoseconds } from './units.ts'

/**
 * COCO object detection (cocodataset.org, "data format"): one image, a pixel a channel and a row, times downwards. What
 * COCO has no word for (exact times, notes, velocities) stands in each mark's `attributes.wavefall`.
 */
const cocoImage = z.object({
  id: z.union([z.number(), z.string()]),
  width: z.number().positive(),
  height: z.number().positive(),
  wavefall: z
    .object({
      startNs: z.string().regex(/^-?\d+$/),
      rowIntervalNs: z.number().positive(),
      firstChannel: z.number(),
      channelStep: z.number()
    })
    .optional()
})

const cocoAnnotation = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  image_id: z.union([z.number(), z.string()]),
  category_id: z.union([z.number(), z.string()]).optional(),
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  keypoints: z.array(z.number()).optional(),
  attributes: z.object({ wavefall: z.unknown() }).partial().optional()
})

const cocoFile = z.object({
  images: z.array(z.unknown()),
  annotations: z.array(z.unknown()),
  categories: z.array(z.unknown()).optional()
})

const cocoCategory = z.object({ id: z.union([z.number(), z.string()]), name: z.string() })

const unlabelled = 'unlabelled'
const problemsMost = 20

export function annotationsAsCoco(
  annotations: readonly Annotation[],
  axes: AnnotationAxes,
  pictureName: string
): string {
  const height = Math.max(1, Math.ceil(Number(axes.endNs - axes.startNs) / axes.rowIntervalNs))
  const x = (channel: number): number => (channel - axes.firstChannel) / axes.channelStep + 0.5
  const y = (timeNs: bigint): number => Number(timeNs - axes.startNs) / axes.rowIntervalNs
  const names = [...new Set(annotations.map(({ label }) => label || unlabelled))].sort()
  const document = {
    info: {
      description: `Annotations of ${pictureName}`,
      version: '1.0',
      date_created: isoFromNanoseconds(axes.startNs).slice(0, 10)
    },
    licenses: [],
    images: [
      {
        id: 1,
        file_name: pictureName,
        width: axes.channelCount,
        height,
        date_captured: isoFromNanoseconds(axes.startNs),
        wavefall: {
          startNs: axes.startNs.toString(),
          rowIntervalNs: axes.rowIntervalNs,
          firstChannel: axes.firstChannel,
          channelStep: axes.channelStep
        }
      }
    ],
    categories: names.map((name, index) => ({ id: index + 1, name, supercategory: 'event' })),
    annotations: annotations.map((one, index) => {
      const { startNs, endNs, channelFrom, channelTo } = extentOf(one.points)
      const left = Math.min(x(channelFrom), x(channelTo)) - 0.5
      const width = Math.abs(x(channelTo) - x(channelFrom)) + 1
      const rows = Math.max(1, y(endNs) - y(startNs))
      return {
        id: index + 1,
        image_id: 1,
        category_id: names.indexOf(one.label || unlabelled) + 1,
        bbox: [left, y(startNs), width, rows],
        area: width * rows,
        segmentation: [],
        iscrowd: 0,
        ...(one.kind === 'box'
          ? {}
          : {
              keypoints: one.points.flatMap(({ timeNs, channel }) => [x(channel), y(BigInt(timeNs)), 2]),
              num_keypoints: one.points.length
            }),
        attributes: { wavefall: one }
      }
    })
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** Where a pixel of an image lies. */
type PlaceOf = (x: number, y: number) => AnnotationPoint

function placeOf(image: z.infer<typeof cocoImage>, axes: AnnotationAxes): PlaceOf {
  const own = image.wavefall
  const startNs = own ? BigInt(own.startNs) : axes.startNs
  const rowNs = own ? own.rowIntervalNs : Number(axes.endNs - axes.startNs) / image.height
  const first = own ? own.firstChannel : axes.firstChannel
  const step = own ? own.channelStep : (axes.channelCount * axes.channelStep) / image.width
  const half = own ? 0.5 : 0.5 / (axes.channelCount / image.width)
  return (x, y) => ({
    timeNs: (startNs + BigInt(Math.round(y * rowNs))).toString(),
    channel: first + (x - half) * step
  })
}

function pointsOf({ bbox, keypoints }: z.infer<typeof cocoAnnotation>, place: PlaceOf): AnnotationPoint[] | null {
  const seen: AnnotationPoint[] = []
  for (let at = 0; at + 2 < (keypoints?.length ?? 0); at += 3)
    if (keypoints![at + 2]! > 0) seen.push(place(keypoints![at]!, keypoints![at + 1]!))
  if (seen.length > 0) return seen
  if (!bbox || bbox[2] < 0 || bbox[3] < 0) return null
  const [x, y, width, height] = bbox
  // A box covers whole pixels: its first and last channel are the centres of its outer ones.
  return [place(x + Math.min(0.5, width / 2), y), place(x + width - Math.min(0.5, width / 2), y + height)]
}

/**
 * Reads COCO of this program exactly. Of other programs each image is taken to show what is shown now, and a sentence says
 * so; segmentations are read by their boxes.
 */
export function annotationsFromCoco(text: string, axes: AnnotationAxes, made: NewAnnotation): ReadAnnotations {
  const problems: string[] = []
  const tell = (problem: string): void => {
    if (problems.length < problemsMost) problems.push(problem)
    else if (problems.length === problemsMost) problems.push('More could not be read.')
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { annotations: [], problems: [`This is no JSON: ${error instanceof Error ? error.message : String(error)}`] }
  }
  const file = cocoFile.safeParse(value)
  if (!file.success)
    return { annotations: [], problems: ['This is no COCO file: it has no lists "images" and "annotations".'] }
  const places = new Map<number | string, PlaceOf>()
  let isForeign = false
  for (const [index, one] of file.data.images.entries()) {
    const image = cocoImage.safeParse(one)
    if (!image.success) tell(`Image ${index + 1} has no id, width and height above 0.`)
    else {
      isForeign ||= !image.data.wavefall
      places.set(image.data.id, placeOf(image.data, axes))
    }
  }
  const names = new Map<number | string, string>()
  for (const one of file.data.categories ?? []) {
    const category = cocoCategory.safeParse(one)
    if (category.success) names.set(category.data.id, category.data.name)
  }
  const annotations: Annotation[] = []
  for (const [index, one] of file.data.annotations.entries()) {
    const read = readOne(one, places, names, made)
    if (typeof read === 'string') tell(`Annotation ${index + 1}: ${read}.`)
    else annotations.push(read)
  }
  const isPlaced = annotations.some(({ id }) => id.startsWith('coco-'))
  if (isForeign && isPlaced)
    tell('The file does not say which times and channels its images show: they were laid over what is shown now.')
  return { annotations, problems }
}

function readOne(
  value: unknown,
  places: Map<number | string, PlaceOf>,
  names: Map<number | string, string>,
  made: NewAnnotation
): Annotation | string {
  const one = cocoAnnotation.safeParse(value)
  if (!one.success) return 'it has no image_id, or its bbox is not four numbers'
  const exact = annotation.safeParse(one.data.attributes?.wavefall)
  if (exact.success) return exact.data
  const place = places.get(one.data.image_id)
  if (!place) return `there is no image ${one.data.image_id}`
  const points = pointsOf(one.data, place)
  if (!points) return 'it has neither a bbox nor key points that are seen'
  const hasKeypoints = (one.data.keypoints?.length ?? 0) > 0
  const parsed = annotation.safeParse({
    id: `coco-${made.id()}`,
    kind: points.length === 1 ? 'point' : hasKeypoints ? 'line' : 'box',
    points,
    band: null,
    label: (names.get(one.data.category_id ?? '') ?? '').slice(0, 200),
    colour: 'blue',
    note: '',
    measured: null,
    createdAtNs: made.nowNs.toString(),
    changedAtNs: made.nowNs.toString()
  })
  return parsed.success ? parsed.data : (parsed.error.issues[0]?.message ?? 'it is no annotation')
}
