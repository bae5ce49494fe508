import type { Connection } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, KeyRound, RefreshCw, Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { HaltButton } from '../cards/halt-dialog.tsx';
import { AccountTag } from '../cards/mode-tag.tsx';
import { connectionQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { announce } from '../ui/announcer.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { CopyId } from '../ui/copy-button.tsx';
import { Card, Facts, Page, Section } from '../ui/page.tsx';
import { ProblemNotice, ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time, useNow } from '../ui/time.tsx';
import { ageText } from '../ui/time-words.ts';
import { toast } from '../ui/toast.tsx';
import { Announced } from './announced.tsx';
import { EventsReceived } from './events-received.tsx';
import { PermissionMatrix } from './permission-matrix.tsx';
import { RotateDialog } from './rotate-dialog.tsx';
import { WebhookSection } from './webhook-section.tsx';

const back = { to: '/connections', label: 'Connections' };

export function ConnectionScreen() {
  const { connectionId } = useParams({ from: '/signed-in/connections/$connectionId' });
  const query = useQuery(connectionQuery(connectionId));
  if (query.data) return <ConnectionPage connection={query.data} />;
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Page title="Connection" heading={<span className="sr-only">Connection</span>} back={back}>
      <SkeletonRows label="Loading the connection" />
    </Page>
  );
}

function ConnectionPage({ connection }: { connection: Connection }) {
  return (
    <Page
      title={connection.name}
      width="reading"
      lead={
        <AccountTag
          mode={connection.mode}
          account={connection.account}
          demo={connection.demo}
          beside={connection.beside}
        />
      }
      back={back}
      actions={<Actions connection={connection} />}
    >
      <Health connection={connection} />
      <div className="mt-6">
        <Card>
          <Facts rows={facts(connection)} />
        </Card>
      </div>
      {connection.beside && connection.permissions.length === 0 ? null : (
        <Section title="What the key may do">
          <PermissionMatrix rows={connection.permissions} />
        </Section>
      )}
      {connection.beside ? <Announced connection={connection} /> : null}
      {connection.type === 'stripe' ? (
        <>
          <Section title="How events come in">
            <WebhookSection connection={connection} />
          </Section>
          <Section title="Events">
            <EventsReceived connectionId={connection.id} />
          </Section>
        </>
      ) : null}
      <Section title="Agents that use it">
        <AgentsUsing connection={connection} />
      </Section>
    </Page>
  );
}

function facts(connection: Connection) {
  const { account, key } = connection;
  return [
    { label: 'Account', value: <span>{account.name || 'Unnamed'}</span> },
    { label: 'Account id', value: <CopyId id={account.id} /> },
    ...(account.platform
      ? [
          {
            label: 'Reached through',
            value: (
              <span className="inline-flex flex-wrap items-center gap-x-2">
                <span dir="auto">{account.platform.name || 'its platform'}</span>
                <CopyId id={account.platform.id} />
              </span>
            ),
          },
        ]
      : []),
    ...(connection.beside
      ? []
      : [
          { label: 'Country', value: account.country ?? 'Not told' },
          { label: 'Currency', value: account.defaultCurrency?.toUpperCase() ?? 'Not told' },
        ]),
    {
      label: 'Key',
      value: (
        <span className="inline-flex flex-wrap items-center gap-x-2">
          {key.last4 ? <code className="font-mono text-sm">…{key.last4}</code> : <span>none</span>}
          <span className="text-muted">{key.kind === 'secret' ? 'secret key' : 'restricted key'}, added</span>
          <Time at={key.addedAt} className="text-muted" />
          <KeyAge at={key.addedAt} />
        </span>
      ),
    },
    {
      label: 'Last used',
      value: key.lastUsedAt ? <Time at={key.lastUsedAt} /> : 'Not yet',
    },
    { label: 'Fingerprint', value: <CopyId id={key.fingerprint} /> },
    ...(connection.baseUrl ? [{ label: 'Server', value: <CopyId id={connection.baseUrl} /> }] : []),
  ];
}

function KeyAge({ at }: { at: string }) {
  const age = ageText(at, useNow());
  return age ? <span className="text-muted">({age})</span> : null;
}

