/**
 * The shapes the HTTP API speaks, as clients see them. The console imports only this. Times are ISO 8601 in UTC;
 * money inside views is `"29.99 USD"`.
 */
import type { Approval, Operation, OperationState } from '../guard/operation.ts';
import type { Decision, Policy } from '../guard/policy.ts';
import type { Account, Mode } from '../tools/account.ts';
import type { Effect, Json, ObjectRef, Preview, Undo } from '../tools/tool.ts';

export type {
  Account,
  Approval,
  Decision,
  Effect,
  Json,
  Mode,
  ObjectRef,
  Operation,
  OperationState,
  Policy,
  Preview,
  Undo,
};

export type Role = 'owner' | 'operator' | 'approver' | 'viewer';
/** A list's page; `next_cursor` goes back as `?cursor=`, null at the end. */
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/** RFC 9457, with `errors` for bad input. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Stable, snake_case. */
  code?: string;
  errors?: { path: string; message: string }[];
}

/** GET /api/session */
export interface Session {
  user: { id: string; name: string; email: string };
  role: Role;
}

/** GET /api/about */
export interface About {
  version: string;
  database: 'embedded' | 'external';
  /** Where the embedded Stripe sandbox listens, null when it is turned off. */
  sandbox: { url: string; demoKey: string } | null;
  defaultModel: string;
  publicUrl: string | null;
}

/** GET /api/models → { data: ModelInfo[] } */
export interface ModelInfo {
  /** `builtin` or `provider/model`. */
  id: string;
  name: string;
  provider: string;
  available: boolean;
  /** Why it is not available and what to set. */
  reason?: string;
}

export interface Agent {
  id: string;
  name: string;
  description: string;
  instructions: string;
  /** null: the workspace's default. */
  model: string | null;
  connections: AgentConnection[];
  threadCount: number;
  createdAt: string;
  updatedAt: string;
}

export interface AgentConnection {
  connectionId: string;
  type: string;
  name: string;
  mode: Mode;
  account: Account;
  policy: Policy;
}

/** GET /api/connections/types → { data: ConnectionType[] } */
export interface ConnectionType {
  type: string;
  name: string;
  description: string;
  credentials: { name: string; label: string; secret: boolean; placeholder: string; help: string }[];
  acceptsBaseUrl: boolean;
}

export interface PermissionRow {
  /** Machine name: `customer`, `plan`, `charge`. */
  resource: string;
  /** As the Dashboard's restricted-key page calls it: `Customers`. */
  label: string;
  needed: 'none' | 'read' | 'write';
  granted: 'none' | 'read' | 'write' | 'unknown';
  ok: boolean;
}

export interface Connection {
  id: string;
  type: string;
  name: string;
  mode: Mode;
  account: Account;
  permissions: PermissionRow[];
  key: { last4: string; fingerprint: string; kind: 'secret' | 'restricted'; addedAt: string };
  baseUrl: string | null;
  /** True for the embedded sandbox's demo account, made by Purser itself. */
  demo: boolean;
  status: 'ok' | 'failing';
  /** The last check's complaint, in words. */
  problem: string | null;
  warnings: string[];
  checkedAt: string;
  createdAt: string;
  agents: { id: string; name: string }[];
}

/** POST /api/connections/{id}/check */
export interface ConnectionCheck {
  reachable: boolean;
  mode: Mode;
  permissions: PermissionRow[];
  problem: string | null;
}

export type ThreadStatus = 'idle' | 'running' | 'awaiting_approval' | 'failed';
export type RunStatus = 'queued' | 'running' | 'awaiting_approval' | 'completed' | 'failed' | 'cancelled';

/** A row of GET /api/threads?q=&agentId= (newest activity first). */
export interface ThreadSummary {
  id: string;
  agentId: string;
  agentName: string;
  /** The Stripe connection this thread is pinned to; null until one is known. */
  connection: { id: string; name: string; type: string; mode: Mode; account: Account } | null;
  title: string;
  status: ThreadStatus;
  unread: boolean;
  createdAt: string;
  updatedAt: string;
}

