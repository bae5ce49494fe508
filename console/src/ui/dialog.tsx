import { lazy, type ReactNode, Suspense } from 'react';

export interface DialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}

const load = () => import('./dialog-window.tsx').then((module) => ({ default: module.DialogWindow }));
const Window = lazy(load);

/** Has it at hand before anybody opens one, once there is nothing better to do. */
export const prepareDialogs = (): void => void load().catch(() => undefined);

/** A question over the page. Esc and a click outside back out; focus returns to where it was. */
export function Dialog(props: DialogProps) {
  return props.open ? (
    <Suspense>
      <Window {...props} />
    </Suspense>
  ) : null;
}

/** The buttons at the foot of a dialog; the main one goes last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap justify-end gap-2">{children}</div>;
}
