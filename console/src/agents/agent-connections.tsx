import type { Agent, AgentConnection } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Cable, Plus, ShieldCheck } from 'lucide-react';
import { type ApiProblem, api } from '../api.ts';
import { AccountTag } from '../cards/mode-tag.tsx';
import { connectionsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { PolicyDigest } from './policy-digest.tsx';

/** Attach and detach are one call each; the agent is read again afterwards. */
function useAgentConnection(agentId: string) {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ['agents'] });
  const attach = useMutation<unknown, ApiProblem, string>({
    mutationFn: (connectionId) => api.attach(agentId, connectionId),
    onSettled,
  });
  const detach = useMutation<unknown, ApiProblem, string>({
    mutationFn: (connectionId) => api.detach(agentId, connectionId),
    onSettled,
  });
  return { attach, detach, error: attach.error ?? detach.error };
}

export function AgentConnections({ agent }: { agent: Agent }) {
  const { own } = usePermissions();
  const connections = useQuery(connectionsQuery()).data ?? [];
  const { attach, detach, error } = useAgentConnection(agent.id);
  const attached = new Set(agent.connections.map((each) => each.connectionId));
  const others = connections.filter((each) => !attached.has(each.id));
  return (
    <div className="max-w-3xl">
      {error ? (
        <div className="mb-4">
          <ProblemNotice error={error} />
        </div>
      ) : null}
      {agent.connections.length === 0 ? (
        <Card>
          <EmptyState
            icon={<Cable size={20} />}
            title={`${agent.name} cannot reach any account yet`}
            action={<ConnectStripe agentId={agent.id} tone="primary" />}
          >
            {others.length > 0
              ? 'Attach a connection from below, or connect Stripe anew.'
              : 'Connect Stripe with a key.'}
          </EmptyState>
        </Card>
      ) : null}
      <div className="space-y-4">
        {agent.connections.map((each) => (
          <Attached
            key={each.connectionId}
            agentId={agent.id}
            attached={each}
            disabled={!own}
            busy={detach.isPending && detach.variables === each.connectionId}
            onDetach={() => detach.mutate(each.connectionId)}
          />
        ))}
      </div>
      {others.length > 0 ? (
        <Section title="Can be attached" aside={<ConnectStripe agentId={agent.id} tone="quiet" />}>
          <Card>
            <ul className="divide-y divide-line">
              {others.map((each) => (
                <li key={each.id} className="flex items-center gap-3 px-4 py-3">
                  <span className="min-w-0 flex-1">
                    <span className="block truncate font-medium">{each.name}</span>
                    <AccountTag
                      mode={each.mode}
                      account={each.account}
                      demo={each.demo}
                      beside={each.beside}
                    />
                  </span>
                  <Button
                    aria-label={`Attach ${each.name}`}
                    disabled={!own}
                    busy={attach.isPending && attach.variables === each.id}
                    onClick={() => attach.mutate(each.id)}
                  >
                    Attach
                  </Button>
                </li>
              ))}
            </ul>
          </Card>
        </Section>
      ) : agent.connections.length > 0 ? (
        <div className="mt-4">
          <ConnectStripe agentId={agent.id} tone="quiet" />
        </div>
      ) : null}
    </div>
  );
}

function ConnectStripe({ agentId, tone }: { agentId: string; tone: 'primary' | 'quiet' }) {
  return (
    <Link
      to="/connections/new/$type"
      params={{ type: 'stripe' }}
      search={{ agent: agentId }}
      className={buttonClass(tone)}
    >
      <Plus size={15} aria-hidden="true" />
      Connect Stripe
    </Link>
  );
}

interface AttachedProps {
  agentId: string;
  attached: AgentConnection;
  disabled: boolean;
  busy: boolean;
  onDetach(): void;
}

function Attached({ agentId, attached, disabled, busy, onDetach }: AttachedProps) {
  return (
    <Card className={attached.mode === 'live' && !attached.beside ? 'border-live-line' : ''}>
      <div className="flex items-center gap-3 border-b border-line px-4 py-3">
        <span className="min-w-0 flex-1">
          <Link
            to="/connections/$connectionId"
            params={{ connectionId: attached.connectionId }}
            className="block truncate rounded font-medium hover:underline"
          >
            {attached.name}
          </Link>
          <AccountTag mode={attached.mode} account={attached.account} />
        </span>
        <Link
          to="/agents/$agentId/policy/$connectionId"
          params={{ agentId, connectionId: attached.connectionId }}
          className={buttonClass('secondary')}
        >
          <ShieldCheck size={14} aria-hidden="true" />
          Policy
        </Link>
        <Button aria-label={`Detach ${attached.name}`} busy={busy} disabled={disabled} onClick={onDetach}>
          Detach
        </Button>
      </div>
      <PolicyDigest attached={attached} />
    </Card>
  );
}
