/** What the bench compares with and counts by, installed into a temporary folder: no part of Purser needs them. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const folder = join(tmpdir(), 'purser-bench-tokens');
/** The last release of the toolkit whose tools are in the package: later ones ask a server at Stripe for them. */
const packages = ['@stripe/agent-toolkit@0.7.12', 'gpt-tokenizer@4.0.0'];

/** A tool of the toolkit, as a model is told of it. */
export interface PeerTool {
  readonly description: string;
  readonly parameters: unknown;
  execute(input: object): Promise<unknown>;
}

export interface Peers {
  /** Tokens of a text, by the encoding of current OpenAI models; other models differ by some percent. */
  count(text: string): number;
  jsonSchema(parameters: unknown): unknown;
  /** Stripe's toolkit with every tool it has, on the account at this address. */
  toolkit(apiKey: string, url: string): Readonly<Record<string, PeerTool>>;
}

interface Toolkit {
  readonly _stripe: { readonly stripe: { _setApiField(name: string, value: string): void } };
  getTools(): Readonly<Record<string, PeerTool>>;
}

async function load<T>(name: string): Promise<T> {
  const path = createRequire(join(folder, 'package.json')).resolve(name);
  return (await import(pathToFileURL(path).href)) as T;
}

const objects = [
  ...['customers', 'disputes', 'invoices', 'invoiceItems', 'paymentLinks', 'products', 'prices', 'balance'],
  ...['refunds', 'paymentIntents', 'subscriptions', 'documentation', 'coupons'],
];
const everything = Object.fromEntries(
  objects.map((name) => [name, { create: true, update: true, read: true }]),
);

export async function installPeers(): Promise<Peers> {
  if (!existsSync(join(folder, 'node_modules/gpt-tokenizer'))) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder });
  }
  const { countTokens } = await load<{ countTokens(text: string): number }>(
    'gpt-tokenizer/encoding/o200k_base',
  );
  const { zodToJsonSchema } = await load<{ zodToJsonSchema(schema: unknown): unknown }>('zod-to-json-schema');
  const { StripeAgentToolkit } = await load<{
    StripeAgentToolkit: new (options: object) => Toolkit;
  }>('@stripe/agent-toolkit/ai-sdk');
  return {
    count: countTokens,
    jsonSchema: zodToJsonSchema,
    toolkit(secretKey, url) {
      const made = new StripeAgentToolkit({ secretKey, configuration: { actions: everything } });
      const { hostname, port } = new URL(url);
      for (const [name, value] of Object.entries({ host: hostname, port, protocol: 'http' }))
        made._stripe.stripe._setApiField(name, value);
      return made.getTools();
    },
  };
}
