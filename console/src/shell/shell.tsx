import { Outlet, useMatch, useNavigate, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { HaltDialog } from '../cards/halt-dialog.tsx';
import { useLiveStream } from '../live.ts';
import { Announcer } from '../ui/announcer.tsx';
import { cx } from '../ui/class-names.ts';
import { prepareDialogs } from '../ui/dialog.tsx';
import { focusPageTitle } from '../ui/focus.ts';
import { Toasts } from '../ui/toast.tsx';
import { useHotkeys } from '../ui/use-hotkeys.ts';
import { BottomNav } from './bottom-nav.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { HaltBanner } from './halt-banner.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { places } from './places.ts';
import { Sidebar } from './sidebar.tsx';
import { StepUpDialog } from './step-up-dialog.tsx';
import { useSpokenInbox } from './use-spoken-inbox.ts';

/** By then what was opened is there. */
const restMs = 3_000;

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));

/** The frame around every screen: places, palette, shortcuts, and what is said to screen readers. */
export function Shell() {
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [halting, setHalting] = useState(false);
  const inThread = useMatch({ from: '/signed-in/threads/$threadId', shouldThrow: false }) !== undefined;
  const inNewThread = useMatch({ from: '/signed-in/threads/new', shouldThrow: false }) !== undefined;
  useShortcuts({ openPalette: () => setPalette(true), openHelp: () => setHelp(true) });
  useFocusOnNavigation();
  useLiveStream();
  useSpokenInbox();
  useEffect(() => {
    const timer = setTimeout(prepareDialogs, restMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent-fill px-3 py-2 text-white focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <ConnectionBanner />
      <HaltBanner />
      <div className="flex min-h-0 flex-1">
        <Sidebar onSearch={() => setPalette(true)} />
        <main
          id="main"
          className="min-w-0 flex-1 bg-surface md:my-2 md:me-2 md:overflow-hidden md:rounded-xl md:border md:border-line md:shadow-card"
        >
          <Outlet />
        </main>
      </div>
      <div className={cx((inThread || inNewThread) && 'hidden')}>
        <BottomNav onSearch={() => setPalette(true)} />
      </div>
      <HaltDialog target="all" open={halting} onOpenChange={setHalting} />
      <StepUpDialog />
      <HelpDialog open={help} onOpenChange={setHelp} />
      {palette ? (
        <Suspense>
          <Palette
            onClose={() => setPalette(false)}
            onHalt={() => setHalting(true)}
            onHelp={() => setHelp(true)}
          />
        </Suspense>
      ) : null}
      <Toasts />
      <Announcer />
    </div>
  );
}

function useShortcuts({ openPalette, openHelp }: { openPalette(): void; openHelp(): void }) {
  const navigate = useNavigate();
  const go = Object.fromEntries(
    places.map((place) => [`g ${place.key}`, () => void navigate({ to: place.to })]),
  );
  useHotkeys({
    ...go,
    'mod+k': openPalette,
    c: () => void navigate({ to: '/threads/new' }),
    '?': openHelp,
    '/': () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
  });
}

function useFocusOnNavigation() {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onRendered', (event) => {
        if (event.pathChanged && event.fromLocation) focusPageTitle();
      }),
    [router],
  );
}
