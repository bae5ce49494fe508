import type {
  Agent,
  AgentLimits,
  AgentProposal,
  AgentTemplate,
  AgentTool,
  AgentVersion,
  DayOfUse,
  FoundPassage,
  KnowledgeDocument,
  ModelInfo,
  Page,
  Passage,
  Policy,
  Suggestion,
  TriedPolicy,
  UploadedDocument,
  VersionDiff,
} from '@purser/server/api';
import { get, patch, post, put, queryString, remove, upload } from './request.ts';

export interface AgentChanges {
  name?: string;
  description?: string;
  instructions?: string;
  model?: string | null;
  limits?: AgentLimits;
}

/** One call to try a policy on. */
export interface Trial {
  tool: string;
  policy: Policy;
  amount?: string;
  currency?: string;
  customer?: string;
  at?: string;
}

/** Agents, what they know, and what they may do on a connection. */
export const agentCalls = {
  agents: (signal?: AbortSignal) => get<Page<Agent>>('/agents?limit=100', signal),
  agent: (id: string, signal?: AbortSignal) => get<Agent>(`/agents/${id}`, signal),
  createAgent: (agent: AgentChanges & { name: string }) => post<Agent>('/agents', agent),
  updateAgent: (id: string, changes: AgentChanges) => patch<Agent>(`/agents/${id}`, changes),
  templates: (signal?: AbortSignal) => get<Page<AgentTemplate>>('/agents/templates', signal),
  proposeAgent: (wish: { text: string; connectionId?: string }) =>
    post<AgentProposal>('/agents/proposals', wish),
  importAgent: (file: unknown) => post<Agent>('/agents/import', file),
  duplicateAgent: (id: string) => post<Agent>(`/agents/${id}/duplicate`),
  versions: (id: string, cursor: string | null, signal?: AbortSignal) =>
    get<Page<AgentVersion>>(`/agents/${id}/versions${queryString({ cursor, limit: 20 })}`, signal),
  versionDiff: (id: string, version: number, signal?: AbortSignal) =>
    get<VersionDiff>(`/agents/${id}/versions/${version}/diff`, signal),
  restoreVersion: (id: string, version: number) => post<Agent>(`/agents/${id}/versions/${version}/restore`),
  usage: (id: string, signal?: AbortSignal) => get<Page<DayOfUse>>(`/agents/${id}/usage`, signal),
  deleteAgent: (id: string) => remove(`/agents/${id}`),
  suggestions: (id: string, signal?: AbortSignal) =>
    get<{ data: Suggestion[] }>(`/agents/${id}/suggestions`, signal),
  attach: (agentId: string, connectionId: string, terms: { preset?: string; policy?: Policy } = {}) =>
    put<Agent>(`/agents/${agentId}/connections/${connectionId}`, terms),
  agentTools: (agentId: string, connectionId: string, signal?: AbortSignal) =>
    get<Page<AgentTool>>(`/agents/${agentId}/connections/${connectionId}/tools`, signal),
  tryPolicy: (agentId: string, connectionId: string, trial: Trial) =>
    post<TriedPolicy>(`/agents/${agentId}/connections/${connectionId}/try`, trial),
  detach: (agentId: string, connectionId: string) => remove(`/agents/${agentId}/connections/${connectionId}`),
  documents: (agentId: string, cursor: string | null, signal?: AbortSignal) =>
    get<Page<KnowledgeDocument>>(
      `/agents/${agentId}/knowledge${queryString({ cursor, limit: 100 })}`,
      signal,
    ),
  document: (agentId: string, id: string, signal?: AbortSignal) =>
    get<KnowledgeDocument & { text: Passage[] }>(`/agents/${agentId}/knowledge/${id}`, signal),
  searchKnowledge: (agentId: string, q: string, signal?: AbortSignal) =>
    get<Page<FoundPassage>>(`/agents/${agentId}/knowledge${queryString({ q, limit: 6 })}`, signal),
  addText: (agentId: string, document: { name: string; text: string }) =>
    post<UploadedDocument>(`/agents/${agentId}/knowledge`, document),
  addFile: (agentId: string, file: File, name: string) =>
    upload<Page<UploadedDocument>>(`/agents/${agentId}/knowledge`, file, name),
  removeDocument: (agentId: string, id: string) => remove(`/agents/${agentId}/knowledge/${id}`),
  models: (signal?: AbortSignal) => get<{ data: ModelInfo[] }>('/models', signal),
};
