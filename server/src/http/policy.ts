import { isCurrency, type Money, MoneyError, parseMoney } from '@purser/money';
import { z } from 'zod';
import type { Principal } from '../access/access.ts';
import { getAgent } from '../agents/agents.ts';
import type { OpenedConnection } from '../agents/toolbox.ts';
import { overBudget } from '../guard/budget.ts';
import { decide, needsSecondPerson, type Policy, policySchema } from '../guard/policy.ts';
import { strictness } from '../guard/verdict.ts';
import { invalidInput, notFound } from '../problem.ts';
import type { Tool } from '../tools/tool.ts';
import type { AgentTool, TriedPolicy } from './api.ts';
import { type ApiApp, addRoute } from './route.ts';
import type { Service } from './service.ts';

const attachment = z.strictObject({ id: z.string().max(80), connectionId: z.string().max(80) });
const trial = z.strictObject({
  tool: z.string().max(80),
  /** In major units of `currency`; without it nothing moves. */
  amount: z.string().trim().max(24).optional(),
  currency: z.string().toLowerCase().optional(),
  /** Id, e-mail address or name. */
  customer: z.string().trim().min(1).max(320).optional(),
  /** Default: now. */
  at: z.iso.datetime({ offset: true }).optional(),
  /** One that is not saved yet; default: the agent's. */
  policy: policySchema.optional(),
});
type Trial = z.infer<typeof trial>;

/** What an agent may do on a connection, and what its policy would say to one call. */
export function addPolicyRoutes(app: ApiApp, service: Service): void {
  const tag = 'Policy';

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/agents/:id/connections/:connectionId/tools',
      summary: 'The tools an agent has on a connection, with their effects and the permissions they need',
      tag,
      action: 'read',
      params: attachment,
    },
    async ({ params }) => {
      const { preset, opened } = await attached(params);
      const carried = opened.carries(preset);
      const data = opened.tools.map((tool): AgentTool => {
        const { name, title, description, effect, permissions } = tool;
        return {
          name,
          title,
          description,
          effect,
          permissions: [...permissions],
          carried: carried.has(name),
        };
      });
      return { data, next_cursor: null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/agents/:id/connections/:connectionId/try',
      summary: 'What a policy, its budgets included, says to one call; nothing is done',
      tag,
      action: 'read',
      params: attachment,
      body: trial,
    },
    async ({ params, body, principal }) => {
      const { policy, opened } = await attached(params);
      const tool = opened.tools.find(({ name }) => name === body.tool);
      if (!tool)
        throw invalidInput([{ path: 'tool', message: `This connection has no tool "${body.tool}".` }]);
      return judge(tool, { ...body, policy: body.policy ?? policy }, { params, opened, principal });
    },
  );

  async function attached({ id, connectionId }: z.infer<typeof attachment>) {
    const agent = await getAgent(service.database.db, id);
    const found = agent.connections.find((each) => each.connectionId === connectionId);
    if (!found) throw notFound('connection of this agent', connectionId);
    return { ...found, opened: await service.connections.open(connectionId) };
  }

  async function judge(
    tool: Tool,
    { policy, ...asked }: Trial & { policy: Policy },
    where: { params: z.infer<typeof attachment>; opened: OpenedConnection; principal: Principal },
  ): Promise<TriedPolicy> {
    const { params, principal } = where;
    const { mode, timeZone } = where.opened;
    const amount = amountOf(asked);
    const now = asked.at ? new Date(asked.at) : service.clock.now();
    const { customer } = asked;
    // What was typed stands for the id as well as for the name.
    const objects = customer ? [{ type: 'customer', id: customer, label: customer }] : [];
    const byPolicy = decide({ tool, mode, policy, now, timeZone, planned: { amount, objects } });
    if (!byPolicy) throw new Error('Policy has no answer to a planned call.');
    const people = needsSecondPerson(policy, amount) ? 2 : 1;
    const verdict = { ...byPolicy, rule: byPolicy.rule ?? null, people };
    const { effect } = tool;
    if (effect === 'read') return verdict;
    const requester = `${principal.type}:${principal.id}`;
    const spender = { agentId: params.id, connectionId: params.connectionId, requester };
    const over = await service.database.db
      .transaction()
      .execute((trx) => overBudget(trx, policy.budgets ?? [], { spender, effect, amount, now, timeZone }));
    if (!over || strictness[over.decision] <= strictness[byPolicy.decision]) return verdict;
    return { ...over, rule: null, people };
  }
}

function amountOf({ amount, currency }: Trial): Money | null {
  if (amount === undefined) return null;
  if (currency === undefined || !isCurrency(currency))
    throw invalidInput([{ path: 'currency', message: 'Name the currency of the amount, such as usd.' }]);
  try {
    return parseMoney(amount, currency);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw invalidInput([{ path: 'amount', message: error.message }]);
  }
}
