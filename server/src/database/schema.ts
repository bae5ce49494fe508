/**
 * The tables as Kysely sees them; `migrations/` is the truth. Times are `Date`s, bigint columns are strings, and what
 * is inside a jsonb column is the business of the folder that writes it (parse on reading).
 */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** Anything JSON can carry. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** A jsonb column: read as a value, written as JSON text (`JSON.stringify`), because `pg` turns arrays into SQL arrays. */
export type JsonColumn = ColumnType<JsonValue, string, string>;
type JsonNullable = ColumnType<JsonValue | null, string | null | undefined, string | null>;
type JsonDefault = ColumnType<JsonValue, string | undefined, string>;
type Time = ColumnType<Date, Date | string, Date | string>;
type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type TimeNullable = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>;

export type Mode = 'test' | 'live';
export type RunStatus = 'queued' | 'running' | 'awaiting_approval' | 'completed' | 'failed' | 'cancelled';
export type EntryKind = 'user' | 'model' | 'tool';
export type WriteEffect = 'write' | 'money' | 'destructive' | 'outbound';
export type OperationState =
  | 'planned'
  | 'waiting'
  | 'approved'
  | 'claimed'
  | 'sent'
  | 'done'
  | 'failed'
  | 'rejected'
  | 'unknown';
export type MailState = 'captured' | 'queued' | 'sending' | 'sent' | 'failed' | 'unknown';
export type HaltScope = 'all' | 'agent' | 'connection';
export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'expired' | 'void';

export interface AgentsTable {
  id: string;
  name: string;
  description: Generated<string>;
  instructions: Generated<string>;
  model: Nullable<string>;
  created_at: TimeDefault;
  updated_at: TimeDefault;
  deleted_at: TimeNullable;
  limits: JsonDefault;
  /** Counted by the database. */
  version: Generated<number>;
  changed_by: JsonDefault;
}

/** Written by the database alone. */
export interface AgentVersionsTable {
  agent_id: string;
  version: number;
  name: string;
  description: string;
  instructions: string;
  model: string | null;
  limits: JsonColumn;
  changed_by: JsonColumn;
  changed_at: Time;
}

export interface ConnectionsTable {
  id: string;
  type: string;
  name: string;
  mode: Mode;
  account_id: string;
  account: JsonColumn;
  base_url: Nullable<string>;
  demo: Generated<boolean>;
  /** Sealed by `secrets`, with the connection's id as associated data. */
  credentials: Buffer;
  key_last4: string;
  key_fingerprint: string;
  key_kind: 'secret' | 'restricted';
  key_added_at: TimeDefault;
  key_used_at: TimeNullable;
  permissions: JsonDefault;
  warnings: JsonDefault;
  beside: Nullable<string>;
  discovered: JsonNullable;
  status: Generated<'ok' | 'failing'>;
  problem: Nullable<string>;
  checked_at: TimeDefault;
  created_at: TimeDefault;
  deleted_at: TimeNullable;
}

export interface AgentConnectionsTable {
  agent_id: string;
  connection_id: string;
  policy: JsonDefault;
  preset: Generated<string>;
  attached_at: TimeDefault;
}

export interface ThreadsTable {
  id: string;
  agent_id: string;
  connection_id: Nullable<string>;
  title: string;
  title_by: Generated<'auto' | 'person'>;
  created_by: string;
  created_at: TimeDefault;
  updated_at: TimeDefault;
  deleted_at: TimeNullable;
  read_at: TimeNullable;
}

export interface RunsTable {
  id: string;
  thread_id: string;
  agent_id: string;
  connection_id: Nullable<string>;
  status: Generated<RunStatus>;
  model: string;
  error: JsonNullable;
  partial: JsonNullable;
  leg: Generated<number>;
  requested_by: JsonColumn;
  usage: JsonNullable;
  created_at: TimeDefault;
  started_at: TimeNullable;
  finished_at: TimeNullable;
  cancel_requested: Generated<boolean>;
}

export interface EntriesTable {
  id: GeneratedAlways<string>;
  thread_id: string;
  run_id: string;
  step: number;
  kind: EntryKind;
  content: JsonColumn;
  record: JsonNullable;
  superseded: Generated<boolean>;
  created_at: TimeDefault;
}

