import type { OwnAccount } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { signInOfferQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { canUsePasskeys, makePasskey } from '../ui/passkey.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';
import { SettingRow } from './setting-row.tsx';

/** Passkeys: the phone, the laptop or a key in the pocket instead of anything typed. */
export function PasskeyList({ account }: { account: OwnAccount }) {
  const cache = useQueryClient();
  const rpId = useQuery(signInOfferQuery()).data?.passkeys.rpId;
  const usable = rpId !== undefined && canUsePasskeys(rpId);
  const refresh = () =>
    Promise.all(['account', 'session', 'people'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
  const add = useMutation<boolean, ApiProblem>({
    mutationFn: async () => {
      const response = await makePasskey(await api.newPasskeyOptions());
      if (response) await api.addPasskey({ name: deviceName(navigator.userAgent), response });
      return response !== null;
    },
    onSuccess: async (added) => {
      if (!added) return;
      await refresh();
      toast('The passkey was added');
    },
  });
  return (
    <>
      <SettingRow
        title="Passkeys"
        state={
          account.passkeys.length > 0 ? <Tag tone="good">{account.passkeys.length}</Tag> : <Tag>None</Tag>
        }
        action={
          <Button disabled={!usable} busy={add.isPending} onClick={() => add.mutate()}>
            Add a passkey
          </Button>
        }
      >
        {usable || rpId === undefined
          ? 'Signs you in with a fingerprint, your face or a security key, and counts as both factors.'
          : `Browsers keep passkeys for names, not for addresses: open Purser as ${rpId} to add one.`}
        {add.error ? <ProblemNotice error={add.error} /> : null}
      </SettingRow>
      {account.passkeys.map((passkey) => (
        <PasskeyRow key={passkey.id} passkey={passkey} onRemoved={refresh} />
      ))}
    </>
  );
}

function PasskeyRow(props: { passkey: OwnAccount['passkeys'][number]; onRemoved(): Promise<unknown> }) {
  const { id, name, createdAt } = props.passkey;
  const [removing, setRemoving] = useState(false);
  const remove = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.removePasskey(id),
    onSuccess: props.onRemoved,
  });
  return (
    <li className="flex items-center gap-3 py-2.5 ps-8 pe-4">
      <p className="min-w-0 flex-1">
        <bdi className="block truncate">{name}</bdi>
        <span className="text-muted">
          added <Time at={createdAt} />
        </span>
      </p>
      <Button size="small" aria-label={`Remove passkey ${name}`} onClick={() => setRemoving(true)}>
        Remove
      </Button>
      <ConsequenceDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Remove passkey ${name}`}
        action="Remove passkey"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        It no longer signs you in. The device may go on offering it: delete it there as well.
      </ConsequenceDialog>
    </li>
  );
}

/** What a person would call the device; they made it here, so this one. */
export function deviceName(userAgent: string): string {
  const known: [RegExp, string][] = [
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/Mac OS X/, 'Mac'],
    [/Windows/, 'Windows'],
    [/CrOS/, 'Chromebook'],
    [/Linux/, 'Linux'],
  ];
  return known.find(([sign]) => sign.test(userAgent))?.[1] ?? 'Passkey';
}

/** `Chrome on Mac`. */
export function browserName(userAgent: string | null): string {
  if (!userAgent) return 'Unknown browser';
  const known: [RegExp, string][] = [
    [/Edg\//, 'Edge'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ];
  const browser = known.find(([sign]) => sign.test(userAgent))?.[1] ?? 'A browser';
  const device = deviceName(userAgent);
  return device === 'Passkey' ? browser : `${browser} on ${device}`;
}
