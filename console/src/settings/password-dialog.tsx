import type { OwnAccount } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { toast } from '../ui/toast.tsx';

interface PasswordDialogProps {
  account: OwnAccount;
  open: boolean;
  onClose(): void;
}

/** The first time it also asks for the address that goes with it: the owner of the link has none of their own. */
export function PasswordDialog({ account, open, onClose }: PasswordDialogProps) {
  const title = account.hasPassword ? 'Change your password' : 'Set a password';
  return (
    <Dialog open={open} onOpenChange={onClose} title={title}>
      <PasswordForm account={account} onClose={onClose} />
    </Dialog>
  );
}

const placeholderAddress = /@purser\.local$/;

function PasswordForm({ account, onClose }: Omit<PasswordDialogProps, 'open'>) {
  const cache = useQueryClient();
  const [email, setEmail] = useState(placeholderAddress.test(account.email) ? '' : account.email);
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const save = useMutation<unknown, ApiProblem>({
    mutationFn: async () => {
      if (email.trim() !== account.email) await api.changeAccount({ email: email.trim() });
      await api.setPassword({ password, ...(account.hasPassword ? { current } : {}) });
    },
    onSuccess: async () => {
      await Promise.all(
        ['account', 'session', 'sessions'].map((key) => cache.invalidateQueries({ queryKey: [key] })),
      );
      toast('Your password is set; other browsers are signed out');
      onClose();
    },
  });
  const field = (name: string) => save.error?.field(name);
  const isElsewhere = save.error && !['email', 'current', 'password'].some(field);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div className="space-y-4">
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          value={email}
          maxLength={320}
          error={field('email')}
          onChange={(event) => setEmail(event.target.value)}
        />
        {account.hasPassword ? (
          <TextField
            label="Password so far"
            type="password"
            autoComplete="current-password"
            value={current}
            maxLength={128}
            error={field('current')}
            onChange={(event) => setCurrent(event.target.value)}
          />
        ) : null}
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          hint="At least 12 characters. A sentence only you would write is good."
          value={password}
          maxLength={128}
          error={field('password')}
          onChange={(event) => setPassword(event.target.value)}
        />
        {isElsewhere ? <ProblemNotice error={save.error} /> : null}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          tone="primary"
          busy={save.isPending}
          disabled={password.length < 12 || !email.includes('@')}
        >
          Save password
        </Button>
      </DialogActions>
    </form>
  );
}
