import type { Message, Thread } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { withMessage } from '../live-cache.ts';
import { usePermissions } from '../session.ts';

/** What can be done with a thread's turns, and what is under way. */
export interface Turns {
  mayWrite: boolean;
  /** The text on its way to the server, shown as such. */
  sending: string | null;
  busy: boolean;
  error: ApiProblem | null;
  /** The message being edited, null for none. */
  editing: string | null;
  send(text: string): Promise<boolean>;
  stop(): void;
  retry(): void;
  edit(messageId: string | null): void;
  /** Edits the last thing a person said, where that is possible. */
  editLast(): void;
  resend(messageId: string, text: string): Promise<boolean>;
}

export function useTurns(thread: Thread): Turns {
  const cache = useQueryClient();
  const { write: mayWrite } = usePermissions();
  const [editing, setEditing] = useState<string | null>(null);
  const refetch = () => cache.invalidateQueries({ queryKey: ['thread', thread.id] });
  const resting = thread.status !== 'running' && thread.status !== 'awaiting_approval';

  const send = useMutation<void, ApiProblem, string>({
    mutationFn: async (text) => {
      const { messageId, runId } = await api.sendMessage(thread.id, text);
      const said: Message = { id: messageId, role: 'user', text, createdAt: new Date().toISOString(), runId };
      cache.setQueryData<Thread>(['thread', thread.id], (now) => (now ? withSaid(now, said) : now));
    },
    onError: refetch,
  });
  const stop = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.stop(thread.id),
    onSettled: refetch,
  });
  const retry = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.retry(thread.id),
    onSettled: refetch,
  });
  const resend = useMutation<unknown, ApiProblem, { messageId: string; text: string }>({
    mutationFn: ({ messageId, text }) => api.editMessage(thread.id, messageId, text),
    onSuccess: () => setEditing(null),
    onSettled: refetch,
  });
  const lastSaid = thread.messages.findLast((message) => message.role === 'user');
  const busy = send.isPending || retry.isPending || resend.isPending;
  const settled = (promise: Promise<unknown>) =>
    promise.then(
      () => true,
      () => false,
    );
  return {
    mayWrite: mayWrite && !thread.readOnly,
    sending: send.isPending ? send.variables : null,
    busy,
    error: send.error ?? stop.error ?? retry.error ?? resend.error,
    editing,
    send: (text) => settled(send.mutateAsync(text)),
    stop: () => stop.mutate(),
    retry: () => retry.mutate(),
    edit: setEditing,
    editLast: () => {
      if (lastSaid && resting) setEditing(lastSaid.id);
    },
    resend: (messageId, text) => settled(resend.mutateAsync({ messageId, text })),
  };
}

/** The stream may have brought the message first, and with it the answer: then nothing is added. */
function withSaid(thread: Thread, said: Message): Thread {
  if (thread.messages.some((message) => message.id === said.id)) return thread;
  return { ...withMessage(thread, said), status: 'running' };
}
