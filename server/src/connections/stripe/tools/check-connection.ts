import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import type { PermissionRow } from '../../connection.ts';
import {
  examineKey,
  excessOf,
  keyAge,
  keyWarnings,
  leastFor,
  missingOf,
  spokenPermission,
} from '../key-doctor.ts';
import { keysUrl } from '../permissions.ts';
import { stripePresets } from '../presets.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { compact } from '../views/shape.ts';

const presetNames = stripePresets.map(({ name }) => name);

const checkInput = z.strictObject({
  preset: z
    .enum(presetNames as [string, ...string[]])
    .optional()
    .describe('Judge the key for this kind of work only.'),
  tools: z
    .array(z.string().min(1).max(60))
    .min(1)
    .max(100)
    .optional()
    .describe('Judge the key for these tools only, by name.'),
});

/** @throws ToolError `not_found` for names that are no tool's */
function chosen(all: readonly Tool[], { preset, tools }: z.infer<typeof checkInput>): readonly Tool[] {
  const names = tools ?? stripePresets.find(({ name }) => name === preset)?.carries;
  if (!names) return all;
  const unknown = names.filter((name) => !all.some((tool) => tool.name === name));
  if (tools && unknown.length > 0)
    throw new ToolError('not_found', `There is no tool ${unknown.join(', ')}.`, {
      next: 'Use names of tools as they are, such as "create_refund".',
    });
  return all.filter(({ name }) => names.includes(name));
}

function verdictOn(tools: readonly Tool[], rows: readonly PermissionRow[]) {
  const limited = tools.flatMap((tool) => {
    const lacks = missingOf(tool.permissions, rows).map(spokenPermission);
    return lacks.length > 0 ? [{ tool: tool.name, lacks }] : [];
  });
  const least = leastFor(tools);
  const missing = missingOf(least, rows).map(spokenPermission);
  return { limited, least, missing, excess: excessOf(least, rows) };
}

/** What to do at Stripe, in the order of its page for keys. */
function stepsFor(
  desk: Desk,
  { missing, excess }: { missing: readonly string[]; excess: readonly string[] },
) {
  const url = keysUrl(desk.mode);
  if (desk.key.kind === 'secret')
    return [
      `Open ${url} and choose "Create restricted key".`,
      'Set each permission under "least" to its level and leave all others at None.',
      'Replace the key of this connection by the new one, then revoke the full key.',
    ];
  if (missing.length === 0 && excess.length === 0) return [];
  return [
    `Open ${url} and edit the key ending in ${desk.key.last4}.`,
    ...(missing.length > 0 ? [`Set: ${missing.join(', ')}.`] : []),
    ...(excess.length > 0 ? [`Not needed, set lower or to None: ${excess.join(', ')}.`] : []),
    'Save; the change holds at once.',
  ];
}

/** The key doctor. @param others the tools it judges the key for */
export function checkConnection(desk: Desk, others: readonly Tool[]): Tool {
  return stripeRead(desk, {
    name: 'check_connection',
    title: 'Check the key',
    description:
      'What the Stripe key of this connection may and may not do: tool by tool, which permissions are missing or more than needed, the least that the chosen tools need, and how to mend it. Use it when something was refused for a permission, or when asked about the key. Changes nothing and never shows the key.',
    input: checkInput,
    permissions: [],
    words: {
      action: 'check',
      object: 'connection',
      synonyms: [
        'api key',
        'stripe key',
        'key permissions',
        'restricted key',
        'stripe connection',
        'key allowed',
        'is the key allowed',
        'may the key',
        'key may',
      ],
    },
    async read(input, _api) {
      const tools = chosen(others, input);
      const rows = await examineKey(desk.client, { kind: desk.key.kind, mode: desk.mode });
      const verdict = verdictOn(tools, rows);
      const isFull = desk.key.kind === 'secret';
      const excess = isFull ? [] : verdict.excess;
      const age = desk.keyAddedAt && keyAge(desk.keyAddedAt, desk.now());
      const warnings = [
        ...keyWarnings(desk.key, rows, leastFor(others)),
        ...(age?.warning ? [age.warning] : []),
      ];
      const view = compact({
        object: 'connection_check',
        account: desk.account.id,
        mode: desk.mode,
        key: compact({ kind: desk.key.kind, last4: desk.key.last4, days_here: age?.days }),
        judged_for: input.tools ? 'the tools named' : (input.preset ?? 'all tools'),
        tools_that_work: tools.length - verdict.limited.length,
        tools_limited: verdict.limited,
        least: verdict.least.map(spokenPermission),
        missing: verdict.missing,
        excess,
        warnings,
        steps: stepsFor(desk, { missing: verdict.missing, excess }),
      });
      const { length } = verdict.limited;
      const summary = isFull
        ? 'The key is a full secret key: every tool works, and it may do more than any needs'
        : length === 0
          ? `The key may do all that ${tools.length} tools need`
          : `The key lacks permissions for ${length} of ${tools.length} tools`;
      return { view, record: { rows }, summary };
    },
  });
}
