import type { Agent, Policy } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type AgentChanges, type ApiProblem, api } from '../api.ts';

export interface NewAgent extends AgentChanges {
  name: string;
  /** The account it is attached to, where one was chosen and the person may. */
  attach?: { connectionId: string; preset?: string; policy?: Policy } | undefined;
}

/** Creates an agent, attaches it, and goes to it. */
export function useCreateAgent() {
  const navigate = useNavigate();
  const cache = useQueryClient();
  return useMutation<Agent, ApiProblem, NewAgent>({
    mutationFn: async ({ attach, ...fields }) => {
      const agent = await api.createAgent(fields);
      if (!attach) return agent;
      const { connectionId, ...terms } = attach;
      return api.attach(agent.id, connectionId, terms);
    },
    onSuccess: async (agent) => {
      cache.setQueryData(['agents', 'one', agent.id], agent);
      void cache.invalidateQueries({ queryKey: ['agents', 'list'] });
      await navigate({ to: '/agents/$agentId/{-$tab}', params: { agentId: agent.id } });
    },
  });
}
