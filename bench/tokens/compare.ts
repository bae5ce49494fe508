/**
 * What tools cost a model in tokens, beside Stripe's agent toolkit: their descriptions in every prompt, and what they answer to
 * the same questions on the same account. `node bench/tokens/compare.ts` prints the tables of the README.
 */
import { createSandbox, demoKey } from '@purser/sandbox';
import Stripe from 'stripe';
import { z } from 'zod';
import { stripeConnection } from '../../server/src/connections/stripe/index.ts';
import type { Tool } from '../../server/src/tools/tool.ts';
import { installPeers, type Peers, type PeerTool } from './peers.ts';
import { type Question, questionsAbout } from './questions.ts';

/** A tool as it stands in a prompt. */
const declared = (name: string, description: string, parameters: unknown): string =>
  JSON.stringify({ name, description, parameters });

const declaredTool = ({ name, description, input }: Tool): string =>
  declared(name, description, z.toJSONSchema(input, { io: 'input' }));

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function descriptions(peers: Peers, tools: readonly Tool[], toolkit: Readonly<Record<string, PeerTool>>) {
  const tokens = (texts: readonly string[]) => texts.reduce((sum, text) => sum + peers.count(text), 0);
  const row = (label: string, texts: readonly string[]) => {
    const sum = tokens(texts);
    return [label, texts.length, sum, Math.round(sum / texts.length)] as const;
  };
  const known = new Map(tools.map((tool) => [tool.name, declaredTool(tool)]));
  const carried = (names: readonly string[]) => names.flatMap((name) => known.get(name) ?? []);
  return [
    ...stripeConnection.presets.map(({ label, carries }) => row(`Purser, ${label}`, carried(carries))),
    row('Purser, every tool', [...known.values()]),
    row(
      'Stripe’s agent toolkit, every tool',
      Object.entries(toolkit).map(([name, tool]) =>
        declared(name, tool.description, peers.jsonSchema(tool.parameters)),
      ),
    ),
  ];
}

async function answers(
  peers: Peers,
  questions: readonly Question[],
  tools: readonly Tool[],
  toolkit: Readonly<Record<string, PeerTool>>,
) {
  const rows = [];
  for (const { asked, purser, toolkit: peer } of questions) {
    const tool = tools.find(({ name }) => name === purser.tool);
    const other = toolkit[peer.tool];
    if (tool?.effect !== 'read' || !other) continue;
    const ours = JSON.stringify((await tool.read(purser.input, {})).view);
    const answer = await other.execute(peer.input);
    const theirs = typeof answer === 'string' ? answer : JSON.stringify(answer);
    const [a, b] = [peers.count(ours), peers.count(theirs)];
    rows.push([asked, a, b, `${(b / a).toFixed(b < a ? 2 : 1)} ×`]);
  }
  return rows;
}

const peers = await installPeers();
const sandbox = createSandbox({ seed: 'demo' });
try {
  const { url } = await sandbox.listen({ port: 0 });
  const { hostname: host, port } = new URL(url);
  const stripe = new Stripe(demoKey, { host, port, protocol: 'http', telemetry: false });
  const account = await stripe.accounts.retrieveCurrent();
  const [invoice] = (await stripe.invoices.list({ limit: 1, status: 'paid' })).data;
  const customer = await stripe.customers.retrieve(String(invoice?.customer));
  if (customer.deleted || !customer.email) throw new Error('The demo account has no customer to ask for.');
  const tools = stripeConnection.tools({
    ...{ credentials: { apiKey: demoKey }, baseUrl: url, mode: 'test', now: () => new Date() },
    account: { id: account.id, name: account.id, country: 'US', defaultCurrency: 'usd' },
  });
  const toolkit = peers.toolkit(demoKey, url);
  console.log(table(['Descriptions', 'Tools', 'Tokens', 'A tool'], descriptions(peers, tools, toolkit)));
  const questions = questionsAbout({ id: customer.id, email: customer.email });
  console.log(
    `\n${table(['Question', 'Purser', 'Toolkit', 'Ratio'], await answers(peers, questions, tools, toolkit))}`,
  );
} finally {
  await sandbox.close();
}
