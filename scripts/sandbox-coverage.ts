/**
 * Writes docs/sandbox-coverage.md: each endpoint of the official SDK and whether the sandbox answers it, as its routes
 * say. `--check` only says whether the page is what it would write. One line per endpoint and no grand total, so that
 * two branches that add resources merge.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resources } from '../sandbox/src/resources.ts';
import { sdkEndpoints } from '../sandbox/src/wire/sdk-endpoints.ts';
import { unsupportedParams } from '../sandbox/src/wire/unsupported-params.ts';

const target = join(import.meta.dirname, '../docs/sandbox-coverage.md');

const answered = new Set(
  resources
    .flatMap((resource) => resource.routes ?? [])
    .map(({ method, path }) => `${method} ${path.replaceAll(/:[a-z_]+/g, ':id')}`),
);

/** The SDK's resource → its endpoints: `billing.meters` → `GET /v1/billing/meters`, … */
const groups = new Map<string, string[]>();
for (const [endpoint, sdkMethod] of Object.entries(sdkEndpoints)) {
  const resource = sdkMethod.slice(0, sdkMethod.lastIndexOf('.'));
  groups.set(resource, [...(groups.get(resource) ?? []), endpoint]);
}

function section(resource: string, endpoints: readonly string[]): string {
  const has = endpoints.filter((endpoint) => answered.has(endpoint)).length;
  const lines = endpoints.map((endpoint) => {
    const without = unsupportedParams[endpoint]?.map((name) => `\`${name}\``).join(', ');
    return `- [${answered.has(endpoint) ? 'x' : ' '}] \`${endpoint}\`${without ? `, without ${without}` : ''}`;
  });
  return `## ${resource}: ${has} of ${endpoints.length}\n\n${lines.join('\n')}\n`;
}

const sections = [...groups]
  .sort(([one], [other]) => (one < other ? -1 : 1))
  .map(([resource, endpoints]) => section(resource, endpoints));
const page = `# What the sandbox answers

Every endpoint of Stripe's official SDK, by the SDK's resources. What is not ticked answers a 501 in Stripe's error shape,
and so do the parameters that an endpoint is said to be without.
Written by \`scripts/sandbox-coverage.ts\` from the sandbox's routes; \`npm run check\` fails when it is out of date.

${sections.join('\n')}`;

const total = Object.keys(sdkEndpoints);
console.log(
  `The sandbox answers ${total.filter((endpoint) => answered.has(endpoint)).length} of the SDK's ${total.length} endpoints.`,
);
if (!process.argv.includes('--check')) writeFileSync(target, page);
else if (readFileSync(target, 'utf8') !== page) {
  console.error('docs/sandbox-coverage.md is out of date: run `node scripts/sandbox-coverage.ts`.');
  process.exitCode = 1;
}
