/**
 * Time-major samples → one strip a group of four channels, still in their own element type: a cache line of the source is
 * read once for all the groups that it holds, and the transform reads its strip from end to end.
 */

/** Groups that are gathered together: 32 channels, one cache line of int16. */
export const tileGroups: i32 = 8

// @ts-ignore: decorator
@inline
function copyGroup<T>(from: usize, to: usize): void {
  if (sizeof<T>() == 2) i64.store(to, i64.load(from))
  else v128.store(to, v128.load(from))
}

/** @param strip first strip of the tile; the others follow `stripBytes` apart, with four elements a sample */
export function gather<T>(source: usize, rowBytes: usize, samples: i32, strip: usize, stripBytes: usize, groups: i32): void {
  const step: usize = sizeof<T>() * 4
  if (groups == tileGroups) {
    for (let sample = 0; sample < samples; sample++) {
      let to = strip
      copyGroup<T>(source, to)
      to += stripBytes
      copyGroup<T>(source + step, to)
      to += stripBytes
      copyGroup<T>(source + 2 * step, to)
      to += stripBytes
      copyGroup<T>(source + 3 * step, to)
      to += stripBytes
      copyGroup<T>(source + 4 * step, to)
      to += stripBytes
      copyGroup<T>(source + 5 * step, to)
      to += stripBytes
      copyGroup<T>(source + 6 * step, to)
      to += stripBytes
      copyGroup<T>(source + 7 * step, to)
      source += rowBytes
      strip += step
    }
    return
  }
  for (let sample = 0; sample < samples; sample++) {
    let from = source
    let to = strip
    for (let group = 0; group < groups; group++) {
      copyGroup<T>(from, to)
      from += step
      to += stripBytes
    }
    source += rowBytes
    strip += step
  }
}

/** The last one to three channels: nothing beyond them is read, the lanes left over are zero. */
export function gatherTail<T>(source: usize, rowBytes: usize, samples: i32, strip: usize, lanes: i32): void {
  const step: usize = sizeof<T>() * 4
  for (let sample = 0; sample < samples; sample++) {
    if (sizeof<T>() == 2) {
      i64.store(strip, 0)
      i32.store16(strip, i32.load16_u(source))
      if (lanes > 1) i32.store16(strip, i32.load16_u(source, 2), 2)
      if (lanes > 2) i32.store16(strip, i32.load16_u(source, 4), 4)
    } else {
      v128.store(strip, v128.splat<i32>(0))
      i32.store(strip, i32.load(source))
      if (lanes > 1) i32.store(strip, i32.load(source, 4), 4)
      if (lanes > 2) i32.store(strip, i32.load(source, 8), 8)
    }
    source += rowBytes
    strip += step
  }
}
