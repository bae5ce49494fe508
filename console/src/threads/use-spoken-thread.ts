import type { Thread } from '@purser/server/api';
import { useEffect, useRef } from 'react';
import { announce } from '../ui/announcer.tsx';
import { spoken, spokenUpTo } from './spoken-text.ts';

/** Reads a growing answer to screen readers sentence by sentence, and what waits for them at once. */
export function useSpokenThread(thread: Thread) {
  useSpokenAnswer(thread);
  useSpokenApprovals(thread);
}

function useSpokenAnswer(thread: Thread) {
  const last = thread.messages.at(-1);
  const said = useRef({ id: '', upTo: 0 });
  const running = thread.status === 'running';
  useEffect(() => {
    if (last?.role !== 'assistant') return;
    const seen = said.current.id === last.id;
    // What stood there when the page was opened is read by the reader itself.
    const from = seen ? said.current.upTo : running ? 0 : last.text.length;
    const upTo = running ? spokenUpTo(last.text, from) : last.text.length;
    if (upTo > from) announce(spoken(last.text.slice(from, upTo)));
    said.current = { id: last.id, upTo };
  }, [last, running]);
}

function useSpokenApprovals(thread: Thread) {
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    const pending = thread.approvals.filter((approval) => approval.status === 'pending');
    const before = known.current;
    known.current = new Set(pending.map((approval) => approval.id));
    for (const approval of pending) {
      if (!before?.has(approval.id)) announce(`Waiting for you: ${approval.summary}`, 'assertive');
    }
  }, [thread.approvals]);
}
