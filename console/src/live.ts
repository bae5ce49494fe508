import type { LiveEvent } from '@purser/server/api';
import type { QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useSyncExternalStore } from 'react';
import { applyLiveEvent } from './live-cache.ts';

export type LiveStatus = 'connecting' | 'open' | 'lost';

/** A record, so that none is left out: a type nobody listens to is never heard. */
const eventTypes: Record<LiveEvent['type'], true> = {
  thread: true,
  message: true,
  delta: true,
  progress: true,
  approvals: true,
  thread_summary: true,
  thread_deleted: true,
  changed: true,
};
const firstRetryMs = 500;
const longestRetryMs = 15_000;
/** A window nobody looks at for this long lets go of its connection: browsers allow only six to one host. */
const hiddenMs = 30_000;

/** The one stream of this window. */
export interface Live {
  /** Begins to listen; returns what ends it. */
  start(): () => void;
  /** Reads a thread anew: through the stream where it is watched, so that nothing older overtakes it. */
  refresh(threadId: string): void;
  /** The thread this window shows, null for none. */
  watch(threadId: string | null): void;
  status(): LiveStatus;
  subscribe(listener: () => void): () => void;
}

/** One EventSource that feeds the cache, reconnects with back-off and refetches what it may have missed. */
export function createLive(cache: QueryClient): Live {
  let source: EventSource | null = null;
  let watched: string | null = null;
  let status: LiveStatus = 'connecting';
  let retryMs = firstRetryMs;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let started = false;
  let missedSome = false;
  const listeners = new Set<() => void>();

  const setStatus = (next: LiveStatus) => {
    status = next;
    for (const listener of listeners) listener();
  };
  const close = () => {
    clearTimeout(retryTimer);
    source?.close();
    source = null;
  };
  const onOpen = () => {
    retryMs = firstRetryMs;
    setStatus('open');
    if (missedSome) void cache.invalidateQueries();
    missedSome = false;
  };
  const onError = () => {
    close();
    missedSome = true;
    setStatus('lost');
    // An ended session looks like any other failure here: asking for it tells.
    void cache.invalidateQueries({ queryKey: ['session'] });
    retryTimer = setTimeout(open, retryMs * (0.75 + Math.random() / 2));
    retryMs = Math.min(retryMs * 2, longestRetryMs);
  };
  const open = () => {
    close();
    const opened = new EventSource(watched ? `/api/live?thread=${encodeURIComponent(watched)}` : '/api/live');
    source = opened;
    opened.onopen = onOpen;
    opened.onerror = onError;
    listen(opened, cache, () => source === opened && open());
  };
  const letGo = () => {
    missedSome = true;
    close();
  };
  return {
    start() {
      started = true;
      const forget = onPresence(letGo, () => source ?? open());
      window.addEventListener('online', open);
      // Without a network the stream may hang on: opened anew, it tells whether Purser is out of reach.
      window.addEventListener('offline', open);
      open();
      return () => {
        started = false;
        forget();
        window.removeEventListener('online', open);
        window.removeEventListener('offline', open);
        close();
      };
    },
    refresh(threadId) {
      if (source && status === 'open' && watched === threadId) open();
      else void cache.invalidateQueries({ queryKey: ['thread', threadId] });
    },
    watch(threadId) {
      if (watched === threadId) return;
      watched = threadId;
      if (started && source) open();
    },
    status: () => status,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Feeds what one stream tells to the cache, and says when something was missed. */
function listen(source: EventSource, cache: QueryClient, onMissed: () => void) {
  for (const type of Object.keys(eventTypes)) {
    source.addEventListener(type, (message) => {
      // A stream that was closed may still have events in its queue.
      if (source.readyState === EventSource.CLOSED) return;
      const complete = applyLiveEvent(cache, { type, ...JSON.parse(message.data) } as LiveEvent);
      if (!complete) onMissed();
    });
  }
}

/** Tells when nobody has looked at the window for a while, and when somebody does again. Returns what ends it. */
function onPresence(onGone: () => void, onBack: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onChange = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(onGone, hiddenMs);
    else onBack();
  };
  document.addEventListener('visibilitychange', onChange);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onChange);
  };
}

export const LiveContext = createContext<Live | null>(null);

/** @throws Error outside of LiveContext. */
export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLive is used outside of LiveContext');
  return live;
}

/** Listens while the component is mounted: as long as somebody is signed in. */
export function useLiveStream() {
  const live = useLive();
  useEffect(() => live.start(), [live]);
}

export function useLiveStatus(): LiveStatus {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, live.status);
}

/** Follows one thread while the component is shown; null for none. */
export function useLiveThread(threadId: string | null) {
  const live = useLive();
  useEffect(() => {
    live.watch(threadId);
    return () => live.watch(null);
  }, [live, threadId]);
}
