/** `npm run bench -- NAME --rounds N --seconds N`: where a bench has rounds, or a time that it watches. */
export interface BenchOptions {
  rounds?: number
  seconds?: number
}
