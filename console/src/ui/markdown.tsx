import { memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { LinkedId } from './id-links.tsx';
import { MarkdownTable } from './markdown-table.tsx';
import { alignNumberColumns } from './number-columns.ts';
import { withoutBidiControls } from './plain-text.ts';
import { textOf } from './text-of.ts';
import { linkTarget } from './trusted-link.ts';

const plugins = [remarkGfm, alignNumberColumns];

/**
 * Markdown written by a model, so by nobody we trust: no HTML, no images fetched, links only to pages we know, which open
 * apart, and no characters that turn the text around. Tables scroll by themselves.
 */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="prose-answer" dir="auto">
      <ReactMarkdown remarkPlugins={plugins} components={components}>
        {withoutBidiControls(text)}
      </ReactMarkdown>
    </div>
  );
});

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
  code: ({ className, children }) =>
    className || typeof children !== 'string' ? (
      <code className={className}>{children}</code>
    ) : (
      <LinkedId text={children} />
    ),
  table: ({ children }) => <MarkdownTable>{children}</MarkdownTable>,
  td: ({ children, style }) => (
    <td style={style} className="border-t border-line px-3 py-1.5 align-top">
      <Cell>{children}</Cell>
    </td>
  ),
};

/** Amounts, dates, ids and addresses stay on one line; a long name is cut, so that it leaves the others their room. */
function Cell({ children }: { children: ReactNode }) {
  const text = textOf(children);
  if (text.length <= 24 || (text.length <= 40 && !text.includes(' ')))
    return <div className="whitespace-nowrap">{children}</div>;
  return (
    <div title={text} className="line-clamp-3 max-w-80 min-w-44 wrap-break-word">
      {children}
    </div>
  );
}

function SafeLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  const target = linkTarget(href, window.location.origin);
  const isOwn = target?.host === window.location.host;
  const lead = target && !isOwn && !isAddress(textOf(children), href) ? target.host : null;
  const host = lead ? <span className="text-muted"> ({lead})</span> : null;
  if (!target?.trusted) {
    return (
      <span>
        {children}
        {host}
      </span>
    );
  }
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer noopener"
      className="text-accent underline underline-offset-2"
    >
      {children}
      {host}
    </a>
  );
}

/** Whether the words of a link are the address itself, as where a bare one was written. */
function isAddress(text: string, href: string | undefined): boolean {
  return text === href || `http://${text}` === href;
}
