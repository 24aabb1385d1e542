import { Dialog as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import './dialogFrame.css'
import { Icon } from './Icon.tsx'

/** A dialog over the window: keeps the focus inside, Escape closes it, the focus goes back to where it came from. */
export function Dialog({
  title,
  description,
  className = '',
  testId,
  isTitleShown = true,
  onClose,
  children
}: {
  title: string
  description?: string
  className?: string
  testId?: string
  isTitleShown?: boolean
  onClose: () => void
  children: ReactNode
}) {
  return (
    <Primitive.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Primitive.Portal>
        {/* Not the primitive's overlay: that one writes a style element, which the page's security policy forbids. */}
        <div className="dialog-backdrop" aria-hidden="true" />
        <Primitive.Content
          className={`dialog-frame ${className}`}
          data-testid={testId}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <div className={isTitleShown ? 'dialog-head' : 'visually-hidden'}>
            <Primitive.Title className="dialog-title">{title}</Primitive.Title>
            {isTitleShown && (
              <Primitive.Close className="icon-button" aria-label="Close" title="Close (Escape)">
                <Icon name="close" />
              </Primitive.Close>
            )}
          </div>
          {description !== undefined && (
            <Primitive.Description className="dialog-description">{description}</Primitive.Description>
          )}
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
