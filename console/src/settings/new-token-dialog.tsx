import type { ApiToken, Role } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { CopyLine } from '../ui/copy-line.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { focusOnMount } from '../ui/focus.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';

const roles: { role: Role; words: string }[] = [
  { role: 'viewer', words: 'Viewer: reads' },
  { role: 'approver', words: 'Approver: reads and approves' },
  { role: 'requester', words: 'Requester: works with agents, approves nothing' },
  { role: 'operator', words: 'Operator: works with agents' },
  { role: 'owner', words: 'Owner: everything' },
];

/** 0: never. */
const lifetimes = [
  { days: 7, words: 'In a week' },
  { days: 30, words: 'In 30 days' },
  { days: 90, words: 'In 90 days' },
  { days: 365, words: 'In a year' },
  { days: 0, words: 'Not before it is revoked' },
];

interface NewTokenDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
}

export function NewTokenDialog({ open, onOpenChange }: NewTokenDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="New API token">
      <NewToken onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

function NewToken({ onClose }: { onClose(): void }) {
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [days, setDays] = useState(90);
  const create = useMutation<ApiToken & { token: string }, ApiProblem>({
    mutationFn: () => api.createToken({ name: name.trim(), role, ...(days > 0 ? { days } : {}) }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['tokens'] }),
  });
  if (create.data) return <ShownOnce token={create.data.token} onClose={onClose} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) create.mutate();
      }}
    >
      <div className="space-y-4">
        <TextField
          label="Name"
          placeholder="Nightly export"
          value={name}
          maxLength={80}
          error={create.error?.field('name')}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField
          label="Role"
          value={role}
          onChange={(event) =>
            setRole(roles.find((each) => each.role === event.target.value)?.role ?? 'viewer')
          }
        >
          {roles.map((each) => (
            <option key={each.role} value={each.role}>
              {each.words}
            </option>
          ))}
        </SelectField>
        <SelectField label="Ends" value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {lifetimes.map((each) => (
            <option key={each.days} value={each.days}>
              {each.words}
            </option>
          ))}
        </SelectField>
        {create.error && !create.error.field('name') ? <ProblemNotice error={create.error} /> : null}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" busy={create.isPending} disabled={name.trim() === ''}>
          Create token
        </Button>
      </DialogActions>
    </form>
  );
}

/** Only its hash is kept, so this is the one time it can be read. */
function ShownOnce({ token, onClose }: { token: string; onClose(): void }) {
  return (
    <div>
      <p className="text-muted">Copy it now: it is not stored and cannot be shown again.</p>
      <div className="mt-3">
        <CopyLine text={token} label="Copy token" />
      </div>
      <DialogActions>
        <Button ref={focusOnMount} tone="primary" onClick={onClose}>
          I have copied it
        </Button>
      </DialogActions>
    </div>
  );
}
