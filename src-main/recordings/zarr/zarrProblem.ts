/** Something expected is wrong with a Zarr folder; the sentence goes on after its name. */
export class ZarrProblem extends Error {
  override readonly name = 'ZarrProblem'
}
