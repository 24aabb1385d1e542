import { z } from 'zod'
import { nanosecondsText } from './schemas.ts'

/** Colours by name, so that dark and light each show their own; none of them is one of the colours of health. */
export const annotationColours = ['blue', 'violet', 'magenta', 'orange', 'teal', 'grey'] as const
export const annotationKinds = ['point', 'box', 'line'] as const

/** A place on the fibre at a time. Channels are the recording's own numbers and may lie between two. */
export const annotationPoint = z.object({ timeNs: nanosecondsText, channel: z.number() })
export type AnnotationPoint = z.infer<typeof annotationPoint>

/** What was measured on a line through picked points. */
export const measuredLine = z.object({
  /** Apparent velocity, m/s; positive towards rising channel numbers. */
  velocityMps: z.number(),
  /** Coefficient of determination of distance over time, 0..1; null with two points, which every line fits. */
  rSquared: z.number().nullable()
})

/**
 * A mark in time and along the fibre. Point: one point. Box: two opposite corners, the first one the earlier and lower.
 * Line: two points or more, in the order they were picked.
 */
export const annotation = z
  .object({
    id: z.string().min(1).max(100),
    kind: z.enum(annotationKinds),
    points: z.array(annotationPoint).min(1).max(1000),
    /** Views with a frequency axis: the part of it that is meant, Hz. */
    band: z.object({ lowHz: z.number(), highHz: z.number() }).nullable(),
    label: z.string().max(200),
    colour: z.enum(annotationColours),
    note: z.string().max(10_000),
    measured: measuredLine.nullable(),
    createdAtNs: nanosecondsText,
    changedAtNs: nanosecondsText
  })
  .check(({ value, issues }) => {
    const { kind, points } = value
    const fits = kind === 'point' ? points.length === 1 : kind === 'box' ? points.length === 2 : points.length >= 2
    if (!fits)
      issues.push({
        code: 'custom',
        input: points,
        path: ['points'],
        message: `A ${kind} has ${kind === 'point' ? 'one point' : kind === 'box' ? 'two corners' : 'two points or more'}, not ${points.length}.`
      })
  })
export type Annotation = z.infer<typeof annotation>

/** Of one fibre or recording; more are refused with a sentence. */
export const annotationsMax = 20_000
/** Of one call: a longer list comes in several. */
export const annotationsPerCall = 200

/** Whose marks a job shows: all live jobs of a site share theirs, all jobs of a recording too. */
export const annotationList = z.object({
  /** Changes with the list; `annotations.changed` names it. */
  subject: z.string(),
  annotations: z.array(annotation),
  /** Where they are kept, in words. */
  kept: z.string()
})
export type AnnotationList = z.infer<typeof annotationList>

const ofJob = z.object({ jobId: z.string() })

export const annotationCalls = {
  'annotations.list': { arguments: ofJob, result: annotationList },
  /** Adds those whose id is new and replaces the others; all or none. */
  'annotations.put': {
    arguments: ofJob.extend({ annotations: z.array(annotation).min(1).max(annotationsPerCall) }),
    result: z.object({ added: z.number(), changed: z.number() })
  },
  /** Ids that are not there are passed over. */
  'annotations.remove': {
    arguments: ofJob.extend({ ids: z.array(z.string()).min(1).max(annotationsMax) }),
    result: z.object({ removed: z.number() })
  }
} as const

export const annotationEvents = {
  'annotations.changed': z.object({ subject: z.string() })
} as const
