import type { Consent } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { connectionsQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { toast } from '../ui/toast.tsx';

interface RecordConsentProps {
  open: boolean;
  onOpenChange(open: boolean): void;
}

export function RecordConsent({ open, onOpenChange }: RecordConsentProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Record consent">
      <Word onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

/** What somebody said, and how: both have to be known when somebody asks. */
function Word({ onClose }: { onClose(): void }) {
  const cache = useQueryClient();
  const accounts = useQuery(connectionsQuery()).data?.filter(({ type }) => type === 'stripe') ?? [];
  const [chosen, setChosen] = useState<string>();
  const [address, setAddress] = useState('');
  const [how, setHow] = useState('');
  const [given, setGiven] = useState(true);
  const connectionId = chosen ?? accounts[0]?.id ?? '';
  const record = useMutation<Consent, ApiProblem>({
    mutationFn: () => api.recordConsent({ connectionId, address: address.trim(), given, how: how.trim() }),
    onSuccess: (kept) => {
      toast(kept.given ? `${kept.address} may be sent news` : `${kept.address} is sent no more news`);
      onClose();
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['consents'] }),
  });
  const named = ['address', 'how'].some((field) => record.error?.field(field));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        record.mutate();
      }}
    >
      <div className="space-y-4">
        <TextField
          label="Address"
          type="email"
          required
          value={address}
          maxLength={254}
          error={record.error?.field('address')}
          onChange={(event) => setAddress(event.target.value)}
        />
        {accounts.length > 1 ? (
          <SelectField
            label="News of"
            value={connectionId}
            onChange={(event) => setChosen(event.target.value)}
          >
            {accounts.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
        ) : null}
        <SelectField
          label="They said"
          value={given ? 'yes' : 'no'}
          onChange={(event) => setGiven(event.target.value === 'yes')}
        >
          <option value="yes">Yes: send me news and offers</option>
          <option value="no">No more: take me off</option>
        </SelectField>
        <TextField
          label="Where and how"
          placeholder="Ticked at checkout, 12 November"
          required
          value={how}
          maxLength={500}
          error={record.error?.field('how')}
          onChange={(event) => setHow(event.target.value)}
        />
        {record.error && !named ? <ProblemNotice error={record.error} /> : null}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          tone="primary"
          busy={record.isPending}
          disabled={!address.trim() || !how.trim() || !connectionId}
        >
          Record it
        </Button>
      </DialogActions>
    </form>
  );
}
