import type { Agent, AgentConnection } from '@purser/server/api';

/** What a thread with this agent can be about; the rest is at hand in every thread. */
export const accountsOf = (agent: Agent): AgentConnection[] =>
  agent.connections.filter((each) => each.beside === null);