/** GET /api/threads/{id} */
export interface Thread extends ThreadSummary {
  messages: Message[];
  approvals: Approval[];
  /** The agent was deleted: the thread can be read, not continued. */
  readOnly: boolean;
}

export interface Message {
  id: string;
  role: 'user' | 'assistant';
  /** All text of the message, parts joined by an empty line. Markdown for the assistant. */
  text: string;
  createdAt: string;
  runId: string | null;
  /** In the order they happened: text and tool calls. Assistant only. */
  parts?: MessagePart[];
  toolCalls?: ToolCall[];
  /** How the run that writes this message stands. Assistant only. */
  status?: RunStatus;
  error?: RunError;
  /** `builtin`, `anthropic/claude-…`. Assistant only. */
  model?: string;
}

export type MessagePart = { type: 'text'; text: string } | { type: 'tool'; toolCallId: string };

/** Why a turn failed, in words; `retryable` says whether asking again may help. */
export interface RunError {
  code: string;
  message: string;
  next?: string;
  retryable: boolean;
}

export interface ToolCall {
  id: string;
  name: string;
  title: string;
  effect: Effect;
  input: Json;
  status: 'running' | 'awaiting_approval' | 'completed' | 'failed' | 'rejected';
  /** One plain sentence: `Created customer Bob Loblaw`. Once completed. */
  summary?: string;
  /** The compact view the model got. The whole object: GET /api/threads/{id}/tool-calls/{toolCallId}. */
  output?: Json;
  error?: { code: string; message: string; next?: string; details?: { [key: string]: Json } };
  objects: ObjectRef[];
  requestIds: string[];
  startedAt: string;
  finishedAt: string | null;
  durationMs: number | null;
  operationId?: string;
  approvalId?: string;
}

/** GET /api/threads/{id}/tool-calls/{toolCallId}: the call with the whole objects it returned. */
export interface ToolCallRecord extends ToolCall {
  record: Json;
}

/** POST /api/threads/{id}/messages?wait=true, POST /api/approvals/{id}?wait=true */
export interface TurnResult {
  runId: string;
  status: 'completed' | 'awaiting_approval' | 'failed' | 'cancelled';
  text: string;
  toolCalls: ToolCall[];
  approvals: Approval[];
  error?: RunError;
}

/** GET /api/tokens; POST /api/tokens answers this with `token`, once. */
export interface ApiToken {
  id: string;
  name: string;
  role: Role;
  start: string;
  createdAt: string;
  lastUsedAt: string | null;
}

/** GET /api/audit */
export interface AuditEntry {
  seq: number;
  at: string;
  actor: { type: 'person' | 'agent' | 'token' | 'system'; id: string; name: string };
  action: string;
  subject: string | null;
  details: Json;
  hash: string;
}

/** GET /api/agents/{id}/suggestions → { data: Suggestion[] }: drawn from the state of the account. */
export interface Suggestion {
  text: string;
}

/**
 * GET /api/live?thread={id}: server-sent events for one window. `event:` is the type, `data:` the rest as JSON.
 * With `thread`, first a `thread` event with the whole of it, then what changes. A window that reconnects starts over.
 */
export type LiveEvent =
  | { type: 'thread'; thread: Thread }
  /** Upsert by id; new ones go last. */
  | { type: 'message'; threadId: string; message: Message }
  /** More text of the assistant message `messageId`: `text` belongs at `offset` of its last text part `part`. */
  | { type: 'delta'; threadId: string; messageId: string; part: number; offset: number; text: string }
  | { type: 'approvals'; threadId: string; approvals: Approval[] }
  /** Sent for every thread, also those not watched: list rows and counts. */
  | { type: 'thread_summary'; thread: ThreadSummary }
  | { type: 'thread_deleted'; threadId: string }
  /** Something else changed: refetch what shows it. */
  | { type: 'changed'; what: 'agents' | 'connections' | 'operations' | 'approvals' | 'settings' };
