import { useEffect, useRef } from 'react';

/** Keys by name (`c`, `?`, `g t` for one after the other, `mod+k` for ⌘ or Ctrl) and what they do. */
export type Hotkeys = Record<string, () => void>;

const sequenceMs = 1200;

/**
 * Listens on the whole window while mounted. Plain keys are left alone where a person types or a dialog is open;
 * combinations with ⌘ or Ctrl always count.
 */
export function useHotkeys(hotkeys: Hotkeys) {
  const current = useRef(hotkeys);
  current.current = hotkeys;
  useEffect(() => {
    let before = { key: '', atMs: 0 };
    const onKey = (event: KeyboardEvent) => {
      const name = keyName(event);
      if (!name || (!name.startsWith('mod+') && isTaken(event))) return;
      const sequence = event.timeStamp - before.atMs < sequenceMs ? `${before.key} ${name}` : name;
      const act = current.current[sequence] ?? current.current[name];
      before = { key: name, atMs: event.timeStamp };
      if (!act) return;
      event.preventDefault();
      before = { key: '', atMs: 0 };
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function keyName(event: KeyboardEvent): string | null {
  if (event.isComposing || event.altKey || event.defaultPrevented) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.metaKey || event.ctrlKey ? `mod+${key}` : key;
}

/** Somebody types here, or a dialog or menu has the floor. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('input, textarea, select, [role="menu"]')) return true;
  return document.querySelector('[role="dialog"]') !== null;
}
