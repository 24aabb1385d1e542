import { matlab } from './matlab/matlab.ts'
import { npy } from './numpy/npy.ts'
import { npz } from './numpy/npz.ts'
import { plainHdf5 } from './plain/plainHdf5.ts'
import type { RecordingFormat } from './recordingFormat.ts'
import { wavefallSession } from './session/wavefallSession.ts'
import { zarr } from './zarr/zarr.ts'

/** General containers (Zarr, NumPy, WAV …), sessions, and folders of recordings. */
export const exchangeFormats: readonly RecordingFormat[] = [wavefallSession, zarr, matlab, npy, npz, plainHdf5]
