/** Asks an agent and prints what it says. `node client/examples/ask.ts URL TOKEN "What is my balance?"` */
import { connectPurser } from '@purser/client';

const [url = '', token = '', text = 'What is my balance?'] = process.argv.slice(2);
const purser = connectPurser({ url, token });

const agents = await purser.GET('/api/agents', { params: { query: { limit: 1 } } });
const agent = agents.data?.data[0];
if (!agent) throw new Error(agents.error?.detail ?? 'There is no agent.');

const thread = await purser.POST('/api/threads', { body: { agentId: agent.id } });
if (!thread.data) throw new Error(thread.error.detail);

const turn = await purser.POST('/api/threads/{id}/messages', {
  params: { path: { id: thread.data.id }, query: { wait: 'true' } },
  body: { text },
});
if (!turn.data || !('text' in turn.data)) throw new Error(turn.error?.detail ?? 'The turn goes on.');
console.log(turn.data.text);
for (const approval of turn.data.approvals) console.log(`Waits for approval: ${approval.summary}`);
