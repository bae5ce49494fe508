import type { Thread } from '@purser/server/api';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { useLive } from '../live.ts';
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
  /** The message that may be edited: the last a person said, unless its turn already changed something. */
  editable: string | null;
  /** Edits it, where there is one. */
  editLast(): void;
  resend(messageId: string, text: string): Promise<boolean>;
}

export function useTurns(thread: Thread): Turns {
  const live = useLive();
  const { write: mayWrite } = usePermissions();
  const [editing, setEditing] = useState<string | null>(null);
  const refetch = () => live.refresh(thread.id);
  const resting = thread.status !== 'running' && thread.status !== 'awaiting_approval';

  const saidSoFar = thread.messages.filter((message) => message.role === 'user').length;
  const send = useMutation<unknown, ApiProblem, { text: string; saidBefore: number }>({
    mutationFn: ({ text }) => api.sendMessage(thread.id, text),
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
  const editable = mayWrite && resting ? editableMessage(thread) : null;
  const busy = send.isPending || retry.isPending || resend.isPending;
  const settled = (promise: Promise<unknown>) =>
    promise.then(
      () => true,
      () => false,
    );
  return {
    mayWrite: mayWrite && !thread.readOnly,
    sending:
      (send.isPending || send.isSuccess) && send.variables.saidBefore === saidSoFar
        ? send.variables.text
        : null,
    busy,
    error: send.error ?? stop.error ?? retry.error ?? resend.error,
    editing,
    editable,
    send: (text) => settled(send.mutateAsync({ text, saidBefore: saidSoFar })),
    stop: () => stop.mutate(),
    retry: () => retry.mutate(),
    edit: setEditing,
    editLast: () => {
      if (editable) setEditing(editable);
    },
    resend: (messageId, text) => settled(resend.mutateAsync({ messageId, text })),
  };
}

/** An edit replaces the answer, so it must not hide that something was done. */
function editableMessage(thread: Thread): string | null {
  const at = thread.messages.findLastIndex((message) => message.role === 'user');
  const calls = thread.messages.slice(at + 1).flatMap((message) => message.toolCalls ?? []);
  const wrote = calls.some((call) => call.effect !== 'read' && call.status === 'completed');
  return thread.readOnly || wrote ? null : (thread.messages[at]?.id ?? null);
}
