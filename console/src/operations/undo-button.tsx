import type { Operation } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { Name } from '../ui/name.tsx';
import { useNow } from '../ui/time.tsx';
import { exactTime } from '../ui/time-words.ts';

/** Sets an operation back, by another one that goes through the same guard; shown only where it is possible. */
export function UndoButton({ operation }: { operation: Operation }) {
  const { write } = usePermissions();
  const [asking, setAsking] = useState(false);
  const now = useNow();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { undo } = operation;
  const undoing = useMutation<{ threadId: string }, ApiProblem>({
    mutationFn: () => api.undo(operation.id),
    onSuccess: ({ threadId }) => navigate({ to: '/threads/$threadId', params: { threadId } }),
    onSettled: () => cache.invalidateQueries({ queryKey: ['operations'] }),
  });
  if (!undo || operation.state !== 'done' || operation.undoneBy) return null;
  const late = undo.until !== undefined && new Date(undo.until) <= now;
  return (
    <>
      <Button disabled={!write || late} onClick={() => setAsking(true)}>
        <Undo2 size={14} aria-hidden="true" />
        Undo…
      </Button>
      <ConsequenceDialog
        open={asking}
        onOpenChange={setAsking}
        title="Undo this operation"
        action={undo.label}
        busy={undoing.isPending}
        error={undoing.error}
        onConfirm={() => undoing.mutate()}
      >
        <p>
          What will happen: <Name>{undo.label}</Name>. It is an operation of its own, with the same policy and
          approvals as any other, and its thread shows how it goes.
        </p>
        {undo.until ? <p className="mt-2">Possible until {exactTime(undo.until)}.</p> : null}
      </ConsequenceDialog>
    </>
  );
}
