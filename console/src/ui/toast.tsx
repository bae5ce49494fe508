import { useSyncExternalStore } from 'react';

interface Toast {
  id: number;
  text: string;
}

let toasts: Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();
const shownMs = 4000;

function set(next: Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

/** A short word about something that worked and is no longer in sight. */
export function toast(text: string) {
  last += 1;
  const id = last;
  set([...toasts, { id, text }].slice(-3));
  setTimeout(() => set(toasts.filter((each) => each.id !== id)), shownMs);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-50 flex flex-col items-center gap-2 px-4 md:bottom-6"
    >
      {shown.map((each) => (
        <div key={each.id} className="rounded-lg bg-ink px-3.5 py-2 text-canvas shadow-float">
          {each.text}
        </div>
      ))}
    </div>
  );
}
