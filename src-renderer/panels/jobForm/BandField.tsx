import { useStore } from 'zustand'
import type { BackendRecording } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { type FormDraft, recordingOf } from '../../stores/formDraft.ts'
import { Field, type FieldMessage } from '../../widgets/Field.tsx'
import { plainNumber } from '../../widgets/format.ts'
import { PairInputs } from './PairInputs.tsx'

const bandText = ({ lowHz, highHz }: BackendRecording['bands'][number]): string =>
  `${plainNumber(lowHz)} – ${plainNumber(highHz)} Hz`

/** Two frequencies, or the choice of the bands that a band-energy recording was made with. */
export function BandField({ draft, messages }: { draft: FormDraft; messages: FieldMessage[] }) {
  const { stores } = useWindow()
  const recordings = useStore(stores.core, (core) => core.recordings)
  const bands = recordingOf(draft, recordings)?.bands ?? []
  const chosen = bands.findIndex(
    (band) => Number(draft.bandMin) === band.lowHz && Number(draft.bandMax) === band.highHz
  )
  return (
    <Field label="Band" name="band" messages={messages}>
      {({ labelId, messageId }) =>
        bands.length > 0 ? (
          <select
            value={chosen}
            aria-labelledby={labelId}
            aria-describedby={messageId}
            aria-invalid={messages.length > 0}
            data-testid="form-band"
            onChange={(event) => {
              const band = bands[Number(event.target.value)]
              if (band) stores.form.edit({ bandMin: String(band.lowHz), bandMax: String(band.highHz) })
            }}
          >
            {chosen < 0 && (
              <option value={-1} disabled>
                choose a band
              </option>
            )}
            {bands.map((band, index) => (
              <option key={bandText(band)} value={index}>
                {bandText(band)}
              </option>
            ))}
          </select>
        ) : (
          <PairInputs
            name="band"
            labelId={labelId}
            messageId={messageId}
            messages={messages}
            unit="Hz"
            low={{ label: 'Lowest frequency, Hz', value: draft.bandMin, path: 'band.minHz', placeholder: '0' }}
            high={{ label: 'Highest frequency, Hz', value: draft.bandMax, path: 'band.maxHz', placeholder: 'PRR/2' }}
            onLow={(bandMin) => stores.form.edit({ bandMin })}
            onHigh={(bandMax) => stores.form.edit({ bandMax })}
          />
        )
      }
    </Field>
  )
}
