import type { Connection } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { connectionTypesQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { toast } from '../ui/toast.tsx';
import { CredentialInput } from './credential-input.tsx';

interface RotateDialogProps {
  connection: Connection;
  open: boolean;
  onOpenChange(open: boolean): void;
}

/** Without what was left empty. */
const entered = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value.trim() ? [[name, value.trim()]] : [])),
  );

/** A new key for the same account in the same mode; the old one goes once the new one works. */
export function RotateDialog({ connection, open, onOpenChange }: RotateDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Rotate key"
      description={`The new key must belong to ${connection.account.name || connection.account.id}${connection.beside ? '' : `, in ${connection.mode} mode`}. The old one is replaced once the new one works.`}
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
    mutationFn: () => api.rotateConnection(connection.id, entered(values)),
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
          <CredentialInput
            key={field.name}
            field={field}
            label={`New ${field.label.toLowerCase()}`}
            error={field === fields[0] ? rotate.error?.message : undefined}
            value={values[field.name] ?? ''}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          tone="primary"
          busy={rotate.isPending}
          disabled={
            fields.length === 0 || fields.some((field) => !field.optional && !values[field.name]?.trim())
          }
        >
          Replace key
        </Button>
      </DialogActions>
    </form>
  );
}
