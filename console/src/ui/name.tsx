import { withoutBidiControls } from './plain-text.ts';

/** A mail address: it reads from left to right whatever its letters, so that its host is where hosts are. */
export function Address({ children }: { children: string }) {
  return <bdi dir="ltr">{withoutBidiControls(children)}</bdi>;
}

/** A name somebody chose, inside of other words: its direction stays its own. */
export function Name({ children }: { children: string }) {
  return <bdi>{withoutBidiControls(children)}</bdi>;
}
