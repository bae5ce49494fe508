import { Link } from '@tanstack/react-router';
import { Search, SquarePen } from 'lucide-react';
import { usePermissions, useSession } from '../session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { BadgeCount } from '../ui/badge-count.tsx';
import { buttonClass } from '../ui/button.tsx';
import { Kbd, modKey } from '../ui/kbd.tsx';
import { Logo } from './logo.tsx';
import { places } from './places.ts';
import { useWaiting } from './use-waiting.ts';

/** The places, on anything wider than a phone. */
export function Sidebar({ onSearch }: { onSearch(): void }) {
  const session = useSession();
  const { write } = usePermissions();
  return (
    <aside aria-label="Purser" className="hidden w-56 shrink-0 flex-col bg-canvas md:flex">
      <div className="flex h-13 items-center gap-2 px-4 font-semibold">
        <Logo />
        Purser
      </div>
      <div className="space-y-2 px-3 pb-3">
        {write ? (
          <Link to="/threads/new" className={`${buttonClass('secondary')} w-full justify-start`}>
            <SquarePen size={15} aria-hidden="true" className="text-accent" />
            New thread
            <Kbd className="ms-auto">C</Kbd>
          </Link>
        ) : null}
        <button
          type="button"
          onClick={onSearch}
          className="flex h-8 w-full items-center gap-2 rounded-md px-3 text-muted hover:bg-hover hover:text-ink"
        >
          <Search size={15} aria-hidden="true" />
          Search
          <Kbd className="ms-auto">{modKey} K</Kbd>
        </button>
      </div>
      <nav aria-label="Places" className="flex-1 overflow-y-auto px-3">
        <PlaceList />
      </nav>
      {session ? (
        <Link
          to="/settings/{-$tab}"
          className="m-2 flex items-center gap-2.5 rounded-md px-2 py-2 hover:bg-hover"
        >
          <Avatar name={session.user.name} />
          <span className="min-w-0">
            <span className="block truncate font-medium">{session.user.name}</span>
            <span className="block truncate text-xs text-muted capitalize">{session.role}</span>
          </span>
        </Link>
      ) : null}
    </aside>
  );
}

function PlaceList() {
  const waiting = useWaiting();
  return (
    <ul className="space-y-0.5">
      {places.map((place) => (
        <li key={place.to}>
          <Link
            to={place.to}
            className="flex h-8 items-center gap-2.5 rounded-md px-3 text-muted hover:bg-hover hover:text-ink data-[status=active]:bg-hover data-[status=active]:font-medium data-[status=active]:text-ink"
          >
            <place.icon size={16} aria-hidden="true" />
            {place.label}
            {place.to === '/inbox' ? <BadgeCount {...waiting} /> : null}
          </Link>
        </li>
      ))}
    </ul>
  );
}
