import type { Agent } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { accountsOf } from '../cards/accounts-of.ts';
import { agentsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { IconButton } from '../ui/button.tsx';
import { useTitle } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { AccountPicker } from './account-picker.tsx';
import { AgentPicker } from './agent-picker.tsx';
import { Composer, type ComposerHandle } from './composer.tsx';
import { FirstRun } from './first-run.tsx';
import { LiveNotice } from './live-notice.tsx';
import { Suggestions } from './suggestions.tsx';

const lastAgentKey = 'purser.last-agent';

/** The page beside the list when no thread is open. */
export function ThreadsHome() {
  return <NewThreadPage title="Threads" />;
}

export function NewThread() {
  const { agent, connection, ask } = useSearch({ from: '/signed-in/threads/new' });
  return <NewThreadPage agentId={agent} connectionId={connection} ask={ask} key={ask} title="New thread" />;
}

/** The one asked for, else the one talked to last; where it has to be about an account, one that has it. */
function useChosenAgent(
  asked: string | undefined,
  connectionId: string | undefined,
): { agent: Agent | undefined; choose(id: string): void } {
  const agents = useQuery(agentsQuery()).data?.filter(
    (each) => !connectionId || accountsOf(each).some((account) => account.connectionId === connectionId),
  );
  const [chosen, setChosen] = useState(asked ?? localStorage.getItem(lastAgentKey));
  const agent = agents?.find((each) => each.id === chosen) ?? agents?.[0];
  const choose = (id: string) => {
    localStorage.setItem(lastAgentKey, id);
    setChosen(id);
  };
  return { agent, choose };
}

/** The thread is made with its first message. Should only the message fail, the next try uses the same thread. */
function useStart(agentId: string | undefined, connectionId: string | undefined) {
  const made = useRef<{ id: string; agentId: string } | null>(null);
  const navigate = useNavigate();
  const cache = useQueryClient();
  return useMutation<void, ApiProblem, string>({
    mutationFn: async (text) => {
      if (!agentId) return;
      if (made.current?.agentId !== agentId) {
        made.current = { id: (await api.createThread({ agentId, connectionId })).id, agentId };
      }
      await api.sendMessage(made.current.id, text);
      void cache.invalidateQueries({ queryKey: ['threads'] });
      await navigate({ to: '/threads/$threadId', params: { threadId: made.current.id } });
    },
  });
}

interface NewThreadPageProps {
  title: string;
  agentId?: string | undefined;
  /** What it is to be about; another can be picked. */
  connectionId?: string | undefined;
  /** Stands in the composer already. */
  ask?: string | undefined;
}

function NewThreadPage({ agentId, connectionId: about, ask, title }: NewThreadPageProps) {
  useTitle(title);
  const { write } = usePermissions();
  const { agent, choose } = useChosenAgent(agentId, about);
  const [connectionId, setConnectionId] = useState(about);
  const accounts = agent ? accountsOf(agent) : [];
  const connection = accounts.find((each) => each.connectionId === connectionId) ?? accounts[0];
  const start = useStart(agent?.id, connection?.connectionId);
  const composer = useRef<ComposerHandle>(null);
  const navigate = useNavigate();
  useEffect(() => {
    if (ask) composer.current?.fill(ask);
  }, [ask]);
  const live = connection?.mode === 'live';
  const send = (text: string) =>
    start.mutateAsync(text).then(
      () => true,
      () => false,
    );
  return (
    <div className="flex h-full flex-col overflow-y-auto">
      <div className="flex h-13 shrink-0 items-center px-2 lg:hidden">
        <IconButton label="Back to threads" onClick={() => void navigate({ to: '/threads' })}>
          <ChevronLeft size={20} aria-hidden="true" />
        </IconButton>
      </div>
      <div className="mx-auto flex w-full max-w-2xl flex-1 flex-col px-4 pb-4 md:pt-[6vh] lg:pt-[11vh] md:pb-10">
        <h1 tabIndex={-1} data-page-title="" className="mb-4 text-xl font-semibold">
          What do you want to know or do?
        </h1>
        {start.error ? (
          <div className="mb-3">
            <ProblemNotice error={start.error} />
          </div>
        ) : null}
        <div className="max-md:order-last max-md:mt-auto max-md:pt-4">
          {live && connection ? <LiveNotice account={connection.account} /> : null}
          <Composer
            ref={composer}
            place="new"
            placeholder={agent ? `Ask ${agent.name}` : 'Choose an agent first'}
            live={live}
            running={false}
            busy={start.isPending}
            disabled={!write || !agent}
            onSend={send}
          >
            <div className="flex min-w-0 flex-wrap items-center gap-2">
              <AgentPicker agent={agent} onPick={choose} />
              {agent ? <AccountPicker agent={agent} current={connection} onPick={setConnectionId} /> : null}
            </div>
          </Composer>
          {write ? null : (
            <p className="mt-2 text-muted">Your role can read. An owner can make you an operator.</p>
          )}
        </div>
        <div className="mt-4 space-y-6">
          {agent && write ? (
            <Suggestions agentId={agent.id} onPick={(text) => composer.current?.fill(text)} />
          ) : null}
          <div className="max-lg:hidden">
            <FirstRun />
          </div>
        </div>
      </div>
    </div>
  );
}