export interface OperationsTable {
  id: string;
  run_id: string;
  tool_call_id: string;
  thread_id: string;
  agent_id: string;
  connection_id: string;
  account_id: string;
  mode: Mode;
  tool: string;
  title: string;
  effect: WriteEffect;
  state: Generated<OperationState>;
  input: JsonColumn;
  sealed: JsonColumn;
  preview: JsonColumn;
  digest: string;
  request_ids: JsonDefault;
  objects: JsonDefault;
  outcome: JsonNullable;
  error: JsonNullable;
  undo: JsonNullable;
  /** `person:usr_…`, `token:tok_…`, `task:tsk_…`. */
  requester: Generated<string>;
  requester_name: Generated<string>;
  amount_minor: Nullable<string>;
  currency: Nullable<string>;
  lowerable: Generated<boolean>;
  twin: Nullable<string>;
  undoes: Nullable<string>;
  checked_at: TimeNullable;
  created_at: TimeDefault;
  updated_at: TimeDefault;
}

export interface ApprovalsTable {
  id: string;
  operation_id: string;
  thread_id: string;
  run_id: string;
  tool_call_id: string;
  digest: string;
  reason: string;
  status: Generated<ApprovalStatus>;
  requested_at: TimeDefault;
  expires_at: Time;
  decided_at: TimeNullable;
  decided_by: JsonNullable;
  decision_reason: Nullable<string>;
  kind: Generated<'own' | 'outside'>;
  outside_id: Nullable<string>;
  outside_url: Nullable<string>;
  needed: Generated<number>;
  given: JsonDefault;
  barred: Nullable<string>;
  lowered_to: Nullable<string>;
  noticed_at: TimeNullable;
}

export interface MutedNoticesTable {
  person_id: string;
  muted_at: Time;
}

export interface HaltsTable {
  scope: HaltScope;
  subject: Generated<string>;
  reason: string;
  halted_by: JsonColumn;
  halted_at: TimeDefault;
}

export interface MailsTable {
  id: string;
  operation_id: Nullable<string>;
  thread_id: Nullable<string>;
  connection_id: Nullable<string>;
  once: string;
  sender: string;
  recipient: string;
  subject: string;
  body: string;
  footer: string;
  html: string;
  state: MailState;
  attempts: Generated<number>;
  next_attempt_at: TimeNullable;
  problem: Nullable<string>;
  bounced: Generated<boolean>;
  created_at: TimeDefault;
  sent_at: TimeNullable;
  unsubscribe_url: Nullable<string>;
}

export interface ConsentsTable {
  id: string;
  connection_id: string;
  address: string;
  given: boolean;
  how: string;
  recorded_by: JsonColumn;
  recorded_at: Time;
  seq: Generated<string>;
}

export interface AuditTable {
  seq: string;
  at: Time;
  actor: JsonColumn;
  action: string;
  subject: Nullable<string>;
  details: JsonDefault;
  prev_hash: string;
  hash: string;
}

export interface SettingsTable {
  key: string;
  value: JsonColumn;
}

export interface LedgersTable {
  id: string;
  time_zone: string;
  filled_at: TimeNullable;
  synced_at: TimeNullable;
  progress: JsonDefault;
}

export interface JournalsTable {
  id: string;
  connection_id: string;
  from_at: Time;
  to_at: Time;
  created_at: TimeDefault;
}

export interface JournalChartsTable {
  ledger: string;
  chart: JsonColumn;
}

export interface MirroredTable {
  ledger: string;
  kind: string;
  id: string;
  created_at: Time;
  data: JsonColumn;
}

export interface PaymentLinksTable {
  ledger: string;
  payment: string;
  kind: 'invoice' | 'checkout_session';
  source: string;
}

/** Sums in minor units: bigint columns are strings. */
interface Sums {
  gross: string;
  discount: string;
  tax: string;
  refunded: string;
  disputed: string;
  fee: string;
  other: string;
  net: string;
}

export interface FactsTable extends Sums {
  ledger: string;
  transaction: string;
  part: number;
  at: Time;
  month: string;
  currency: string;
  category: string;
  product: Nullable<string>;
  customer: Nullable<string>;
}

