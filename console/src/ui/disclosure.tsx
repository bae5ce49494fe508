import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { cx } from './class-names.ts';

/** Something folded away behind its name. Its content is only made when it is opened. */
export function Disclosure({
  label,
  children,
  aside,
  open: initial = false,
}: {
  label: ReactNode;
  children: ReactNode;
  aside?: ReactNode;
  open?: boolean;
}) {
  const [open, setOpen] = useState(initial);
  const id = useId();
  return (
    <div>
      <div className="flex items-center justify-between gap-2">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
          className="-ms-1 inline-flex min-h-7 items-center gap-1 rounded px-1 text-sm text-muted hover:text-ink pointer-coarse:min-h-11"
        >
          <ChevronRight
            size={14}
            aria-hidden="true"
            className={cx('transition-transform', open && 'rotate-90')}
          />
          {label}
        </button>
        {aside}
      </div>
      <div id={id} hidden={!open}>
        {open ? children : null}
      </div>
    </div>
  );
}
