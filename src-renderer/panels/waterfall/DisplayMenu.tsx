import { Popover } from 'radix-ui'
import { memo } from 'react'
import { useStore } from 'zustand'
import { useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { displayBeforeSettings } from '../../stores/coreStore.ts'
import { displayAtFirst } from '../../stores/tileDisplay.ts'
import { Icon } from '../../widgets/Icon.tsx'
import { ColourChoice } from './ColourChoice.tsx'
import { DisplayFacts } from './DisplayFacts.tsx'
import { displayText } from './displayText.ts'
import { LevelsField } from './LevelsField.tsx'
import { ProcessingFields } from './ProcessingFields.tsx'
import './displayMenu.css'

/** What the picture shows and how, in words; opens what changes it. */
export const DisplayMenu = memo(function DisplayMenu() {
  const { stores, actions } = useWindow()
  const tile = useTile()
  const own = useStore(tile.display)
  const window = useStore(stores.core, (core) => core.settings?.display ?? displayBeforeSettings)
  const rowsTogether = useStore(tile.progress, (progress) => progress.rowsTogether)
  const colourMap = own.colourMap ?? window.colourMap
  const newestAt = own.newestAt ?? window.newestAt
  const text = displayText(own, colourMap, rowsTogether)
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          className="small-button display-trigger"
          data-testid="display-menu"
          title={`How values are shown: ${text}`}
        >
          <span className="display-words">{text}</span>
          <Icon name="chevron" size={12} />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="display-menu"
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label="How values are shown"
          data-testid="display-content"
        >
          <ProcessingFields display={own} onChange={(change) => tile.display.setState(change)} />
          <LevelsField />
          <fieldset className="display-field">
            <legend>Newest rows</legend>
            <div className="segments">
              {(['top', 'bottom'] as const).map((place) => (
                <button
                  key={place}
                  type="button"
                  className="segment"
                  aria-pressed={newestAt === place}
                  data-testid={`newest-${place}`}
                  onClick={() => tile.display.setState({ newestAt: place })}
                >
                  at the {place}
                </button>
              ))}
            </div>
          </fieldset>
          <ColourChoice value={colourMap} onChoose={(name) => tile.display.setState({ colourMap: name })} />
          <DisplayFacts />
          <div className="display-actions">
            <button
              type="button"
              className="small-button"
              data-testid="display-reset"
              onClick={() => tile.display.setState(displayAtFirst, true)}
            >
              As at first
            </button>
            <button
              type="button"
              className="small-button"
              data-testid="display-default"
              title="Colours and direction of this tile for every tile that has none of its own"
              disabled={colourMap === window.colourMap && newestAt === window.newestAt}
              onClick={() => void actions.setDisplay({ colourMap, newestAt })}
            >
              Colours for all tiles
            </button>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
})
