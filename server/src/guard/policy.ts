import type { Mode } from '../tools/account.ts';
import type { Effect } from '../tools/tool.ts';

export type Decision = 'allow' | 'ask' | 'deny';

/** What an owner decided for one agent on one connection; what it leaves out, the defaults of the mode decide. */
export interface Policy {
  effects?: Partial<Record<Effect, Decision>>;
  /** By tool name; goes before `effects`. */
  tools?: Record<string, Decision>;
}

/**
 * Test mode moves no real money, so only what cannot be undone or reaches a person asks. Live mode asks for everything
 * but reads.
 */
export const defaultDecisions: Record<Mode, Record<Effect, Decision>> = {
  test: { read: 'allow', write: 'allow', money: 'allow', destructive: 'ask', outbound: 'ask' },
  live: { read: 'allow', write: 'ask', money: 'ask', destructive: 'ask', outbound: 'ask' },
};

const inWords: Record<Effect, string> = {
  read: 'reads data',
  write: 'changes data',
  money: 'moves or commits money',
  destructive: 'cannot be undone',
  outbound: 'reaches a person outside',
};

/** Decides about one call; `reason` is for the person who is asked, or told no. */
export function decide(call: {
  tool: { name: string; title: string; effect: Effect };
  mode: Mode;
  policy: Policy;
}): { decision: Decision; reason: string } {
  const { tool, mode, policy } = call;
  const byTool = policy.tools?.[tool.name];
  if (byTool) return { decision: byTool, reason: `The agent's policy says "${byTool}" for ${tool.title}.` };
  const byEffect = policy.effects?.[tool.effect];
  if (byEffect) {
    return {
      decision: byEffect,
      reason: `The agent's policy says "${byEffect}" for whatever ${inWords[tool.effect]}.`,
    };
  }
  const reason = `This ${inWords[tool.effect]}${mode === 'live' ? ', in live mode' : ''}.`;
  return { decision: defaultDecisions[mode][tool.effect], reason };
}
