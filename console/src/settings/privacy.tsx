import type { RetentionDays } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { connectionsQuery, erasuresQuery, retentionQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { CheckField } from '../ui/check-field.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { download } from '../ui/download.ts';
import { SelectField, TextField } from '../ui/field.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { toast } from '../ui/toast.tsx';
import { Erasures } from './erasures.tsx';
import { namesIn } from './privacy-words.ts';
import { RetentionForm } from './retention-form.tsx';

/** Customers' data: a copy, its erasure, how long it is kept, the record of processing. */
export function Privacy() {
  const { own } = usePermissions();
  if (!own) return <p className="text-muted">Only an owner can copy or erase customers’ data.</p>;
  return (
    <>
      <Section title="One customer">
        <OneCustomer />
      </Section>
      <Section title="How long data is kept">
        <Retention />
      </Section>
      <Section title="Record of processing">
        <p className="mb-3 text-muted">
          What your data protection officer asks for (GDPR, article 30), written from what is set up here.
        </p>
        <a className={buttonClass()} href={api.processingRecordUrl} download="processing-record.md">
          Download
        </a>
      </Section>
    </>
  );
}

function OneCustomer() {
  const cache = useQueryClient();
  const connections = useQuery(connectionsQuery()).data ?? [];
  const asked = useSearch({ from: '/signed-in/settings/{-$tab}' });
  const [customer, setCustomer] = useState(asked.customer ?? '');
  const [names, setNames] = useState('');
  const [connectionId, setConnection] = useState(asked.connection ?? '');
  const [inStripe, setInStripe] = useState(true);
  const [isErasing, setErasing] = useState(false);
  const subject = { customer: customer.trim(), alsoKnownAs: namesIn(names) };
  const copy = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.exportCustomer(subject),
    onSuccess: (made) =>
      download(`${subject.customer}.json`, JSON.stringify(made, null, 2), 'application/json'),
  });
  const connection = connectionId || connections[0]?.id || '';
  const erase = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.eraseCustomer({ ...subject, connectionId: connection, inStripe }),
    onSuccess: async () => {
      setErasing(false);
      await cache.invalidateQueries({ queryKey: ['privacy'] });
      toast(inStripe ? 'Stripe is asked first; an approval may wait in the inbox' : 'Erased');
    },
  });
  const isNamed = subject.customer !== '';
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          label="Customer’s id"
          placeholder="cus_…"
          mono
          maxLength={64}
          value={customer}
          error={copy.error?.field('customer') ?? erase.error?.field('customer')}
          onChange={(event) => setCustomer(event.target.value)}
        />
        <TextField
          label="Also known as"
          placeholder="jane@example.com, Jane Doe"
          hint="Addresses and full names that are theirs alone"
          value={names}
          onChange={(event) => setNames(event.target.value)}
        />
        <SelectField
          label="Account"
          value={connection}
          onChange={(event) => setConnection(event.target.value)}
        >
          {connections.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <CheckField label="Have Stripe delete them, too" checked={inStripe} onChange={setInStripe} />
      </div>
      <div className="my-3 flex flex-wrap gap-2">
        <Button disabled={!isNamed} busy={copy.isPending} onClick={() => copy.mutate()}>
          Download a copy
        </Button>
        <Button tone="danger" disabled={!isNamed || connection === ''} onClick={() => setErasing(true)}>
          Erase …
        </Button>
      </div>
      {copy.error ? <ProblemNotice error={copy.error} /> : null}
      <ConsequenceDialog
        open={isErasing}
        onOpenChange={setErasing}
        title={`Erase ${subject.customer}`}
        action="Erase"
        busy={erase.isPending}
        error={erase.error}
        onConfirm={() => erase.mutate()}
      >
        Their name, addresses and whatever else names them is taken out of conversations, mail, events and all
        else that Purser keeps. It cannot be brought back. Ids, sums and the audit record stay, as the law
        wants.
        {inStripe ? ' Stripe deletes the customer first, which ends their subscriptions at once.' : ''}
      </ConsequenceDialog>
      <ErasureList />
    </>
  );
}

function ErasureList() {
  const query = useQuery(erasuresQuery());
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  return query.data && query.data.length > 0 ? <Erasures erasures={query.data} /> : null;
}

function Retention() {
  const query = useQuery(retentionQuery());
  const cache = useQueryClient();
  const save = useMutation<{ days: RetentionDays }, ApiProblem, RetentionDays>({
    mutationFn: api.setRetention,
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['privacy'] });
      toast('Saved; applied every hour');
    },
  });
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows label="Loading" count={3} />;
  return (
    <Card className="p-4">
      <RetentionForm key={JSON.stringify(query.data.days)} days={query.data.days} save={save} />
    </Card>
  );
}
