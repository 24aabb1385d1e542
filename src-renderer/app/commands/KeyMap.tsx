import { useStore } from 'zustand'
import { commandEntry, commandIds, commandSections, type CommandId } from '../../../src-preload/contract/commands.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { Dialog } from '../../widgets/Dialog.tsx'
import { chordText } from './keys.ts'
import './palette.css'

/** Of the picture and of other things that are no commands. */
const byPointer: readonly (readonly [keys: string, what: string])[] = [
  ['Wheel', 'Zoom time at the cursor'],
  ['Shift+Wheel', 'Zoom distance at the cursor'],
  ['Ctrl+Wheel', 'Zoom time and distance at the cursor'],
  ['Drag', 'Move the picture'],
  ['Shift+Drag', 'Select a region'],
  ['Double click', 'Show all'],
  ['Drag on the colour bar', 'Change the levels'],
  ['Tab', 'From control to control; lines between tiles move with the arrow keys'],
  ['Escape', 'Leave a field, close what is open']
]

function Line({ id }: { id: CommandId }) {
  const { title, keys } = commandEntry(id)
  return (
    <div className="key-line">
      <dt>{title}</dt>
      <dd>
        {keys.map((chord) => (
          <kbd key={chord}>{chordText(chord)}</kbd>
        ))}
      </dd>
    </div>
  )
}

/** All keys, as they are in the table of commands. */
export function KeyMap() {
  const { stores } = useWindow()
  const isOpen = useStore(stores.layout, (layout) => layout.dialog === 'keyMap')
  if (!isOpen) return null
  return (
    <Dialog
      title="Key map"
      description="Keys do nothing while a text field has the focus. Every command is in the palette too: Ctrl+Shift+P."
      className="key-map"
      testId="key-map"
      onClose={() => stores.layout.setState({ dialog: null })}
    >
      <div className="key-columns" tabIndex={0} role="region" aria-label="Keys">
        {commandSections.map((section) => {
          const ids = commandIds.filter(
            (id) => commandEntry(id).section === section && commandEntry(id).keys.length > 0 && id !== 'pop-in'
          )
          if (ids.length === 0) return null
          return (
            <section key={section}>
              <h3>{section}</h3>
              <dl>
                {ids.map((id) => (
                  <Line key={id} id={id} />
                ))}
              </dl>
            </section>
          )
        })}
        <section>
          <h3>Pointer and focus</h3>
          <dl>
            {byPointer.map(([keys, what]) => (
              <div key={keys} className="key-line">
                <dt>{what}</dt>
                <dd>
                  <kbd>{keys}</kbd>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  )
}
