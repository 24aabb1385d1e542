/**
 * What a cell holds that is no value. Ordered so that the greatest of several cells is what a pixel should show: a value
 * before "was there but invalid", that before "never there".
 */
export const missingValue = -3e38
export const invalidValue = -1e38

export const isMissing = (value: number): boolean => value < -2e38
export const isInvalid = (value: number): boolean => value < -5e37 && !isMissing(value)
export const isValue = (value: number): boolean => value >= -5e37