export interface FactMonthsTable extends Sums {
  ledger: string;
  month: string;
  currency: string;
  category: string;
  product: string;
  count: string;
}

export interface RecurringLinesTable {
  ledger: string;
  invoice: string;
  line: string;
  customer: string;
  subscription: string;
  product: Nullable<string>;
  currency: string;
  monthly: string;
  starts_at: Time;
  ends_at: Time;
}

export interface WebhooksTable {
  connection_id: string;
  endpoint_id: Nullable<string>;
  url: string;
  events: JsonDefault;
  status: Generated<'enabled' | 'disabled'>;
  /** Sealed by `secrets`, with the connection's id as associated data. */
  secrets: Buffer;
  last_received_at: TimeNullable;
  refused_at: TimeNullable;
  refused_why: Nullable<string>;
  refused_count: Generated<number>;
}

export type EventState = 'pending' | 'done' | 'failed';

export interface EventsTable {
  connection_id: string;
  id: string;
  type: string;
  object_id: Nullable<string>;
  created_at: Time;
  data: JsonColumn;
  source: 'webhook' | 'poll';
  received_at: TimeDefault;
  state: Generated<EventState>;
  attempts: Generated<number>;
  next_attempt_at: TimeNullable;
  problem: Nullable<string>;
  handled_at: TimeNullable;
}

export interface EventCursorsTable {
  connection_id: string;
  read_to: Time;
  polled_at: TimeNullable;
  problem: Nullable<string>;
}

export interface TasksTable {
  id: string;
  agent_id: string;
  connection_id: Nullable<string>;
  name: string;
  prompt: string;
  trigger: JsonColumn;
  enabled: Generated<boolean>;
  created_by: JsonColumn;
  next_run_at: TimeNullable;
  created_at: TimeDefault;
  updated_at: TimeDefault;
  deleted_at: TimeNullable;
}

export interface TaskRunsTable {
  id: string;
  task_id: string;
  occasion: string;
  thread_id: Nullable<string>;
  run_id: Nullable<string>;
  problem: Nullable<string>;
  started_at: TimeDefault;
}

export interface PlaybooksTable {
  name: string;
  connection_id: string;
  agent_id: string;
  enabled: Generated<boolean>;
  settings: JsonDefault;
  look_at: TimeNullable;
  updated_at: TimeDefault;
}

export type PlaybookRunState = 'working' | 'waiting' | 'done' | 'failed' | 'stopped';

export interface PlaybookRunsTable {
  id: string;
  playbook: string;
  connection_id: string;
  subject: string;
  input: JsonColumn;
  state: PlaybookRunState;
  thread_id: string;
  run_id: Nullable<string>;
  wake_at: TimeNullable;
  waits_on: Nullable<string>;
  pokes: Generated<number>;
  seen: Generated<number>;
  failures: Generated<number>;
  outcome: Nullable<string>;
  amount_minor: Nullable<string>;
  currency: Nullable<string>;
  problem: Nullable<string>;
  standing: JsonNullable;
  asked: JsonDefault;
  started_by: JsonColumn;
  started_at: Time;
  finished_at: TimeNullable;
}

export interface DeliveriesTable {
  id: string;
  playbook_run_id: string;
  operation_id: Nullable<string>;
  connection_id: string;
  url: string;
  body: string;
  state: 'queued' | 'delivered' | 'failed';
  attempts: Generated<number>;
  next_attempt_at: TimeNullable;
  status: Nullable<number>;
  problem: Nullable<string>;
  created_at: Time;
  settled_at: TimeNullable;
}

export interface AlertsTable {
  id: string;
  once: string;
  kind: string;
  connection_id: Nullable<string>;
  title: string;
  body: string;
  objects: JsonDefault;
  thread_id: Nullable<string>;
  mail_to: JsonDefault;
  created_at: Time;
  told_at: TimeNullable;
  closed_at: TimeNullable;
  closed_by: Nullable<string>;
}

export interface PulsesTable {
  connection_id: string;
  at: Time;
  data: JsonColumn;
}

export interface PulseSpansTable {
  connection_id: string;
  known_from: Time;
  read_to: Time;
}

export interface ClientCallsTable {
  run_id: string;
  thread_id: string;
  /** A digest of who calls which agent on which connection, and of the client's session. */
  session: string;
  /** Of tool and input. */
  digest: string;
  answered_at: TimeNullable;
  created_at: TimeDefault;
}

