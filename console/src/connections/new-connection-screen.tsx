import type { Connection, ConnectionType } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { ApiProblem, api } from '../api.ts';
import { connectionTypesQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { TextField } from '../ui/field.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice, ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { toast } from '../ui/toast.tsx';
import { CredentialInput } from './credential-input.tsx';
import { SetupSteps } from './setup-steps.tsx';

const back = { to: '/connections', label: 'Connections' };

export function NewConnectionScreen() {
  const { type } = useParams({ from: '/signed-in/connections/new/$type' });
  const query = useQuery(connectionTypesQuery());
  const found = query.data?.find((each) => each.type === type);
  if (found) return <ConnectForm type={found} />;
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data) {
    return (
      <ProblemScreen error={new ApiProblem({ status: 404, detail: `Purser cannot connect to “${type}”.` })} />
    );
  }
  return (
    <Page title="Connect" width="reading" back={back}>
      <SkeletonRows label="Loading the form" count={3} />
    </Page>
  );
}

/** Connects, and attaches to the agent this began at. */
function useConnect(agentId: string | undefined) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  return useMutation<Connection, ApiProblem, Parameters<typeof api.createConnection>[0]>({
    mutationFn: async (wanted) => {
      const connection = await api.createConnection(wanted);
      if (agentId) await api.attach(agentId, connection.id);
      return connection;
    },
    onSuccess: async (connection) => {
      void cache.invalidateQueries({ queryKey: ['connections'] });
      void cache.invalidateQueries({ queryKey: ['agents'] });
      toast(`${connection.account.name || connection.name} is connected`);
      await navigate({ to: '/connections/$connectionId', params: { connectionId: connection.id } });
    },
  });
}

function ConnectForm({ type }: { type: ConnectionType }) {
  const { agent } = useSearch({ from: '/signed-in/connections/new/$type' });
  const { own } = usePermissions();
  const [credentials, setCredentials] = useState<Record<string, string>>({});
  const [name, setName] = useState('');
  const [baseUrl, setBaseUrl] = useState('');
  const connect = useConnect(agent);
  const complete = type.credentials.every((field) => field.optional || credentials[field.name]?.trim());
  const submit = () => {
    const trimmed = Object.fromEntries(
      Object.entries(credentials).flatMap(([key, value]) => (value.trim() ? [[key, value.trim()]] : [])),
    );
    connect.mutate({
      type: type.type,
      credentials: trimmed,
      name: name.trim() || undefined,
      baseUrl: baseUrl.trim() || undefined,
    });
  };
  const error = connect.error;
  const atAddress = addressError(error, baseUrl);
  return (
    <Page title={`Connect ${type.name}`} width="reading" lead={type.description} back={back}>
      <form
        className="max-w-xl space-y-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) submit();
        }}
      >
        <SetupSteps type={type} />
        {type.credentials.map((field) => (
          <CredentialInput
            key={field.name}
            field={field}
            error={error ? fieldError(error, field.name, type) : undefined}
            value={credentials[field.name] ?? ''}
            disabled={!own}
            onChange={(value) => setCredentials({ ...credentials, [field.name]: value })}
          />
        ))}
        <TextField
          label="Name"
          hint="How it is called here. Without one, the account's own name is used."
          placeholder="Optional"
          value={name}
          maxLength={80}
          disabled={!own}
          error={error?.field('name')}
          onChange={(event) => setName(event.target.value)}
        />
        {type.acceptsBaseUrl ? (
          <ServerAddress type={type} value={baseUrl} error={atAddress} onChange={setBaseUrl} />
        ) : null}
        {error && !atAddress && !isFieldError(error, type) ? <ProblemNotice error={error} /> : null}
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
          <Button type="submit" tone="primary" busy={connect.isPending} disabled={!complete || !own}>
            {connect.isPending ? 'Checking the key' : `Connect ${type.name}`}
          </Button>
          <p className="flex items-center gap-1.5 text-muted">
            <ShieldCheck size={15} aria-hidden="true" className="shrink-0" />
            Checked at once, stored encrypted, never shown again.
          </p>
        </div>
      </form>
    </Page>
  );
}

interface ServerAddressProps {
  type: ConnectionType;
  value: string;
  error: string | undefined;
  onChange(value: string): void;
}

function ServerAddress({ type, value, error, onChange }: ServerAddressProps) {
  return (
    <Disclosure label="Advanced">
      <div className="mt-2">
        <TextField
          label="Server address"
          mono
          hint={
            type.type === 'stripe'
              ? 'Only for a Stripe sandbox of your own. Leave empty for Stripe.'
              : `Only for a ${type.name} of your own. Leave empty for ${type.name} itself.`
          }
          placeholder="http://127.0.0.1:12111"
          value={value}
          error={error}
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
    </Disclosure>
  );
}

/** What the far side's address is to blame for, not the key. */
const addressCodes = ['unreachable', 'not_stripe'];

/** What is wrong with the address that was entered; without one it is a matter of the network. */
function addressError(error: ApiProblem | null, entered: string): string | undefined {
  if (!error || !entered.trim()) return undefined;
  return error.code && addressCodes.includes(error.code) ? error.message : error.field('baseUrl');
}

/** A 422 that names no field, or all credentials at once, is about what its code begins with, or else the key. */
function fieldError(error: ApiProblem, name: string, { credentials }: ConnectionType): string | undefined {
  if (error.code && addressCodes.includes(error.code)) return undefined;
  const own = error.field(name);
  if (own || error.status !== 422) return own;
  if (!error.errors.every((each) => each.path === 'credentials')) return undefined;
  const blamed =
    credentials.find((field) => error.code?.startsWith(`${field.name}_`)) ??
    credentials.find((field) => field.secret);
  return name === blamed?.name ? error.message : undefined;
}

function isFieldError(error: ApiProblem, type: ConnectionType): boolean {
  const names = [...type.credentials.map((field) => field.name), 'name', 'baseUrl'];
  return names.some((name) => fieldError(error, name, type) !== undefined);
}
