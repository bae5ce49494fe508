import type { Thread } from '@purser/server/api';
import { useEffect, useRef } from 'react';
import { announce } from '../ui/announcer.tsx';
import { spoken, spokenUpTo } from './spoken-text.ts';

/** Reads a growing answer to screen readers, sentence by sentence. */
export function useSpokenAnswer(thread: Thread) {
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