function Health({ connection }: { connection: Connection }) {
  const failing = connection.status === 'failing';
  const Icon = failing ? CircleAlert : CircleCheck;
  return (
    <div className="space-y-2.5">
      <div className={`flex gap-2.5 rounded-lg px-3.5 py-2.5 ${failing ? 'bg-danger-soft' : 'bg-good-soft'}`}>
        <Icon
          size={16}
          aria-hidden="true"
          className={`mt-0.5 shrink-0 ${failing ? 'text-danger' : 'text-good'}`}
        />
        <p className="min-w-0 flex-1">
          {failing ? (connection.problem ?? 'The last check failed.') : 'Connected and answering.'}{' '}
          <span className="text-muted">
            Checked <Time at={connection.checkedAt} />.
          </span>
        </p>
      </div>
      {connection.warnings.map((warning) => (
        <div key={warning} className="flex gap-2.5 rounded-lg bg-warn-soft px-3.5 py-2.5">
          <TriangleAlert size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-warn" />
          <p>{warning}</p>
        </div>
      ))}
    </div>
  );
}

function AgentsUsing({ connection }: { connection: Connection }) {
  if (connection.agents.length === 0) {
    return <p className="text-muted">None yet. Attach it on an agent's Connections tab.</p>;
  }
  return (
    <Card>
      <ul className="divide-y divide-line">
        {connection.agents.map((agent) => (
          <li key={agent.id}>
            <Link
              to="/agents/$agentId/{-$tab}"
              params={{ agentId: agent.id, tab: 'connections' }}
              className="flex items-center gap-2.5 px-4 py-2.5 -outline-offset-2 hover:bg-hover/60"
            >
              <Avatar name={agent.name} />
              <span dir="auto">{agent.name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Actions({ connection }: { connection: Connection }) {
  const { own, write } = usePermissions();
  const cache = useQueryClient();
  const [rotating, setRotating] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const check = useMutation({
    mutationFn: () => api.checkConnection(connection.id),
    onSuccess: (result) => announce(result.problem ?? 'The connection works.'),
    onSettled: () => cache.invalidateQueries({ queryKey: ['connections'] }),
  });
  return (
    <div className="flex flex-wrap gap-2">
      <Button busy={check.isPending} disabled={!write} onClick={() => check.mutate()}>
        <RefreshCw size={14} aria-hidden="true" />
        Check now
      </Button>
      <Button disabled={!own} onClick={() => setRotating(true)}>
        <KeyRound size={14} aria-hidden="true" />
        Rotate key
      </Button>
      <HaltButton target={`connection:${connection.id}`}>Halt…</HaltButton>
      <Button disabled={!own} onClick={() => setDeleting(true)} aria-label="Delete connection">
        <Trash2 size={14} aria-hidden="true" />
        Delete
      </Button>
      {check.error ? (
        <div className="w-full">
          <ProblemNotice error={check.error} />
        </div>
      ) : null}
      <RotateDialog connection={connection} open={rotating} onOpenChange={setRotating} />
      <DeleteConnection connection={connection} open={deleting} onOpenChange={setDeleting} />
    </div>
  );
}

interface DeleteProps {
  connection: Connection;
  open: boolean;
  onOpenChange(open: boolean): void;
}

function DeleteConnection({ connection, open, onOpenChange }: DeleteProps) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const remove = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.deleteConnection(connection.id),
    onSuccess: async () => {
      await navigate({ to: '/connections' });
      void cache.invalidateQueries({ queryKey: ['connections'] });
      void cache.invalidateQueries({ queryKey: ['agents'] });
      toast(`${connection.name} was deleted`);
    },
  });
  const names = connection.agents.map((agent) => agent.name).join(', ');
  return (
    <ConsequenceDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete ${connection.name}`}
      action="Delete connection"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    >
      The stored key is destroyed.{' '}
      {names ? `${names} can no longer reach this account.` : 'No agent uses it.'} Nothing changes at the far
      side; revoke the key there if it is no longer needed.
    </ConsequenceDialog>
  );
}
