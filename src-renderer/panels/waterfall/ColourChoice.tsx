import { colourMapChoices } from '../../../src-preload/contract/drawing/colourMaps.ts'
import { ColourMapPreview } from '../../widgets/ColourMapPreview.tsx'

/** The colour maps, each as it looks. */
export const ColourChoice = ({ value, onChoose }: { value: string; onChoose: (name: string) => void }) => (
  <fieldset className="display-field">
    <legend>Colour map</legend>
    <div className="colour-choices">
      {colourMapChoices.map(({ name, label }) => (
        <button
          key={name}
          type="button"
          className="colour-choice"
          aria-pressed={value === name}
          data-testid={`colour-map-${name}`}
          onClick={() => onChoose(name)}
        >
          <ColourMapPreview name={name} />
          <span>{label}</span>
        </button>
      ))}
    </div>
  </fieldset>
)
