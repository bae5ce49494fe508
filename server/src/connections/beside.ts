/** What all connections that work beside an account have in common. */
import { createHash } from 'node:crypto';
import type { Account } from '../tools/account.ts';
import type {
  ActContext,
  CallContext,
  FindContext,
  Preview,
  Tool,
  ToolOutcome,
  WriteTool,
} from '../tools/tool.ts';
import { writeTool } from '../tools/tool.ts';
import type { KeyInfo, Preset } from './connection.ts';

/** Whose it is, in the place of an account. */
export const besideAccount = (id: string, name: string): Account => ({
  ...{ id, name, country: null, defaultCurrency: null },
});

export function keyInfo(secret: string): KeyInfo {
  const fingerprint = createHash('sha256').update(secret).digest('hex').slice(0, 16);
  return { last4: secret.slice(-4), fingerprint, kind: 'secret' };
}

/** How far an agent may go by itself. */
export function besidePresets(carries: readonly string[]): readonly Preset[] {
  return [
    {
      name: 'asks',
      label: 'Asks first',
      description: 'Looks things up by itself; whatever it writes there waits for an approval.',
      carries,
      policy: {},
    },
    {
      name: 'writes',
      label: 'Writes on its own',
      description:
        'Writes there without asking, as long as you or its task asked for it. Ending or deleting still asks.',
      carries,
      policy: { effects: { write: 'allow', outbound: 'allow' } },
    },
    {
      name: 'reads',
      label: 'Only reads',
      description: 'Looks things up and writes nothing.',
      carries,
      policy: { effects: { write: 'deny', outbound: 'deny', destructive: 'deny' } },
    },
  ];
}

/** What an operation leaves on whatever it makes, to be found again. */
export const markOf = (operationId: string): string => `purser_op: ${operationId}`;

/** An operation is resumed within a day, or never: what it left is no older. */
const markLastsMs = 25 * 3_600_000;

/**
 * A tool for a far side that knows no idempotency keys: it looks for the operation's mark before it sends, each time, so
 * that a write which was broken off is not made twice.
 */
export function markedTool<Input, Sealed>(
  tool: Omit<WriteTool<Input>, 'plan' | 'act' | 'find'> & {
    readonly sealed: Parameters<typeof writeTool<Input, Sealed>>[0]['sealed'];
    readonly now: () => Date;
    plan(input: Input, context: CallContext): Promise<{ preview: Preview; sealed: Sealed }>;
    send(sealed: Sealed, context: ActContext): Promise<ToolOutcome>;
    /** Reads only. @throws ToolError when it cannot be found out now */
    look(sealed: Sealed, context: FindContext): Promise<ToolOutcome | null>;
  },
): Tool {
  const { send, look, now, ...rest } = tool;
  return writeTool<Input, Sealed>({
    ...rest,
    find: look,
    async act(sealed, context) {
      const since = new Date(now().getTime() - markLastsMs);
      return (await look(sealed, { ...context, since })) ?? send(sealed, context);
    },
  });
}
