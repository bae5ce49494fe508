import type { Agent } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { useRef } from 'react';
import { ApiProblem, api } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { DialogActions } from '../ui/dialog.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';

/** An agent that was exported, here or elsewhere. */
export function ImportAgent({ onCancel }: { onCancel(): void }) {
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const read = useMutation<Agent, ApiProblem, File>({
    mutationFn: async (file) => api.importAgent(await jsonIn(file)),
    onSuccess: async (agent) => {
      void cache.invalidateQueries({ queryKey: ['agents', 'list'] });
      await navigate({ to: '/agents/$agentId/{-$tab}', params: { agentId: agent.id } });
    },
  });
  return (
    <>
      <p className="text-muted">
        A file from “Export” in an agent’s menu. It brings instructions, model and limits; an owner attaches
        the accounts afterwards, and documents are uploaded anew.
      </p>
      <input
        ref={input}
        type="file"
        hidden
        accept="application/json,.json"
        aria-label="File of an agent"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) read.mutate(file);
        }}
      />
      {read.error ? (
        <div className="mt-3">
          <ProblemNotice error={read.error} />
        </div>
      ) : null}
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button tone="primary" busy={read.isPending} onClick={() => input.current?.click()}>
          <FileUp size={15} aria-hidden="true" />
          Choose a file
        </Button>
      </DialogActions>
    </>
  );
}

/** @throws ApiProblem */
async function jsonIn(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch (cause) {
    throw new ApiProblem(
      { status: 422, title: 'No file of an agent', detail: `${file.name} is not JSON.` },
      cause,
    );
  }
}
