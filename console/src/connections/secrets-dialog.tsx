import type { Connection, Webhook } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { toast } from '../ui/toast.tsx';

interface SecretsDialogProps {
  connection: Connection;
  open: boolean;
  onOpenChange(open: boolean): void;
}

/** For an endpoint made by hand at Stripe: two secrets while one replaces the other. */
export function SecretsDialog({ connection, open, onOpenChange }: SecretsDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Signing secrets"
      description={`Of an endpoint you made at Stripe that sends to /webhooks/stripe/${connection.id}. They are kept sealed and never shown again.`}
    >
      <SecretsForm connectionId={connection.id} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function SecretsForm({ connectionId, onDone }: { connectionId: string; onDone(): void }) {
  const [secret, setSecret] = useState('');
  const [other, setOther] = useState('');
  const cache = useQueryClient();
  const save = useMutation<Webhook, ApiProblem>({
    mutationFn: () =>
      api.setWebhook(connectionId, { secrets: [secret, other].map((each) => each.trim()).filter(Boolean) }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['connections', 'webhook'] });
      toast('Secrets saved');
      onDone();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (secret.trim()) save.mutate();
      }}
      className="space-y-4"
    >
      <TextField
        type="password"
        label="Secret"
        mono
        placeholder="whsec_…"
        value={secret}
        error={save.error?.field('secrets.0')}
        onChange={(event) => setSecret(event.target.value)}
      />
      <TextField
        type="password"
        label="Second secret, while you roll it"
        mono
        placeholder="Optional"
        value={other}
        error={save.error?.field('secrets.1')}
        onChange={(event) => setOther(event.target.value)}
      />
      {save.error && save.error.errors.length === 0 ? <ProblemNotice error={save.error} /> : null}
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" tone="primary" busy={save.isPending} disabled={secret.trim() === ''}>
          Save secrets
        </Button>
      </DialogActions>
    </form>
  );
}
