import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import './menu.css'

/** A button that opens a menu: arrow keys, first letters, Escape; the focus comes back to the button. */
export function Menu({
  label,
  className = 'icon-button',
  testId,
  trigger,
  children
}: {
  label: string
  className?: string
  testId?: string
  trigger: ReactNode
  children: ReactNode
}) {
  return (
    // Not modal: a modal one writes a style element into the page, which its security policy forbids.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        {/* A button with words of its own is called by them. */}
        <button
          type="button"
          className={className}
          aria-label={className === 'icon-button' ? label : undefined}
          title={label}
          data-testid={testId}
        >
          {trigger}
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8} loop aria-label={label}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export const MenuItem = ({
  label,
  keyText = '',
  isDisabled = false,
  onSelect
}: {
  label: string
  keyText?: string
  isDisabled?: boolean
  onSelect: () => void
}) => (
  <DropdownMenu.Item className="menu-item" disabled={isDisabled} onSelect={onSelect}>
    <span>{label}</span>
    {keyText && <kbd className="menu-key">{keyText}</kbd>}
  </DropdownMenu.Item>
)

export const MenuLine = () => <DropdownMenu.Separator className="menu-line" />

/** One of several, each with a word in a row, or with more words below each other. */
export const MenuChoice = ({
  label,
  value,
  choices,
  isList = false,
  onChoose
}: {
  label: string
  value: string
  choices: readonly { value: string; label: string; keyText?: string }[]
  isList?: boolean
  onChoose: (value: string) => void
}) => (
  <DropdownMenu.Group>
    <DropdownMenu.Label className="menu-label">{label}</DropdownMenu.Label>
    <DropdownMenu.RadioGroup
      className={isList ? 'menu-list' : 'menu-choices'}
      value={value}
      onValueChange={onChoose}
      aria-label={label}
    >
      {choices.map((choice) => (
        <DropdownMenu.RadioItem
          key={choice.value}
          className={isList ? 'menu-item' : 'menu-choice'}
          value={choice.value}
        >
          <span>{choice.label}</span>
          {choice.keyText && <kbd className="menu-key">{choice.keyText}</kbd>}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  </DropdownMenu.Group>
)
