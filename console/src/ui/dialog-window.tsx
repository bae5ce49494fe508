import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useRef } from 'react';
import { cx } from './class-names.ts';
import type { DialogProps } from './dialog.tsx';
import { focusPageTitle } from './focus.ts';

/** What `Dialog` shows; a file of its own, loaded when the first one opens. */
export function DialogWindow({ open, onOpenChange, title, description, children, wide }: DialogProps) {
  const before = useRef(document.activeElement);
  const giveBack = (event: Event) => {
    event.preventDefault();
    if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
    else focusPageTitle();
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[#0b0f16]/45" />
        <Radix.Content
          onOpenAutoFocus={focusFirstField}
          onCloseAutoFocus={giveBack}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cx(
            'fixed top-[12vh] left-1/2 z-50 max-h-[80dvh] w-[calc(100vw-2rem)] -translate-x-1/2 overflow-y-auto',
            'rounded-xl bg-raised p-5 shadow-float outline-none',
            wide ? 'max-w-xl' : 'max-w-md',
          )}
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <div>
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {description ? (
                <Radix.Description className="mt-1 text-muted">{description}</Radix.Description>
              ) : null}
            </div>
            <Radix.Close
              aria-label="Close"
              className="-me-1.5 -mt-1 inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
            >
              <X size={16} aria-hidden="true" />
            </Radix.Close>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What is to be filled in gets the focus, not the button that closes. */
function focusFirstField(event: Event) {
  const field =
    event.target instanceof Element
      ? event.target.querySelector<HTMLElement>('input:not([aria-hidden]), textarea, select')
      : null;
  if (!field) return;
  event.preventDefault();
  field.focus();
}
