import { ChevronDown } from 'lucide-react';
import type {
  InputHTMLAttributes,
  ReactNode,
  Ref,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from 'react';
import { useId } from 'react';
import { cx } from './class-names.ts';

const box =
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-ink shadow-card ' +
  'hover:border-muted/60 aria-invalid:border-danger disabled:bg-sunken disabled:text-muted pointer-coarse:text-[16px]';

interface FieldProps {
  label: string;
  /** Said below, before anything went wrong. */
  hint?: ReactNode;
  /** What is wrong with what was typed. */
  error?: string | undefined;
  /** The label is for screen readers only. */
  hideLabel?: boolean;
}

function describedBy(id: string, field: FieldProps): string | undefined {
  if (field.error) return `${id}-error`;
  return field.hint ? `${id}-hint` : undefined;
}

function Frame({ id, field, children }: { id: string; field: FieldProps; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className={field.hideLabel ? 'sr-only' : 'font-medium'}>
        {field.label}
      </label>
      {children}
      {field.error ? (
        <p id={`${id}-error`} role="alert" className="text-danger">
          {field.error}
        </p>
      ) : field.hint ? (
        <p id={`${id}-hint`} className="text-muted">
          {field.hint}
        </p>
      ) : null}
    </div>
  );
}

interface TextFieldProps extends FieldProps, InputHTMLAttributes<HTMLInputElement> {
  mono?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function TextField({ label, hint, error, hideLabel, mono, className, ...rest }: TextFieldProps) {
  const id = useId();
  const field = { label, hint, error, hideLabel };
  return (
    <Frame id={id} field={field}>
      <input
        id={id}
        autoComplete="off"
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, field)}
        className={cx(box, 'h-9 pointer-coarse:h-11', mono && 'font-mono text-sm', className)}
        {...rest}
      />
    </Frame>
  );
}

interface TextAreaProps extends FieldProps, TextareaHTMLAttributes<HTMLTextAreaElement> {
  mono?: boolean;
  ref?: Ref<HTMLTextAreaElement>;
}

export function TextArea({ label, hint, error, hideLabel, mono, className, ...rest }: TextAreaProps) {
  const id = useId();
  const field = { label, hint, error, hideLabel };
  return (
    <Frame id={id} field={field}>
      <textarea
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, field)}
        className={cx(box, 'min-h-20 py-2 leading-6', mono && 'font-mono text-sm', className)}
        {...rest}
      />
    </Frame>
  );
}

/** The platform's own select: it works with every keyboard, reader and thumb. */
export function SelectField({
  label,
  hint,
  error,
  hideLabel,
  children,
  className,
  ...rest
}: FieldProps & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  const field = { label, hint, error, hideLabel };
  return (
    <Frame id={id} field={field}>
      <div className="relative">
        <select
          id={id}
          aria-describedby={describedBy(id, field)}
          className={cx(box, 'h-9 appearance-none truncate pe-8 pointer-coarse:h-11', className)}
          {...rest}
        >
          {children}
        </select>
        <ChevronDown
          size={14}
          aria-hidden="true"
          className="pointer-events-none absolute end-2.5 top-1/2 -translate-y-1/2 text-muted"
        />
      </div>
    </Frame>
  );
}
