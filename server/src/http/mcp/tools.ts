/** An agent's tools for MCP clients: listed with what they do to the world, called as turns of that agent. */
import {
  type CallToolResult,
  type Tool as McpTool,
  UrlElicitationRequiredError,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { readInput } from '../../agents/models/tool-calls.ts';
import { inputSchema } from '../../agents/models/tool-declarations.ts';
import { toolboxFor } from '../../agents/toolbox.ts';
import { type Decision, decide } from '../../guard/policy.ts';
import { Problem } from '../../problem.ts';
import type { Effect, Tool } from '../../tools/tool.ts';
import type { Service } from '../service.ts';
import { outcomeSchema, outcomeTool, outcomeToolName, tellOutcome } from './outcome.ts';
import { type McpSession, mayCall } from './session.ts';

/** What clients may tell people about a call before it is made. Purser asks by its own policy, whatever they do. */
const annotations: Record<Effect, NonNullable<McpTool['annotations']>> = {
  read: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  write: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  money: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  destructive: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  outbound: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
};

/** Those the agent carries, or all of them; without what its policy refuses anyway. */
export function listTools(service: Service, session: McpSession): McpTool[] {
  const { tools, declared } = toolboxOf(session);
  const listed = (session.allTools ? tools : declared).flatMap((tool) => {
    const decision = decisionOf(service, session, tool);
    return decision === 'deny' ? [] : [describe(tool, decision)];
  });
  return [...listed, outcomeTool];
}

function describe({ name, title, description, input, effect }: Tool, decision: 'allow' | 'ask'): McpTool {
  const asks = decision === 'ask' ? ' A person may have to approve it in Purser before it is done.' : '';
  return {
    ...{ name, title, description: `${description}${asks}` },
    inputSchema: inputSchema(input) as McpTool['inputSchema'],
    annotations: { title, ...annotations[effect] },
    _meta: { 'purser/effect': effect, 'purser/policy': decision },
  };
}

/** Calls a tool of the agent. What goes wrong is an answer with `isError`, in words a model can act on. */
export async function callTool(
  service: Service,
  session: McpSession,
  call: { name: string; arguments?: Record<string, unknown> | undefined },
  told: { signal: AbortSignal; onProgress(text: string): void },
): Promise<CallToolResult> {
  try {
    mayCall(session);
    if (call.name === outcomeToolName)
      return await tellOutcome(service, session, outcomeSchema.parse(call.arguments ?? {}), told);
    const { tools, declared } = toolboxOf(session);
    const tool = tools.find(({ name }) => name === call.name);
    const { input, invalid } = await readInput(call.name, call.arguments ?? {}, undefined, {
      tools: declared,
      alsoCallable: tools,
    });
    if (!tool || invalid !== undefined)
      return failed('invalid_input', session.noConnection ?? invalid ?? `There is no tool ${call.name}.`);
    const run = await service.runs.call(session, { tool, input });
    return broughtToPerson(
      session,
      await tellOutcome(service, session, { call: run.runId, wait_seconds: null }, told),
    );
  } catch (error) {
    if (error instanceof Problem) return failed(error.code, error.detail);
    if (error instanceof z.ZodError) return failed('invalid_input', z.prettifyError(error));
    throw error;
  }
}

const waiting = z.object({
  status: z.literal('waiting_for_approval'),
  call: z.string(),
  approval: z.object({ url: z.string(), summary: z.string() }),
});

/**
 * A client that can, brings its person to where it is decided; the same call afterwards tells what came of it. That is
 * all it does: a yes is given in Purser, never in a message of the client's.
 * @throws UrlElicitationRequiredError
 */
function broughtToPerson({ bringsPeople }: McpSession, result: CallToolResult): CallToolResult {
  const waits = waiting.safeParse(result.structuredContent).data;
  if (!bringsPeople || !waits) return result;
  const { call, approval } = waits;
  const message = `${approval.summary}: a person decides this in Purser. Call the same again afterwards, or ${outcomeToolName} with {"call": "${call}"}.`;
  throw new UrlElicitationRequiredError(
    [{ mode: 'url', elicitationId: call, url: approval.url, message }],
    message,
  );
}

export function failed(code: string, message: string): CallToolResult {
  return {
    isError: true,
    content: [{ type: 'text', text: message }],
    structuredContent: { status: 'failed', error: { code, message } },
  };
}

function toolboxOf({ reach }: McpSession) {
  return toolboxFor(reach, { takesAll: false, entries: [] });
}

function decisionOf({ clock }: Service, { reach }: McpSession, tool: Tool): Decision {
  const owner = reach.ownerOf(tool);
  const { mode, timeZone } = owner?.opened ?? { mode: 'live', timeZone: 'UTC' };
  const verdict = decide({ tool, mode, policy: owner?.policy ?? {}, now: clock.now(), timeZone });
  // What depends on amounts is known only once planned; a read cannot wait for a person.
  const decision = verdict?.decision ?? 'ask';
  return tool.effect === 'read' && decision === 'ask' ? 'deny' : decision;
}
