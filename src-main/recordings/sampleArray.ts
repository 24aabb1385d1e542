import type { ElementName, SampleArray } from './recording.ts'

const arrays = { int8: Int8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array, float64: Float64Array }

export const createSampleArray = (element: ElementName, length: number): SampleArray => new arrays[element](length)
