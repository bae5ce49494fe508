import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { CopyLine } from '../ui/copy-line.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { focusOnMount } from '../ui/focus.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { toast } from '../ui/toast.tsx';
import { QrCode } from './qr-code.tsx';

interface Opened {
  open: boolean;
  onClose(): void;
}

/** Password, then the app, then the recovery codes: on only when the app's first code was right. */
export function CodesDialog({ open, onClose }: Opened) {
  return (
    <Dialog open={open} onOpenChange={onClose} title="Set up an authenticator app">
      <SetUp onClose={onClose} />
    </Dialog>
  );
}

function SetUp({ onClose }: Pick<Opened, 'onClose'>) {
  const refresh = useRefresh();
  const [isOn, setOn] = useState(false);
  const begin = useMutation<{ uri: string; recoveryCodes: string[] }, ApiProblem, string>({
    mutationFn: (password) => api.beginCodes({ password }),
  });
  if (!begin.data)
    return (
      <OneField
        label="Your password"
        type="password"
        action="Continue"
        error={begin.error}
        busy={begin.isPending}
        onCancel={onClose}
        onSubmit={begin.mutate}
      />
    );
  const { uri, recoveryCodes } = begin.data;
  if (isOn) return <KeepCodes codes={recoveryCodes} onClose={onClose} />;
  return (
    <FirstCode
      uri={uri}
      onCancel={onClose}
      onDone={() => {
        refresh();
        setOn(true);
      }}
    />
  );
}

function FirstCode({ uri, onCancel, onDone }: { uri: string; onCancel(): void; onDone(): void }) {
  const confirm = useMutation<unknown, ApiProblem, string>({
    mutationFn: (code) => api.confirmCodes(code),
    onSuccess: onDone,
  });
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  return (
    <OneField
      label="The code it shows"
      action="Turn on"
      error={confirm.error}
      busy={confirm.isPending}
      onCancel={onCancel}
      onSubmit={confirm.mutate}
    >
      <p className="text-muted">Scan this with the app, or type the key into it.</p>
      <QrCode text={uri} label="Key for the authenticator app" />
      <CopyLine text={secret} label="Copy key" />
    </OneField>
  );
}

/** They cannot be read again. */
function KeepCodes({ codes, onClose }: { codes: string[]; onClose(): void }) {
  return (
    <div>
      <p className="text-muted">
        Keep these recovery codes where you would find them without your phone. Each signs you in once; they
        are not shown again.
      </p>
      <ul className="mt-3 grid grid-cols-2 gap-x-4 gap-y-1 rounded-md border border-line bg-sunken px-3 py-2.5 font-mono text-sm">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <DialogActions>
        <span className="me-auto inline-flex items-center gap-1 text-muted">
          <CopyButton text={codes.join('\n')} label="Copy all codes" /> Copy all
        </span>
        <Button ref={focusOnMount} tone="primary" onClick={onClose}>
          I have kept them
        </Button>
      </DialogActions>
    </div>
  );
}

export function RecoveryCodesDialog({ open, onClose }: Opened) {
  return (
    <Dialog open={open} onOpenChange={onClose} title="New recovery codes">
      <NewCodes onClose={onClose} />
    </Dialog>
  );
}

function NewCodes({ onClose }: Pick<Opened, 'onClose'>) {
  const refresh = useRefresh();
  const make = useMutation<{ recoveryCodes: string[] }, ApiProblem, string>({
    mutationFn: (password) => api.newRecoveryCodes({ password }),
    onSuccess: refresh,
  });
  if (make.data) return <KeepCodes codes={make.data.recoveryCodes} onClose={onClose} />;
  return (
    <OneField
      label="Your password"
      type="password"
      action="Make new codes"
      error={make.error}
      busy={make.isPending}
      onCancel={onClose}
      onSubmit={make.mutate}
    >
      <p className="text-muted">The codes you have now stop working.</p>
    </OneField>
  );
}

export function CodesOffDialog({ open, onClose }: Opened) {
  const refresh = useRefresh();
  const turnOff = useMutation<unknown, ApiProblem, string>({
    mutationFn: (password) => api.removeCodes({ password }),
    onSuccess: () => {
      refresh();
      toast('Codes are off');
      onClose();
    },
  });
  return (
    <Dialog open={open} onOpenChange={onClose} title="Turn off the authenticator app">
      <OneField
        label="Your password"
        type="password"
        action="Turn off"
        error={turnOff.error}
        busy={turnOff.isPending}
        onCancel={onClose}
        onSubmit={turnOff.mutate}
      >
        <p className="text-muted">From then on the password alone signs you in.</p>
      </OneField>
    </Dialog>
  );
}

function useRefresh(): () => void {
  const cache = useQueryClient();
  return () => {
    for (const key of ['account', 'session', 'sessions', 'people'])
      void cache.invalidateQueries({ queryKey: [key] });
  };
}

interface OneFieldProps {
  label: string;
  type?: 'password' | 'text';
  action: string;
  error: ApiProblem | null;
  busy: boolean;
  children?: ReactNode;
  onCancel(): void;
  onSubmit(value: string): void;
}

/** A form that asks for one thing. */
function OneField({
  label,
  type = 'text',
  action,
  error,
  busy,
  children,
  onCancel,
  onSubmit,
}: OneFieldProps) {
  const [value, setValue] = useState('');
  const wrong = error?.field('password') ?? error?.field('code');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim()) onSubmit(type === 'text' ? value.trim() : value);
      }}
    >
      <div className="space-y-3">
        {children}
        <TextField
          label={label}
          type={type}
          mono={type === 'text'}
          inputMode={type === 'text' ? 'numeric' : 'text'}
          autoComplete={type === 'text' ? 'one-time-code' : 'current-password'}
          value={value}
          maxLength={128}
          error={wrong}
          onChange={(event) => setValue(event.target.value)}
        />
        {error && !wrong ? <ProblemNotice error={error} /> : null}
      </div>
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" tone="primary" busy={busy} disabled={value.trim() === ''}>
          {action}
        </Button>
      </DialogActions>
    </form>
  );
}
