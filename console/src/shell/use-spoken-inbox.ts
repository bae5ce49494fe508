import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { newestWaitingQuery } from '../queries.ts';
import { announce } from '../ui/announcer.tsx';

/** Tells screen readers at once, wherever they are, that something new waits for them. */
export function useSpokenInbox() {
  const approvals = useQuery(newestWaitingQuery()).data;
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (!approvals) return;
    const before = known.current;
    known.current = new Set(approvals.map((approval) => approval.id));
    // What waited before this window was opened is found in the inbox.
    const news = before ? approvals.filter((approval) => !before.has(approval.id)) : [];
    for (const approval of news) announce(`Waiting for you: ${approval.summary}`, 'assertive');
  }, [approvals]);
}
