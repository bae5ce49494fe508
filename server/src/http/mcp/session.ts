/** Whom an MCP request concerns: who asks, which agent's tools, on which account, and in which session of the client. */
import { randomBytes } from 'node:crypto';
import type { Principal } from '../../access/access.ts';
import { can } from '../../access/roles.ts';
import { type Agent, getAgent, listAgents } from '../../agents/agents.ts';
import type { ClientSession } from '../../agents/client-calls.ts';
import { openReach, type Reach } from '../../agents/reach.ts';
import { digestOf } from '../../canonical-json.ts';
import { forbidden, notFound, Problem } from '../../problem.ts';
import { cleanText } from '../../secrets/clean.ts';
import type { Service } from '../service.ts';

export interface McpSession extends ClientSession {
  readonly principal: Principal;
  readonly agent: Agent;
  readonly reach: Reach;
  /** Why there is no account, in words; null where there is one or none is needed. */
  readonly noConnection: string | null;
  /** List every tool of the agent, not only those it carries. */
  readonly allTools: boolean;
  /** The client brings its person to an address where one is needed (elicitation, URL mode). */
  readonly bringsPeople: boolean;
  /** Where people reach the console. */
  readonly consoleUrl: string;
}

const mostAgents = 100;
const unnamed = 'MCP client';
const day = 86_400_000;

/**
 * Nothing is kept between requests: the session's id itself says what the client calls itself, so that any instance can
 * answer. It is a label and a key, and gives no right.
 */
export function newSessionId(clientName: string, { bringsPeople }: { bringsPeople: boolean }): string {
  const label = Buffer.from(plainName(clientName)).toString('base64url');
  return `${randomBytes(18).toString('base64url')}.${label}${bringsPeople ? '.url' : ''}`;
}

/** @throws Problem 404 for an unknown agent or connection */
export async function readSession(
  service: Service,
  request: Request,
  { principal, agent: named, sessionId }: { principal: Principal; agent?: string; sessionId: string | null },
): Promise<McpSession> {
  const url = new URL(request.url);
  const header = (name: string) => request.headers.get(name) ?? undefined;
  const agent = await chooseAgent(
    service,
    named ?? url.searchParams.get('agent') ?? header('purser-agent') ?? null,
  );
  const wanted = url.searchParams.get('connection') ?? header('purser-connection') ?? null;
  const { connectionId, noConnection } = chooseConnection(agent, wanted);
  const { type, id, name } = principal;
  const key = digestOf({
    ...{ by: `${type}:${id}`, agent: agent.id, connection: connectionId },
    // A client that keeps no session id still has what it looked up today.
    session: sessionId ?? `day ${Math.floor(service.clock.now().getTime() / day)}`,
  });
  return {
    ...{ key, principal, agent, agentId: agent.id, connectionId, noConnection },
    reach: await openReach(service.openConnection, {
      account: agent.connections.find((each) => each.connectionId === connectionId) ?? null,
      beside: agent.connections.filter(({ beside }) => beside !== null),
      own: await service.knowledge.toolsOf(agent.id),
    }),
    client: clientName(sessionId),
    by: { type, id, name },
    allTools: url.searchParams.get('tools') === 'all',
    bringsPeople: sessionId?.split('.')[2] === 'url',
    consoleUrl: service.about.publicUrl ?? url.origin,
  };
}

export function mayCall({ principal }: McpSession): void {
  if (can(principal.role, 'operate')) return;
  throw forbidden(`The role ${principal.role} may look, but not have an agent's tools called.`);
}

/** By id, name or name with dashes; without, the oldest. @throws Problem 404 */
async function chooseAgent({ database: { db } }: Service, wanted: string | null): Promise<Agent> {
  if (wanted?.startsWith('agt_')) return getAgent(db, wanted);
  const agents = await listAgents(db, { limit: mostAgents });
  const spoken = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
  const found = wanted === null ? agents[0] : agents.find(({ name }) => spoken(name) === spoken(wanted));
  if (found) return found;
  if (wanted !== null) throw notFound('agent', wanted);
  throw new Problem({
    ...{ status: 404, code: 'no_agent', title: 'There is no agent' },
    detail: 'Create an agent in the console first.',
  });
}

/** An account is never guessed. @throws Problem 404 for one that the agent does not reach */
function chooseConnection(agent: Agent, wanted: string | null) {
  const accounts = agent.connections.filter(({ beside }) => beside === null);
  const [only, ...others] = accounts;
  if (wanted !== null) {
    const found = accounts.find(({ connectionId }) => connectionId === wanted);
    if (!found) throw notFound('connection of this agent', wanted);
    return { connectionId: found.connectionId, noConnection: null };
  }
  if (others.length === 0) return { connectionId: only?.connectionId ?? null, noConnection: null };
  const names = accounts.map(({ name, mode, connectionId }) => `${name} (${mode}): ${connectionId}`);
  return {
    connectionId: null,
    noConnection: `${agent.name} reaches several accounts. Add ?connection= to the address with one of these: ${names.join('; ')}.`,
  };
}

function clientName(sessionId: string | null): string {
  const label = sessionId?.split('.')[1];
  return label ? plainName(Buffer.from(label, 'base64url').toString('utf8')) : unnamed;
}

/** One line without what could pass for markup. Clients name themselves. */
function plainName(name: string): string {
  return (
    cleanText(name)
      .replace(/[^\p{L}\p{N} ._@/-]+/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 60) || unnamed
  );
}
