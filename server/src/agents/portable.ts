/** An agent as a file: what it is and what it may do, without keys, accounts, people or documents. */
import { z } from 'zod';
import { policySchema } from '../guard/policy.ts';
import type { Agent } from './agents.ts';
import { agentLimitsSchema } from './limits.ts';

const format = 'purser.agent';

/** Read leniently in what it leaves out, strictly in what it says. */
export const agentFileSchema = z.strictObject({
  format: z.literal(format, 'This is no file of an agent: its "format" is not "purser.agent".'),
  version: z.literal(1, 'This file was written by a newer Purser.'),
  name: z.string().trim().min(1).max(120),
  description: z.string().max(2_000).default(''),
  instructions: z.string().max(100_000).default(''),
  model: z.string().trim().min(1).max(200).nullable().default(null),
  limits: agentLimitsSchema.default({}),
  /** What it was attached to, and on which terms; an owner chooses the accounts when it is imported. */
  connections: z
    .array(
      z.strictObject({
        type: z.string().max(40),
        preset: z.string().max(40).default(''),
        policy: policySchema.default({}),
      }),
    )
    .max(20)
    .default([]),
});
export type AgentFile = z.infer<typeof agentFileSchema>;

export function toFile({ name, description, instructions, model, limits, connections }: Agent): AgentFile {
  return {
    ...{ format, version: 1, name, description, instructions, model, limits },
    connections: connections.map(({ type, preset, policy }) => ({ type, preset, policy })),
  };
}

/** `Support agent` → `support-agent.purser.json` */
export function fileNameOf({ name }: Pick<Agent, 'name'>): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
  return `${plain || 'agent'}.purser.json`;
}
