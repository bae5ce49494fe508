import { Link } from '@tanstack/react-router';
import { createContext, type ReactNode, useContext } from 'react';

/** Where an id in an answer leads: a path of Purser's own, an address, or nowhere. */
export type IdLink = (id: string) => string | null;

const IdLinks = createContext<IdLink>(() => null);

export function IdLinksProvider({ linkOf, children }: { linkOf: IdLink; children: ReactNode }) {
  return <IdLinks value={linkOf}>{children}</IdLinks>;
}

const idPattern = /^[a-z]{2,8}_[A-Za-z0-9]{6,80}$/;

/** An id as code, and a way to what it names where there is one. */
export function LinkedId({ text }: { text: string }) {
  const linkOf = useContext(IdLinks);
  const target = idPattern.test(text) ? linkOf(text) : null;
  if (!target) return <code>{text}</code>;
  const code = <code className="text-accent">{text}</code>;
  if (target.startsWith('/'))
    return (
      <Link to={target} className="rounded hover:underline">
        {code}
      </Link>
    );
  return (
    <a href={target} target="_blank" rel="noreferrer noopener" className="rounded hover:underline">
      {code}
    </a>
  );
}
