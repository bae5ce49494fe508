import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/** Tabs that are places: each has its own address. */
export function TabLinks({
  label,
  tabs,
  keepSearch = false,
}: {
  label: string;
  /** What the address asks for goes along from tab to tab. */
  keepSearch?: boolean;
  tabs: { to: string; label: string; count?: number }[];
}) {
  const list = useRef<HTMLUListElement>(null);
  const { pathname } = useLocation();
  // On a phone the strip is wider than the window: the tab one is at has to be seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: at every place anew.
  useEffect(() => {
    const current = list.current?.querySelector('[aria-current=page]');
    current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pathname]);
  return (
    <nav aria-label={label} className="mb-6 border-b border-line">
      <ul ref={list} className="-mb-px flex gap-1 overflow-x-auto">
        {tabs.map((tab) => (
          <li key={tab.to}>
            <Link
              to={tab.to}
              {...(keepSearch ? { search: true as const } : {})}
              activeOptions={{ exact: true, includeSearch: false }}
              className="inline-flex h-9 items-center gap-1.5 border-b-2 border-transparent px-2.5 whitespace-nowrap text-muted -outline-offset-2 hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink pointer-coarse:h-11"
            >
              {tab.label}
              {tab.count === undefined ? null : <span className="text-xs text-muted">{tab.count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
