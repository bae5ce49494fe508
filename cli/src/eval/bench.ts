import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Approval, Mail, Page, TurnResult } from '@purser/server/api';
import type { Config, Log } from '@purser/server/local';
import { type ApiClient, createApiClient } from '../api-client.ts';
import { freePort } from '../ports.ts';
import { changesBetween, readState } from './account-state.ts';
import { filled, problemsOf } from './judge.ts';
import type { Scenario } from './scenario.ts';
import { openAccount } from './stripe-account.ts';
import { buildWorld } from './world.ts';

/** A message, what was answered, and what is wrong with it. */
export interface PlayedTurn {
  readonly said: string;
  readonly answer: string;
  readonly calls: readonly string[];
  readonly approvals: readonly string[];
  readonly problems: readonly string[];
  readonly durationMs: number;
}

export interface Played {
  readonly scenario: Scenario;
  readonly turns: readonly PlayedTurn[];
  readonly problems: readonly string[];
}

/** A Purser of its own with a sandbox of its own, gone when closed. Nothing of it touches the data of another. */
export interface Bench {
  readonly model: string;
  play(scenario: Scenario): Promise<Played>;
  close(): Promise<void>;
}

/** Starts a bench. `config` says which models there are; its data folder, database and mail server stay untouched. */
export async function startBench(config: Config, log: Log, model: string | undefined): Promise<Bench> {
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-eval-'));
  const sandboxPort = await freePort();
  const { startPurser } = await import('@purser/server/local');
  const own: Config = {
    ...config,
    ...{ dataDir, host: '127.0.0.1', port: 0, databaseUrl: undefined, masterKey: undefined },
    ...{ mail: undefined, publicUrl: undefined, sandbox: { port: sandboxPort, seed: 'empty' } },
    model: model ?? config.model,
  };
  const purser = await startPurser(own, log).catch(async (error: unknown) => {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  });
  const { token } = await purser.access.createToken({ name: 'purser eval', role: 'owner' });
  const api = createApiClient(purser.url, token);
  const about = await api.get<{ defaultModel: string }>('/api/about');
  let accounts = 0;
  return {
    model: about.defaultModel,
    play(scenario) {
      accounts += 1;
      return play(scenario, api, `http://127.0.0.1:${sandboxPort}`, `sk_test_eval_${accounts}`);
    },
    async close() {
      await purser.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function play(scenario: Scenario, api: ApiClient, sandboxUrl: string, apiKey: string): Promise<Played> {
  const account = openAccount(sandboxUrl, apiKey);
  const world = await buildWorld(account, scenario.world);
  const connection = await api.post<{ id: string }>('/api/connections', {
    type: 'stripe',
    credentials: { apiKey },
    baseUrl: sandboxUrl,
  });
  const agent = await api.post<{ id: string }>('/api/agents', {
    name: `Eval ${apiKey}`,
    instructions: scenario.instructions,
  });
  await api.put(`/api/agents/${agent.id}/connections/${connection.id}`, {});
  const { id: threadId } = await api.post<{ id: string }>('/api/threads', { agentId: agent.id });
  const turns: PlayedTurn[] = [];
  let before = await readState(account);
  let mailed = 0;
  for (const turn of scenario.turns) {
    const said = filled(turn.say, world);
    const started = performance.now();
    const { result, approvals } = await takeTurn(api, threadId, said, !scenario.rejects);
    const durationMs = performance.now() - started;
    const after = await readState(account);
    const { data: sent } = await api.get<Page<Mail>>('/api/outbox?limit=100');
    const mails = sent.filter(({ connectionId }) => connectionId === connection.id);
    const seen = {
      answer: result.text || (result.error?.message ?? ''),
      changes: changesBetween(before, after),
      mails: mails.slice(0, mails.length - mailed).map(({ to }) => to),
    };
    turns.push({
      said,
      answer: seen.answer,
      calls: result.toolCalls.map(
        (call) => `${call.name} ${JSON.stringify(call.input)}: ${call.error?.message ?? call.status}`,
      ),
      approvals: approvals.map(({ summary }) => summary),
      problems: problemsOf(turn, seen, world),
      durationMs,
    });
    before = after;
    mailed = mails.length;
  }
  return { scenario, turns, problems: turns.flatMap(({ problems }) => problems) };
}

/** One message, and every approval it asks for decided alike. */
async function takeTurn(
  api: ApiClient,
  threadId: string,
  text: string,
  approve: boolean,
): Promise<{ result: TurnResult; approvals: Approval[] }> {
  const decided: Approval[] = [];
  let result = await api.post<TurnResult>(`/api/threads/${threadId}/messages?wait=true`, { text });
  while (result.status === 'awaiting_approval') {
    const [approval] = result.approvals;
    if (!approval) break;
    decided.push(approval);
    const decision = { decision: approve ? 'approve' : 'reject' };
    result = await api.post<TurnResult>(`/api/approvals/${approval.id}?wait=true`, decision);
  }
  return { result, approvals: decided };
}
