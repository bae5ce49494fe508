import { z } from 'zod';
import { readTool, type Tool, writeTool } from '../../../tools/tool.ts';

/** Two tools that are never executed: a model step only declares them. */
const customerTool: Tool = readTool({
  name: 'get_customer',
  title: 'Get customer',
  description: 'One customer by id, e-mail or name.',
  input: z.object({ customer: z.string().describe('Id, e-mail or name.') }),
  permissions: [{ resource: 'customer', access: 'read' }],
  words: { action: 'get', object: 'customer', synonyms: ['client'] },
  read: () => Promise.reject(new Error('a model step executes nothing')),
});

const refundTool: Tool = writeTool({
  name: 'create_refund',
  title: 'Refund',
  description: 'Gives money back.',
  effect: 'money',
  input: z.object({
    charge: z.string().describe('Charge id.'),
    amount: z.string().optional().describe('Decimal.'),
  }),
  permissions: [{ resource: 'charge', access: 'write' }],
  words: { action: 'refund', object: 'charge' },
  sealed: z.object({}),
  plan: () => Promise.reject(new Error('a model step executes nothing')),
  act: () => Promise.reject(new Error('a model step executes nothing')),
});

export const fakeTools: readonly Tool[] = [customerTool, refundTool];
