import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { BadgeCount } from '../ui/badge-count.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { places } from './places.ts';
import { useWaiting } from './use-waiting.ts';

const tab =
  'relative flex h-14 w-full flex-col items-center justify-center gap-0.5 text-xs text-muted data-[status=active]:font-medium data-[status=active]:text-accent';
const shown = 4;

/** The places, under the thumb. The rest is behind "More". */
export function BottomNav({ onSearch }: { onSearch(): void }) {
  const waiting = useWaiting();
  const [more, setMore] = useState(false);
  return (
    <nav
      aria-label="Places"
      className="border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <ul className="flex">
        {places.slice(0, shown).map((place) => (
          <li key={place.to} className="flex-1">
            <Link to={place.to} className={tab}>
              <place.icon size={20} aria-hidden="true" />
              {place.label}
              {place.to === '/inbox' ? (
                <span className="absolute start-1/2 top-1.5 ms-2">
                  <BadgeCount {...waiting} />
                </span>
              ) : null}
            </Link>
          </li>
        ))}
        <li className="flex-1">
          <button type="button" className={tab} onClick={() => setMore(true)}>
            <Ellipsis size={20} aria-hidden="true" />
            More
          </button>
        </li>
      </ul>
      <Dialog open={more} onOpenChange={setMore} title="More">
        <ul className="-mx-2">
          {places.slice(shown).map((place) => (
            <li key={place.to}>
              <Link
                to={place.to}
                onClick={() => setMore(false)}
                className="flex h-12 items-center gap-3 rounded-md px-2 hover:bg-hover"
              >
                <place.icon size={18} aria-hidden="true" className="text-muted" />
                {place.label}
              </Link>
            </li>
          ))}
          <li>
            <button
              type="button"
              onClick={() => {
                setMore(false);
                onSearch();
              }}
              className="flex h-12 w-full items-center gap-3 rounded-md px-2 hover:bg-hover"
            >
              Search everything
            </button>
          </li>
        </ul>
      </Dialog>
    </nav>
  );
}
