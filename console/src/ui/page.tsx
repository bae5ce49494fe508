import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { cx } from './class-names.ts';
import { keepTitleFocused } from './focus.ts';

interface PageProps {
  title: string;
  /** Shown in place of the plain title. */
  heading?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Where the page above is. */
  back?: { to: string; label: string };
  children: ReactNode;
  width?: 'reading' | 'wide';
}

/** A scrolling page with a title, and the window's title with it. */
export function Page({ title, heading, lead, actions, back, children, width = 'wide' }: PageProps) {
  useTitle(title);
  return (
    <div className="h-full overflow-y-auto">
      <div
        className={cx(
          'mx-auto w-full px-4 pt-6 pb-16 md:px-8 md:pt-8',
          width === 'reading' ? 'max-w-3xl' : 'max-w-6xl',
        )}
      >
        {back ? (
          <Link
            to={back.to}
            className="mb-2 -ms-1 inline-flex items-center gap-0.5 rounded text-muted hover:text-ink pointer-coarse:min-h-11"
          >
            <ChevronLeft size={15} aria-hidden="true" />
            {back.label}
          </Link>
        ) : null}
        <header className="mb-6 flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
          <div className="min-w-0 flex-1 basis-56">
            <h1 tabIndex={-1} data-page-title="" className="text-xl font-semibold [overflow-wrap:anywhere]">
              {heading ?? title}
            </h1>
            {lead ? <div className="mt-1 max-w-2xl text-muted">{lead}</div> : null}
          </div>
          {actions ? <div className="flex shrink-0 items-center gap-2">{actions}</div> : null}
        </header>
        {children}
      </div>
    </div>
  );
}

export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · Purser`;
    keepTitleFocused();
  }, [title]);
}

/** A titled part of a page. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="mt-8 first:mt-0">
      <div className="mb-3 flex items-center justify-between gap-3">
        <h2 className="font-semibold">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** A bordered surface. */
export function Card({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div className={cx('rounded-lg border border-line bg-surface shadow-card', className)}>{children}</div>
  );
}

/** Label and value in two columns, one under the other on a phone. */
export function Facts({ rows }: { rows: { label: string; value: ReactNode }[] }) {
  return (
    <dl className="divide-y divide-line">
      {rows.map((row) => (
        <div key={row.label} className="grid gap-x-4 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[11rem_1fr]">
          <dt className="text-muted">{row.label}</dt>
          <dd className="min-w-0 [overflow-wrap:anywhere]">{row.value}</dd>
        </div>
      ))}
    </dl>
  );
}
