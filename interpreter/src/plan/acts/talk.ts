import { plainText } from '../../answers/describe.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, declined, done, type Outcome, type World } from '../act.ts';
import { fromKnowledge } from './knowledge.ts';
import { read } from './reading.ts';

const abilities = [
  '- look things up: balance, customers, products, prices, payments, subscriptions, invoices, refunds, disputes, payouts, events',
  '- create and change customers, products, prices, coupons, payment links and invoices',
  '- take payments, refund them, create, switch and cancel subscriptions',
];

/** What this is, said plainly. */
export function about(world: World): Outcome {
  const account = world.setting.account
    ? ` I am connected to **${plainText(world.setting.account)}** in ${world.setting.mode} mode.`
    : '';
  return done(
    [
      `I am Purser's built-in model: an offline program that reads requests about a Stripe account and carries them out. I am no general chat assistant.${account}`,
      '',
      'I can',
      ...abilities,
      '',
      'Say it in your own words, for example: "refund half of Anna’s last payment" or "which invoices are overdue?"',
    ].join('\n'),
  );
}

export function unclear(world: World): Outcome {
  return declined(
    [
      'I did not understand that well enough to act on it, so I changed nothing. I work with the connected Stripe account, and I can',
      ...abilities,
      '',
      `Name what you want done, to what or whom, and the amount where there is one.${world.setting.account ? '' : ' No Stripe account is connected yet.'}`,
    ].join('\n'),
  );
}

export function conditional(): Outcome {
  return declined(
    'I changed nothing: I act at once or not at all, and cannot wait for a time or watch for a condition like that. I can look up what it depends on, and you decide then; for something regular, set up a task for this agent.',
  );
}

const impossible: Record<string, string> = {
  discount:
    'I cannot put a coupon on a customer, a subscription or an invoice, so I changed nothing. I can create the coupon ("create a 10% off coupon, once"); apply it in the Stripe Dashboard on the subscription.',
  ranking:
    'I cannot rank customers by what they paid. I can list the customers, or the payments of one of them or of a time: "list the payments since March".',
  absence:
    'I cannot look for customers who lack something: only what exists can be listed. "List customers" and "list active subscriptions" show both sides.',
  schedule:
    'I cannot schedule a payment for later: a charge is made at once or not at all, so I charged nothing. For something regular, create a subscription; for a later due date, create an invoice ("invoice … due in 14 days").',
  bulk: 'I refund for one customer at a time, so I refunded nothing. Tell me whose payments, and from when.',
};

/** What this model does not do, and what comes closest. */
export function cannot(what: string): Outcome {
  return declined(impossible[what] ?? 'I cannot do that, so I changed nothing.');
}

export function secret(): Outcome {
  return declined(
    'I cannot show keys or passwords: I never see them. The secret key is in the Stripe Dashboard under Developers → API keys (https://dashboard.stripe.com/apikeys), and never belongs in a chat. If one was pasted here, roll it there.',
  );
}

/** The agent's documents were looked through in vain. */
export function silent(): Outcome {
  return declined('The documents this agent was given say nothing about that.');
}

/** Who the business is and what it sells: from its documents, the instructions, else from the products. */
export function* business(request: Request, world: World): Act {
  const { instructions, account } = world.setting;
  const written = yield* fromKnowledge(request, world);
  if (written) return written;
  const fitting = fittingLines(request.text, instructions);
  if (fitting.length > 0) return done(fitting.map(plainText).join('\n'));
  if (/\bsell|\boffer|\bproduct/i.test(request.text))
    return yield* read(
      { ...request, intent: 'list', object: 'product', slots: { marks: new Set(['active']) } },
      world,
    );
  if (instructions) return done(instructions.split('\n').slice(0, 12).map(plainText).join('\n'));
  return declined(
    `My instructions do not say anything about that${account ? ` for ${plainText(account)}` : ''}. You can write it into this agent's instructions.`,
  );
}

/** The lines of the instructions that speak of what was asked. */
function fittingLines(question: string, instructions: string): string[] {
  const lines = instructions
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const sells = /\bsell|\boffer|\bproduct/i.test(question);
  const words =
    question
      .toLowerCase()
      .match(/[a-z]{5,}/g)
      ?.filter(
        (word) => !/^(?:what|which|about|there|their|business|company|describe|selling)$/.test(word),
      ) ?? [];
  return lines.filter((line) => {
    const lower = line.toLowerCase();
    if (sells && /\bsell|\boffer|\bproduct|\bplan|\bprice|[$€£]\s?\d|\bservice/.test(lower)) return true;
    if (!sells && /\bbusiness\b|\bcompany\b/i.test(question) && words.length === 0) return true;
    return words.some((word) => lower.includes(word.replace(/(?:ies|y|s)$/, '')));
  });
}

/** Whatever is no work on the account: greetings, what this is, what it does not do. */
export function* talk(request: Request, world: World): Act {
  switch (request.intent) {
    case 'secret':
      return secret();
    case 'about':
      return about(world);
    case 'business':
      return yield* business(request, world);
    case 'greeting':
      return done(
        `Hello. Ask me about ${world.setting.account ? `**${world.setting.account}**` : 'your Stripe account'}, for example "what is my balance?"`,
      );
    case 'thanks':
      return done('You are welcome.');
    case 'noop':
    case 'story':
      return done('All right. I changed nothing; tell me what to do.');
    case 'cannot':
      return cannot(request.object);
    case 'conditional':
      return conditional();
    default:
      return (yield* fromKnowledge(request, world)) ?? unclear(world);
  }
}
