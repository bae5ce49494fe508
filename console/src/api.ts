import type {
  About,
  AccountRole,
  Agent,
  AgentLimits,
  AgentProposal,
  AgentTemplate,
  AgentTool,
  AgentVersion,
  Alert,
  ApiToken,
  Approval,
  AuditEntry,
  Chart,
  Connection,
  ConnectionCheck,
  ConnectionType,
  DayOfUse,
  Delivery,
  DryRun,
  Erasure,
  EventEntry,
  FoundPassage,
  Halt,
  Invitation,
  KnowledgeDocument,
  Mail,
  ModelInfo,
  Notices,
  Operation,
  OperationState,
  Order,
  OwnAccount,
  Page,
  Passage,
  Person,
  PlaybookInfo,
  PlaybookRun,
  PlaybookSetup,
  PlaybookStep,
  Policy,
  Problem,
  Report,
  ReportName,
  RetentionDays,
  RetentionDue,
  RetentionState,
  Role,
  Security,
  SentAnnouncement,
  Session,
  SignedInBrowser,
  SignInOffer,
  Suggestion,
  Task,
  TaskRun,
  Thread,
  ThreadSummary,
  ToolCallRecord,
  TriedPolicy,
  Trigger,
  TriggerPreview,
  UploadedDocument,
  Verification,
  VersionDiff,
  Webhook,
} from '@purser/server/api';

import { askForProof } from './step-up.ts';

/** The server said no, or could not be reached (`status` 0). The message is written for people. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly code: string | undefined;
  readonly errors: readonly { path: string; message: string }[];

  constructor(problem: Partial<Problem> & { status: number }, cause?: unknown) {
    const title = problem.title || titleOf(problem.status);
    super(problem.detail || title, { cause });
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.title = title;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
  }

  /** What is wrong with one field of what was sent, `path` as the server names it. */
  field(path: string): string | undefined {
    return this.errors.find((error) => error.path === path || error.path.endsWith(`.${path}`))?.message;
  }
}

function titleOf(status: number): string {
  if (status === 0) return 'Purser cannot be reached';
  if (status === 403) return 'Your role does not allow this';
  if (status === 404) return 'This does not exist, or not any more';
  return 'Something went wrong in Purser';
}

const unreachable = 'Purser cannot be reached. Check that it is running and that you are online.';

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiProblem({ status: 0, detail: unreachable }, cause);
  }
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const isProblem = response.headers.get('content-type')?.includes('json');
  const body: unknown = isProblem ? await response.json().catch(() => null) : null;
  const known = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  return new ApiProblem({ ...known, status: response.status });
}

/**
 * One call. Answers are not validated: they come from the server this console was built with, over the same origin.
 * @throws ApiProblem
 */
async function request<Answer>(
  method: string,
  path: string,
  options: { body?: unknown; signal?: AbortSignal | undefined; proven?: boolean } = {},
): Promise<Answer> {
  const { body, signal } = options;
  const response = await send(`/api${path}`, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
    // The page's own policy is to send none, and with it Chromium leaves the Origin out that the server checks.
    referrerPolicy: 'same-origin',
  });
  if (!response.ok) {
    const problem = await problemOf(response);
    // Asked again only once: whoever proved it and is asked anew has another problem.
    if (problem.code !== 'step_up_required' || options.proven || !(await askForProof())) throw problem;
    return request(method, path, { ...options, proven: true });
  }
  const text = response.status === 204 ? '' : await response.text();
  return (text ? JSON.parse(text) : null) as Answer;
}

