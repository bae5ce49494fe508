import type { Agent } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';

interface NewAgentDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
}

/** A name suffices; all else can be said later. */
export function NewAgentDialog({ open, onOpenChange }: NewAgentDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New agent"
      description="A name is enough. Instructions, model and connections come next."
    >
      <NewAgentForm onCancel={() => onOpenChange(false)} />
    </Dialog>
  );
}

function NewAgentForm({ onCancel }: { onCancel(): void }) {
  const [name, setName] = useState('');
  const navigate = useNavigate();
  const cache = useQueryClient();
  const create = useMutation<Agent, ApiProblem>({
    mutationFn: () => api.createAgent({ name: name.trim() }),
    onSuccess: async (agent) => {
      cache.setQueryData(['agents', 'one', agent.id], agent);
      void cache.invalidateQueries({ queryKey: ['agents', 'list'] });
      await navigate({ to: '/agents/$agentId/{-$tab}', params: { agentId: agent.id } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) create.mutate();
      }}
    >
      <TextField
        label="Name"
        placeholder="Billing assistant"
        value={name}
        maxLength={80}
        error={create.error?.field('name')}
        onChange={(event) => setName(event.target.value)}
      />
      {create.error && !create.error.field('name') ? (
        <div className="mt-3">
          <ProblemNotice error={create.error} />
        </div>
      ) : null}
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" tone="primary" busy={create.isPending} disabled={name.trim() === ''}>
          Create agent
        </Button>
      </DialogActions>
    </form>
  );
}
