import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLiveStatus } from '../live.ts';

/** A short drop is nobody's business. */
const patienceMs = 2500;

/** Says when the window is cut off, and what still works. */
export function ConnectionBanner() {
  const lost = useLiveStatus() === 'lost';
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!lost) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), patienceMs);
    return () => clearTimeout(timer);
  }, [lost]);
  return (
    <div role="status">
      {shown ? (
        <p className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-2 text-center text-warn">
          <WifiOff size={15} aria-hidden="true" className="shrink-0" />
          Purser cannot be reached. You can read what is loaded; sending works again once the connection is
          back.
        </p>
      ) : null}
    </div>
  );
}
