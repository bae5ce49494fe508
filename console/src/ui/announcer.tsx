import { useSyncExternalStore } from 'react';

type Urgency = 'polite' | 'assertive';

const said: Record<Urgency, string> = { polite: '', assertive: '' };
const listeners = new Set<() => void>();

/** Tells screen readers something that the eye sees elsewhere. The same words twice are said twice. */
export function announce(text: string, urgency: Urgency = 'polite') {
  said[urgency] = said[urgency] === text ? `${text}\u00a0` : text;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The two live regions. Stands once in the page, from the first paint on. */
export function Announcer() {
  const polite = useSyncExternalStore(subscribe, () => said.polite);
  const assertive = useSyncExternalStore(subscribe, () => said.assertive);
  return (
    <div className="sr-only">
      <div aria-live="polite">{polite}</div>
      <div role="alert" aria-live="assertive">
        {assertive}
      </div>
    </div>
  );
}
