import { Link } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, buttonClass } from './button.tsx';

/** What an error may say of itself beyond its message. */
interface Explained extends Error {
  title?: string;
  /** HTTP's, where it came from there: 404 is not tried again. */
  status?: number;
  next?: string;
}

interface ProblemNoticeProps {
  error: Explained;
  onRetry?: (() => void) | undefined;
  children?: ReactNode;
}

/** What happened, what to do, and a way to try again. Never a code alone. */
export function ProblemNotice({ error, onRetry, children }: ProblemNoticeProps) {
  // What broke on the other side says what to do, and its title what happened.
  const what = (error.status ?? 0) >= 500 && error.title ? error.title : error.message;
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg bg-danger-soft px-3 py-2.5">
      <CircleAlert size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-danger" />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <p className="font-medium text-danger">{what}</p>
        {what === error.message ? null : <p className="mt-0.5">{error.message}</p>}
        {error.next ? <p className="mt-0.5">{error.next}</p> : null}
        {children}
      </div>
      {onRetry ? (
        <Button size="small" onClick={onRetry} className="self-center">
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** A whole screen that could not be loaded. */
export function ProblemScreen({ error, onRetry }: { error: Explained; onRetry?: (() => void) | undefined }) {
  return (
    <div className="mx-auto w-full max-w-lg px-4 py-16">
      <h1 tabIndex={-1} data-page-title="" className="mb-3 text-xl font-semibold">
        {error.title ?? 'This could not be loaded'}
      </h1>
      <ProblemNotice error={error} onRetry={error.status === 404 ? undefined : onRetry} />
      <Link to="/" className={`${buttonClass('secondary')} mt-4`}>
        Go to threads
      </Link>
    </div>
  );
}
