import { withoutBidiControls } from './plain-text.ts';

/** A name somebody chose, inside of other words: its direction stays its own. */
export function Name({ children }: { children: string }) {
  return <bdi>{withoutBidiControls(children)}</bdi>;
}