export interface DocumentsTable {
  id: string;
  agent_id: string;
  name: string;
  kind: 'markdown' | 'text' | 'pdf' | 'csv' | 'html';
  /** Of kind and content: what is unchanged is not read anew. */
  digest: string;
  bytes: number;
  /** A text-search configuration of Postgres. */
  language: string;
  added_by: JsonColumn;
  created_at: TimeDefault;
  updated_at: TimeDefault;
}

export interface PassagesTable {
  id: GeneratedAlways<string>;
  document_id: string;
  agent_id: string;
  position: number;
  place: string;
  text: string;
  /** Written as an expression, never read. */
  search: string;
  embedding: Nullable<Buffer>;
  embedded_by: Nullable<string>;
}

export interface ErasuresTable {
  id: string;
  connection_id: string;
  customer: string;
  also_known_as: JsonColumn;
  state: Generated<'waiting' | 'done'>;
  stripe: Nullable<'not_asked' | 'deleted' | 'kept'>;
  thread_id: Nullable<string>;
  run_id: Nullable<string>;
  report: JsonNullable;
  requested_by: JsonColumn;
  requested_at: Time;
  finished_at: TimeNullable;
}

export interface PacesTable {
  key: string;
  due_at: Time;
}

export interface KeyHoldersTable {
  id: string;
  opens: JsonColumn;
  seals: string;
  seen_at: TimeDefault;
}

export interface InvitationsTable {
  id: string;
  /** Lower case. */
  email: string;
  role: 'owner' | 'operator' | 'requester' | 'approver' | 'viewer';
  token_hash: Buffer;
  invited_by: JsonColumn;
  created_at: Time;
  expires_at: Time;
}

export interface GuessesTable {
  key: string;
  failures: Generated<number>;
  locked_until: TimeNullable;
  updated_at: Time;
}

export interface UsedCodesTable {
  person_id: string;
  code_hash: Buffer;
  used_at: Time;
}

export interface InstancesTable {
  id: string;
  heartbeat_at: TimeDefault;
}

export interface AnnouncementsTable {
  id: string;
  connection_id: string;
  type: string;
  subject: string;
  data: JsonColumn;
  state: Generated<'queued' | 'sending' | 'sent' | 'failed'>;
  attempts: Generated<number>;
  next_attempt_at: TimeNullable;
  receipt: JsonNullable;
  problem: Nullable<string>;
  happened_at: Time;
  sent_at: TimeNullable;
}

export interface Schema {
  agents: AgentsTable;
  agent_versions: AgentVersionsTable;
  connections: ConnectionsTable;
  agent_connections: AgentConnectionsTable;
  threads: ThreadsTable;
  runs: RunsTable;
  entries: EntriesTable;
  operations: OperationsTable;
  approvals: ApprovalsTable;
  muted_notices: MutedNoticesTable;
  halts: HaltsTable;
  mails: MailsTable;
  audit: AuditTable;
  settings: SettingsTable;
  ledgers: LedgersTable;
  journal_charts: JournalChartsTable;
  journals: JournalsTable;
  mirrored: MirroredTable;
  payment_links: PaymentLinksTable;
  facts: FactsTable;
  fact_months: FactMonthsTable;
  recurring_lines: RecurringLinesTable;
  webhooks: WebhooksTable;
  events: EventsTable;
  event_cursors: EventCursorsTable;
  tasks: TasksTable;
  task_runs: TaskRunsTable;
  playbooks: PlaybooksTable;
  playbook_runs: PlaybookRunsTable;
  deliveries: DeliveriesTable;
  alerts: AlertsTable;
  consents: ConsentsTable;
  pulses: PulsesTable;
  pulse_spans: PulseSpansTable;
  client_calls: ClientCallsTable;
  documents: DocumentsTable;
  passages: PassagesTable;
  erasures: ErasuresTable;
  paces: PacesTable;
  announcements: AnnouncementsTable;
  instances: InstancesTable;
  key_holders: KeyHoldersTable;
  invitations: InvitationsTable;
  guesses: GuessesTable;
  used_codes: UsedCodesTable;
}
