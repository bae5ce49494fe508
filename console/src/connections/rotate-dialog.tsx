import type { Connection } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { connectionTypesQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { toast } from '../ui/toast.tsx';

interface RotateDialogProps {
  connection: Connection;
  open: boolean;
  onOpenChange(open: boolean): void;
}

/** A new key for the same account in the same mode; the old one goes once the new one works. */
export function RotateDialog({ connection, open, onOpenChange }: RotateDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Rotate key"
      description={`The new key must belong to ${connection.account.name || connection.account.id}, in ${connection.mode} mode. The old one is replaced once the new one works.`}
    >
      <RotateForm connection={connection} onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

function RotateForm({ connection, onClose }: { connection: Connection; onClose(): void }) {
  const cache = useQueryClient();
  const [values, setValues] = useState<Record<string, string>>({});
  const type = useQuery(connectionTypesQuery()).data?.find((each) => each.type === connection.type);
  // What is no secret says whose account it is, which a new key does not change.
  const fields = type?.credentials.filter((field) => field.secret) ?? [];
  const rotate = useMutation<Connection, ApiProblem>({
    mutationFn: () => api.rotateConnection(connection.id, values),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['connections'] });
      toast('The key was replaced');
      onClose();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        rotate.mutate();
      }}
    >
      <div className="space-y-4">
        {fields.map((field) => (
          <TextField
            key={field.name}
            label={`New ${field.label.toLowerCase()}`}
            type={field.secret ? 'password' : 'text'}
            autoComplete={field.secret ? 'new-password' : 'off'}
            spellCheck={false}
            mono
            placeholder={field.placeholder}
            error={rotate.error?.message}
            value={values[field.name] ?? ''}
            onChange={(event) => setValues({ ...values, [field.name]: event.target.value.trim() })}
          />
        ))}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          tone="primary"
          busy={rotate.isPending}
          disabled={fields.length === 0 || fields.some((field) => !values[field.name])}
        >
          Replace key
        </Button>
      </DialogActions>
    </form>
  );
}
