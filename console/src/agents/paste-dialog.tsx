import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { TextArea, TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { toast } from '../ui/toast.tsx';

interface PasteDialogProps {
  agentId: string;
  open: boolean;
  onOpenChange(open: boolean): void;
}

export function PasteDialog({ agentId, open, onOpenChange }: PasteDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Paste text"
      description="Markdown headings become the places that answers cite."
    >
      <PasteForm agentId={agentId} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function PasteForm({ agentId, onDone }: { agentId: string; onDone(): void }) {
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const cache = useQueryClient();
  const add = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.addText(agentId, { name: name.trim(), text }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['knowledge', agentId] });
      toast(`${name.trim()} was added`);
      onDone();
    },
  });
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() && text.trim()) add.mutate();
      }}
    >
      <TextField
        label="Name"
        dir="auto"
        placeholder="Refund policy"
        value={name}
        maxLength={200}
        error={add.error?.field('name')}
        onChange={(event) => setName(event.target.value)}
      />
      <TextArea
        label="Text"
        dir="auto"
        value={text}
        error={add.error?.field('text') ?? add.error?.field('file')}
        onChange={(event) => setText(event.target.value)}
        className="min-h-56"
      />
      {add.error && add.error.errors.length === 0 ? <ProblemNotice error={add.error} /> : null}
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button
          type="submit"
          tone="primary"
          busy={add.isPending}
          disabled={name.trim() === '' || text.trim() === ''}
        >
          Add
        </Button>
      </DialogActions>
    </form>
  );
}
