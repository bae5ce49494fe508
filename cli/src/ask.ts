import { styleText } from 'node:util';
import type { Agent, Approval, Page, ToolCall, TurnResult } from '@purser/server/api';
import type { Command } from 'commander';
import { type ApiClient, createApiClient } from './api-client.ts';
import { type Reached, reachServer } from './reach.ts';

interface AskOptions {
  agent?: string;
  thread?: string;
  json?: boolean;
  explain?: boolean;
}

const exitCodes: Record<TurnResult['status'], number> = {
  completed: 0,
  failed: 1,
  cancelled: 1,
  awaiting_approval: 3,
};

const firstAgent = 'Stripe Sleuth';

async function findAgent(api: ApiClient, wanted: string | undefined): Promise<Agent> {
  const { data } = await api.get<Page<Agent>>('/api/agents?limit=100');
  const name = (wanted ?? firstAgent).toLowerCase();
  const found = data.find((agent) => agent.id === wanted || agent.name.toLowerCase() === name);
  if (found) return found;
  const oldest = data.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))[0];
  if (wanted === undefined && oldest) return oldest;
  const known = data.map((agent) => agent.name).join(', ') || 'none';
  throw new Error(`There is no agent called "${wanted ?? firstAgent}". There are: ${known}.`);
}

const dim = (text: string): string => styleText('dim', text, { stream: process.stderr });

function printToolCall(call: ToolCall): void {
  const outcome = call.error?.message ?? call.summary ?? call.status;
  const took = call.durationMs === null ? '' : ` (${call.durationMs} ms)`;
  process.stderr.write(`${dim(`· ${call.name} ${JSON.stringify(call.input)}: ${outcome}${took}`)}\n`);
}

function printApproval(approval: Approval, { url, isOwn }: Reached): void {
  const where = isOwn
    ? `Start Purser with npm start, open the thread "${approval.threadTitle}" and approve or reject it there.`
    : `Approve or reject it at ${url}/threads/${approval.threadId}, or send {"decision":"approve"} to POST ${url}/api/approvals/${approval.id}.`;
  process.stderr.write(`Waits for approval: ${approval.summary}\n  ${approval.reason}\n  ${where}\n`);
}

/** Answers escape what a page would take for markup; a terminal shows it as it was written. */
const forTerminal = (markdown: string): string =>
  markdown.replaceAll('&lt;', '<').replaceAll('\\|', '|').replaceAll(']\\(', '](');

function print(result: TurnResult, threadId: string, reached: Reached, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...result, threadId }, null, 2)}\n`);
    return;
  }
  for (const call of result.toolCalls) printToolCall(call);
  if (result.text) process.stdout.write(`${forTerminal(result.text)}\n`);
  for (const approval of result.approvals) printApproval(approval, reached);
  if (result.error) {
    const next = result.error.next ? ` ${result.error.next}` : '';
    process.stderr.write(`The turn failed: ${result.error.message}${next}\n`);
  }
  process.stderr.write(`${dim(`thread ${threadId}`)}\n`);
}

async function takeTurn(api: ApiClient, text: string, options: AskOptions): Promise<[TurnResult, string]> {
  const threadId =
    options.thread ??
    (await api.post<{ id: string }>('/api/threads', { agentId: (await findAgent(api, options.agent)).id }))
      .id;
  const path = `/api/threads/${encodeURIComponent(threadId)}/messages?wait=true`;
  return [await api.post<TurnResult>(path, { text }), threadId];
}

/** How the built-in model reads the question, instead of an answer. */
async function explain(api: ApiClient, text: string, options: AskOptions): Promise<void> {
  const { id } = await findAgent(api, options.agent);
  const threadId = options.thread;
  const read = await api.post<{ markdown: string }>(`/api/agents/${id}/reading`, {
    text,
    ...(threadId && { threadId }),
  });
  process.stdout.write(
    options.json ? `${JSON.stringify(read, null, 2)}\n` : `${forTerminal(read.markdown)}\n`,
  );
}

async function ask(question: string, options: AskOptions): Promise<void> {
  const { createStderrLog, loadConfig } = await import('@purser/server/local');
  const config = loadConfig();
  const log = createStderrLog(config);
  const reached = await reachServer(config, log, { name: 'purser ask', role: 'owner' });
  try {
    const api = createApiClient(reached.url, reached.token);
    if (options.explain) return await explain(api, question, options);
    const [result, threadId] = await takeTurn(api, question, options);
    print(result, threadId, reached, options.json ?? false);
    process.exitCode = exitCodes[result.status];
  } finally {
    await reached.leave();
  }
}

export function addAsk(program: Command): void {
  program
    .command('ask')
    .description('one turn with an agent; exit 0 done, 1 failed, 3 waits for an approval')
    .argument('<question>', 'what you want, in plain words')
    .option('--agent <name>', `the agent's name or id (${firstAgent})`)
    .option('--thread <id>', 'go on in this thread')
    .option('--json', 'print the whole result as JSON')
    .option('--explain', 'print how the built-in model reads it, and do nothing')
    .action(ask);
}
