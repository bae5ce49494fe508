import type { Proof } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { signInOfferQuery } from '../queries.ts';
import { useSession } from '../session.ts';
import { setAsker } from '../step-up.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { askForPasskey, canUsePasskeys } from '../ui/passkey.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';

/** Asks whether it is still the person who signed in, whenever the server wants to know. */
export function StepUpDialog() {
  const [open, setOpen] = useState(false);
  const answer = useRef<((proven: boolean) => void) | undefined>(undefined);
  useEffect(() => {
    setAsker(
      () =>
        new Promise((resolve) => {
          answer.current = resolve;
          setOpen(true);
        }),
    );
    return () => setAsker(undefined);
  }, []);
  const finish = (proven: boolean) => {
    setOpen(false);
    answer.current?.(proven);
    answer.current = undefined;
  };
  return (
    <Dialog
      open={open}
      onOpenChange={() => finish(false)}
      title="Confirm that it is you"
      description="This changes keys, policies or people, concerns a customer’s data, or moves much money. You will not be asked again for ten minutes."
    >
      <Proofs onProven={() => finish(true)} onCancel={() => finish(false)} />
    </Dialog>
  );
}

function Proofs({ onProven, onCancel }: { onProven(): void; onCancel(): void }) {
  const cache = useQueryClient();
  const proofs = useSession()?.proofs ?? [];
  const [typed, setTyped] = useState('');
  const byCode = proofs.includes('code');
  const prove = useMutation<boolean, ApiProblem, 'typed' | 'passkey'>({
    mutationFn: async (way) => {
      if (way === 'typed') {
        await api.prove(byCode ? { code: typed.trim() } : { password: typed });
        return true;
      }
      const passkey = await askForPasskey(await api.passkeyOptions());
      if (passkey) await api.prove({ passkey });
      return passkey !== null;
    },
    onSuccess: async (proven) => {
      if (!proven) return;
      await cache.invalidateQueries({ queryKey: ['sessions'] });
      onProven();
    },
  });
  const canType = byCode || proofs.includes('password');
  const wrong = prove.error?.field('code') ?? prove.error?.field('password');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed) prove.mutate('typed');
      }}
    >
      <div className="space-y-3">
        {canType ? (
          <TextField
            label={byCode ? 'Code of your app, or a recovery code' : 'Password'}
            type={byCode ? 'text' : 'password'}
            autoComplete={byCode ? 'one-time-code' : 'current-password'}
            mono={byCode}
            value={typed}
            maxLength={128}
            error={wrong}
            onChange={(event) => setTyped(event.target.value)}
          />
        ) : null}
        <Quicker proofs={proofs} busy={prove.isPending} onPasskey={() => prove.mutate('passkey')} />
        {prove.error && !wrong ? <ProblemNotice error={prove.error} /> : null}
      </div>
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        {canType ? (
          <Button type="submit" tone="primary" busy={prove.isPending} disabled={!typed}>
            Confirm
          </Button>
        ) : null}
      </DialogActions>
    </form>
  );
}

function Quicker({
  proofs,
  busy,
  onPasskey,
}: {
  proofs: readonly Proof[];
  busy: boolean;
  onPasskey(): void;
}) {
  const offer = useQuery(signInOfferQuery()).data;
  const again = useMutation<{ url: string }, ApiProblem>({
    mutationFn: () => api.signInByProvider(true),
    onSuccess: ({ url }) => location.assign(url),
  });
  return (
    <>
      {proofs.includes('passkey') && offer && canUsePasskeys(offer.passkeys.rpId) ? (
        <Button className="w-full" busy={busy} onClick={onPasskey}>
          <KeyRound size={14} aria-hidden="true" /> Use your passkey
        </Button>
      ) : null}
      {proofs.includes('provider') && offer?.provider ? (
        <Button className="w-full" busy={again.isPending} onClick={() => again.mutate()}>
          <span className="truncate">Sign in again with {offer.provider.name}</span>
        </Button>
      ) : null}
      {again.error ? <ProblemNotice error={again.error} /> : null}
    </>
  );
}