/** Sends a file as a form. @throws ApiProblem */
async function upload<Answer>(path: string, file: File, name: string): Promise<Answer> {
  const body = new FormData();
  body.append('file', file, name);
  const response = await send(`/api${path}`, {
    ...{ method: 'POST', headers: { accept: 'application/json' }, body, referrerPolicy: 'same-origin' },
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Answer;
}

const get = <Answer>(path: string, signal?: AbortSignal) => request<Answer>('GET', path, { signal });
const post = <Answer>(path: string, body: unknown = {}) => request<Answer>('POST', path, { body });
const patch = <Answer>(path: string, body: unknown) => request<Answer>('PATCH', path, { body });
const put = <Answer>(path: string, body: unknown) => request<Answer>('PUT', path, { body });
const remove = (path: string) => request<null>('DELETE', path);

/** `?a=1&b=2` of what is set. */
/** Which entries of the record; empty texts ask for nothing. */
export interface AuditFilter {
  action?: string;
  actor?: string;
  from?: string;
  to?: string;
}

interface DataSubject {
  customer: string;
  alsoKnownAs: string[];
}

export function queryString(values: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : '';
}

export interface AgentChanges {
  name?: string;
  description?: string;
  instructions?: string;
  model?: string | null;
  limits?: AgentLimits;
}

export interface NewConnection {
  type: string;
  name?: string | undefined;
  credentials: Record<string, string>;
  baseUrl?: string | undefined;
}

export interface OperationFilter {
  state?: OperationState | undefined;
  agentId?: string | undefined;
  connectionId?: string | undefined;
  tool?: string | undefined;
  /** ISO 8601, inclusive. */
  from?: string | undefined;
  /** Part of what it says, or an id. */
  q?: string | undefined;
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

export interface Decision {
  decision: 'approve' | 'reject';
  /** For the record; of a rejection the agent reads it. */
  reason?: string;
  /** Lets only so much through, in major units; of a single approval. */
  amount?: string;
}

/** `code`: the second factor is asked for. */
interface SignedIn {
  next: 'done' | 'code';
}

interface Started {
  runId: string;
}

export interface TaskFields {
  agentId: string;
  connectionId: string | null;
  name: string;
  prompt: string;
  trigger: Trigger;
}

/** What is left out stays. */
export interface SetupChange {
  agentId?: string;
  enabled?: boolean;
  settings?: object;
}

export interface EventQuery {
  state?: EventEntry['state'] | undefined;
  cursor?: string | null;
}

export interface ReportQuery {
  connectionId: string;
  /** Days where the account is; `to` exclusive. */
  from?: string;
  to?: string;
  format?: 'csv';
  table?: string;
}

/** The accounts of a journal, in the order of a trial balance. */
export interface ChartOfAccounts {
  accounts: { role: AccountRole; meaning: string; code: string; name: string }[];
  xeroTaxRate: string;
}

/** Where a report is had, below `/api`. */
export function reportPath(name: ReportName, query: ReportQuery): string {
  return `/reports/${name}${queryString({ ...query })}`;
}

/** Every call the console makes, by name. */
export const api = {
  session: (signal?: AbortSignal) => get<Session>('/session', signal),
  signOut: () => post<null>('/auth/sign-out'),
  about: (signal?: AbortSignal) => get<About>('/about', signal),
  models: (signal?: AbortSignal) => get<{ data: ModelInfo[] }>('/models', signal),

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

  announcements: (id: string, signal?: AbortSignal) =>
    get<Page<SentAnnouncement>>(`/connections/${id}/announcements?limit=20`, signal),
  retryAnnouncement: (id: string, announcementId: string) =>
    post<unknown>(`/connections/${id}/announcements/${announcementId}/retry`),
  connectionTypes: (signal?: AbortSignal) => get<{ data: ConnectionType[] }>('/connections/types', signal),
  connections: (signal?: AbortSignal) => get<Page<Connection>>('/connections?limit=100', signal),
  connection: (id: string, signal?: AbortSignal) => get<Connection>(`/connections/${id}`, signal),
  createConnection: (connection: NewConnection) => post<Connection>('/connections', connection),
  deleteConnection: (id: string) => remove(`/connections/${id}`),
  checkConnection: (id: string) => post<ConnectionCheck>(`/connections/${id}/check`),
  rotateConnection: (id: string, credentials: Record<string, string>) =>
    post<Connection>(`/connections/${id}/rotate`, { credentials }),

  threads: (
    query: { q?: string; agentId?: string; limit?: number; cursor?: string | null },
    signal?: AbortSignal,
  ) => get<Page<ThreadSummary>>(`/threads${queryString(query)}`, signal),
  thread: (id: string, signal?: AbortSignal) => get<Thread>(`/threads/${id}`, signal),
  createThread: (thread: { agentId: string; connectionId?: string | undefined }) =>
    post<Thread>('/threads', thread),
  updateThread: (id: string, changes: { title?: string; connectionId?: string }) =>
    patch<Thread>(`/threads/${id}`, changes),
  deleteThread: (id: string) => remove(`/threads/${id}`),
  sendMessage: (id: string, text: string) => post<Started>(`/threads/${id}/messages?wait=false`, { text }),
  editMessage: (id: string, messageId: string, text: string) =>
    post<Started>(`/threads/${id}/edit?wait=false`, { messageId, text }),
  retry: (id: string) => post<Started>(`/threads/${id}/retry?wait=false`),
  stop: (id: string) => post<null>(`/threads/${id}/cancel`),
  markRead: (id: string) => post<null>(`/threads/${id}/read`),
  toolCall: (threadId: string, callId: string, signal?: AbortSignal) =>
    get<ToolCallRecord>(`/threads/${threadId}/tool-calls/${callId}`, signal),

  waiting: (cursor: string | null, signal?: AbortSignal) =>
    get<Page<Approval>>(
      `/approvals${queryString({ status: 'pending', order: 'oldest', limit: 100, cursor })}`,
      signal,
    ),
  approval: (id: string, signal?: AbortSignal) => get<Approval>(`/approvals/${id}`, signal),
  newestWaiting: (signal?: AbortSignal) => get<Page<Approval>>('/approvals?status=pending&limit=40', signal),
  decided: (signal?: AbortSignal) => get<Page<Approval>>('/approvals?status=decided&limit=10', signal),
  decide: (ids: readonly string[], decision: Decision) => {
    const { reason, ...given } = decision;
    const body = reason ? { ...given, reason } : given;
    return ids.length === 1
      ? post<unknown>(`/approvals/${ids[0]}`, body)
      : post<unknown>('/approvals', { ids, ...body });
  },

  operations: (query: OperationFilter & { cursor?: string | null }, signal?: AbortSignal) =>
    get<Page<Operation>>(`/operations${queryString({ ...query, limit: 50 })}`, signal),
  operation: (id: string, signal?: AbortSignal) => get<Operation>(`/operations/${id}`, signal),
  undo: (id: string) => post<Started & { threadId: string }>(`/operations/${id}/undo`),
  checkOperation: (id: string) => post<Operation>(`/operations/${id}/check`),
  audit: (query: AuditFilter & { cursor?: string | null }, signal?: AbortSignal) =>
    get<Page<AuditEntry>>(`/audit${queryString({ ...query, limit: 50 })}`, signal),
  verifyAudit: () => get<Verification>('/audit/verification'),
  auditExportUrl: (filter: AuditFilter, format: 'csv' | 'jsonl') =>
    `/api/audit/export${queryString({ ...filter, format })}`,
  exportCustomer: (subject: DataSubject) => post<unknown>('/privacy/exports', subject),
  eraseCustomer: (erasure: DataSubject & { connectionId: string; inStripe: boolean }) =>
    post<Erasure>('/privacy/erasures', erasure),
  erasures: (signal?: AbortSignal) => get<Page<Erasure>>('/privacy/erasures', signal),
  retention: (signal?: AbortSignal) => get<RetentionState>('/privacy/retention', signal),
  previewRetention: (days: RetentionDays) => post<{ due: RetentionDue }>('/privacy/retention/preview', days),
  setRetention: (days: RetentionDays) => put<{ days: RetentionDays }>('/privacy/retention', days),
  processingRecordUrl: '/api/privacy/processing-record',
  auditOf: (subject: string, signal?: AbortSignal) =>
    get<Page<AuditEntry>>(`/audit${queryString({ subject, limit: 100 })}`, signal),

  halts: (signal?: AbortSignal) => get<Page<Halt>>('/halts', signal),
  halt: (halt: { scope: Halt['scope']; subject: string; reason: string }) => post<Halt>('/halts', halt),
  lift: ({ scope, subject }: Pick<Halt, 'scope' | 'subject'>) =>
    remove(`/halts${queryString({ scope, subject })}`),

  report: (name: ReportName, query: ReportQuery, signal?: AbortSignal) =>
    get<Report>(reportPath(name, query), signal),
  chartOfAccounts: (connectionId: string, signal?: AbortSignal) =>
    get<ChartOfAccounts>(`/connections/${connectionId}/chart-of-accounts`, signal),
  setChartOfAccounts: (connectionId: string, chart: Chart) =>
    put<ChartOfAccounts>(`/connections/${connectionId}/chart-of-accounts`, chart),
  resetChartOfAccounts: (connectionId: string) => remove(`/connections/${connectionId}/chart-of-accounts`),

  playbooks: (signal?: AbortSignal) => get<Page<PlaybookInfo>>('/playbooks', signal),
  playbook: (name: string, connectionId: string | undefined, signal?: AbortSignal) =>
    get<PlaybookInfo>(`/playbooks/${name}${queryString({ connectionId })}`, signal),
  setPlaybook: (name: string, connectionId: string, change: SetupChange) =>
    put<PlaybookSetup>(`/playbooks/${name}/connections/${connectionId}`, change),
  dryRun: (name: string, given: { connectionId: string; input?: object }) =>
    post<Page<DryRun>>(`/playbooks/${name}/dry-run`, given),
  playbookRuns: (
    query: { playbook: string; connectionId: string; cursor: string | null },
    signal?: AbortSignal,
  ) => get<Page<PlaybookRun>>(`/playbook-runs${queryString(query)}`, signal),
  playbookRun: (id: string, signal?: AbortSignal) =>
    get<PlaybookRun & { steps: PlaybookStep[] }>(`/playbook-runs/${id}`, signal),
  askPlaybookRun: (id: string, what: string) => post<PlaybookRun>(`/playbook-runs/${id}/ask`, { what }),
  stopPlaybookRun: (id: string) => post<PlaybookRun>(`/playbook-runs/${id}/stop`),

  orders: (query: { status: string | undefined; cursor: string | null }, signal?: AbortSignal) =>
    get<Page<Order>>(`/orders${queryString(query)}`, signal),
  order: (id: string, signal?: AbortSignal) =>
    get<Order & { steps: PlaybookStep[]; deliveries: Delivery[] }>(`/orders/${id}`, signal),
  cancelOrder: (id: string) => post<Order>(`/orders/${id}/cancel`),
  retryOrder: (id: string) => post<Order>(`/orders/${id}/retry`),

  alerts: (query: { status: 'open' | 'closed'; cursor: string | null }, signal?: AbortSignal) =>
    get<Page<Alert>>(`/alerts${queryString(query)}`, signal),
  closeAlert: (id: string) => post<Alert>(`/alerts/${id}/close`),

  tasks: (query: { agentId?: string | undefined; cursor?: string | null }, signal?: AbortSignal) =>
    get<Page<Task>>(`/tasks${queryString({ ...query, limit: 50 })}`, signal),
  task: (id: string, signal?: AbortSignal) => get<Task>(`/tasks/${id}`, signal),
  createTask: (task: TaskFields) => post<Task>('/tasks', task),
  updateTask: (id: string, change: Partial<TaskFields> & { enabled?: boolean }) =>
    patch<Task>(`/tasks/${id}`, change),
  deleteTask: (id: string) => remove(`/tasks/${id}`),
  runTask: (id: string) => post<TaskRun>(`/tasks/${id}/run`),
  taskRuns: (id: string, cursor: string | null, signal?: AbortSignal) =>
    get<Page<TaskRun>>(`/tasks/${id}/runs${queryString({ cursor, limit: 20 })}`, signal),
  previewTrigger: (trigger: Trigger) => post<TriggerPreview>('/tasks/preview', { trigger }),

  webhook: (connectionId: string, signal?: AbortSignal) =>
    get<Webhook>(`/connections/${connectionId}/webhook`, signal),
  setWebhook: (connectionId: string, body: { register: true } | { secrets: string[] }) =>
    put<Webhook>(`/connections/${connectionId}/webhook`, body),
  removeWebhook: (connectionId: string) => remove(`/connections/${connectionId}/webhook`),
  events: (connectionId: string, query: EventQuery, signal?: AbortSignal) =>
    get<Page<EventEntry>>(
      `/connections/${connectionId}/events${queryString({ ...query, limit: 20 })}`,
      signal,
    ),
  replayEvent: (connectionId: string, eventId: string) =>
    post<unknown>(`/connections/${connectionId}/events/${eventId}/replay`),

  mails: (query: { to?: string | undefined; cursor?: string | null }, signal?: AbortSignal) =>
    get<Page<Mail>>(`/outbox${queryString({ ...query, limit: 50 })}`, signal),
  mail: (id: string, signal?: AbortSignal) => get<Mail>(`/outbox/${id}`, signal),
  resendMail: (id: string) => post<Mail>(`/outbox/${id}/resend`),

  notices: (signal?: AbortSignal) => get<Notices>('/account/notices', signal),
  setNotices: (notices: Notices) => put<Notices>('/account/notices', notices),

  signInOffer: (signal?: AbortSignal) => get<SignInOffer>('/sign-in', signal),
  signInByPassword: (given: { email: string; password: string }) =>
    post<SignedIn>('/sign-in/password', given),
  signInByCode: (code: string) => post<SignedIn>('/sign-in/code', { code }),
  passkeyOptions: () => post<PublicKeyCredentialRequestOptionsJSON>('/sign-in/passkey/options'),
  signInByPasskey: (response: unknown) => post<SignedIn>('/sign-in/passkey', { response }),
  signInByProvider: (again: boolean) => post<{ url: string }>('/sign-in/provider', { again }),
  lookAtInvitation: (token: string) =>
    post<{ email: string; role: Role; invitedBy: string }>('/invitations/look', { token }),
  acceptInvitation: (given: { token: string; name: string; password: string }) =>
    post<SignedIn>('/invitations/accept', given),
  prove: (proof: { password: string } | { code: string } | { passkey: unknown }) =>
    post<unknown>('/session/prove', proof),

  account: (signal?: AbortSignal) => get<OwnAccount>('/account', signal),
  changeAccount: (change: { name?: string; email?: string }) => patch<OwnAccount>('/account', change),
  setPassword: (given: { password: string; current?: string }) => put<unknown>('/account/password', given),
  beginCodes: (given: { password?: string }) =>
    post<{ uri: string; recoveryCodes: string[] }>('/account/codes', given),
  confirmCodes: (code: string) => post<unknown>('/account/codes/confirm', { code }),
  removeCodes: (given: { password?: string }) => post<unknown>('/account/codes/remove', given),
  newRecoveryCodes: (given: { password?: string }) =>
    post<{ recoveryCodes: string[] }>('/account/recovery-codes', given),
  newPasskeyOptions: () => post<PublicKeyCredentialCreationOptionsJSON>('/account/passkeys/options'),
  addPasskey: (given: { name: string; response: unknown }) => post<OwnAccount>('/account/passkeys', given),
  removePasskey: (id: string) => remove(`/account/passkeys/${id}`),
  sessions: (everyone: boolean, signal?: AbortSignal) =>
    get<Page<SignedInBrowser>>(`/sessions${queryString({ everyone: everyone ? 'true' : null })}`, signal),
  revokeSession: (id: string) => remove(`/sessions/${id}`),
  revokeOtherSessions: () => remove('/sessions'),

  people: (signal?: AbortSignal) => get<Page<Person>>('/people', signal),
  setRole: (id: string, role: Role) => patch<Person>(`/people/${id}`, { role }),
  removePerson: (id: string) => remove(`/people/${id}`),
  recoverPerson: (id: string) => post<{ link: string }>(`/people/${id}/recover`),
  invitations: (signal?: AbortSignal) => get<Page<Invitation>>('/invitations', signal),
  invite: (whom: { email: string; role: Role }) =>
    post<Invitation & { sent: boolean; link: string | null }>('/invitations', whom),
  revokeInvitation: (id: string) => remove(`/invitations/${id}`),
  security: (signal?: AbortSignal) => get<Security>('/security', signal),
  changeSecurity: (change: Partial<Security>) => patch<Security>('/security', change),

  tokens: (signal?: AbortSignal) => get<Page<ApiToken>>('/tokens', signal),
  createToken: (token: { name: string; role: Role; days?: number }) =>
    post<ApiToken & { token: string }>('/tokens', token),
  revokeToken: (id: string) => remove(`/tokens/${id}`),
};
