import { memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { cx } from './class-names.ts';
import { ScrollArea } from './scroll-area.tsx';

const plugins = [remarkGfm];

/**
 * Markdown written by a model, so by nobody we trust: no HTML, no images fetched, links show where they lead and open
 * apart. Tables scroll by themselves.
 */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="prose-answer" dir="auto">
      <ReactMarkdown remarkPlugins={plugins} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
});

const headClass = 'border-b border-line bg-sunken px-3 py-1.5 text-start font-medium whitespace-nowrap';

const components: Components = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ src, alt }) => (
    <SafeLink href={typeof src === 'string' ? src : undefined}>{alt || 'image'}</SafeLink>
  ),
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h4>{children}</h4>,
  h5: ({ children }) => <h4>{children}</h4>,
  h6: ({ children }) => <h4>{children}</h4>,
  input: ({ checked }) => <span>{checked ? '☑ ' : '☐ '}</span>,
  table: ({ children }) => (
    <ScrollArea label="Table" className="overflow-x-auto rounded-lg border border-line">
      <table className="w-full border-collapse text-sm">{children}</table>
    </ScrollArea>
  ),
  th: ({ children, style }) =>
    // A header without words is none.
    children ? (
      <th scope="col" style={style} className={headClass}>
        {children}
      </th>
    ) : (
      <td className={headClass} />
    ),
  td: ({ children, style }) => (
    <td
      style={style}
      className={cx('border-t border-line px-3 py-1.5 align-top', isShort(children) && 'whitespace-nowrap')}
    >
      {children}
    </td>
  ),
};

/** Amounts, dates and states stay on one line. */
function isShort(children: ReactNode): boolean {
  return typeof children === 'string' && children.length <= 24;
}

function SafeLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  const host = webHost(href);
  if (!host) return <span>{children}</span>;
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer noopener"
      className="text-accent underline underline-offset-2"
    >
      {children}
      {children === href ? null : <span className="text-muted"> ({host})</span>}
    </a>
  );
}

/** The host of an http(s) address; null for anything else, which is then no link. */
function webHost(href: string | undefined): string | null {
  if (!href || !URL.canParse(href)) return null;
  const url = new URL(href);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.host : null;
}
