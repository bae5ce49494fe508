/** Mails about a failed payment, as a tool: the playbook's own, and for agents whom somebody asks. */

import { formatMoney } from '@purser/money';
import { z } from 'zod';
import type { Mail, Outbox } from '../../connections/mail/outbox.ts';
import { cleanForeignStrings } from '../../secrets/clean.ts';
import { type Tool, ToolError, type ToolOutcome, writeTool } from '../../tools/tool.ts';
import type { Surroundings } from '../playbook.ts';
import { afterQuiet } from '../quiet-hours.ts';
import { type Arrears, readArrears } from './arrears.ts';
import { type Letter, letterOf } from './letter.ts';
import type { DunningSettings } from './settings.ts';

export interface DunningMail {
  outbox: Outbox;
  where: Omit<Surroundings, 'now'>;
  now(): Date;
  settings(): Promise<DunningSettings>;
}

const input = z.strictObject({
  invoice: z
    .string()
    .trim()
    .regex(/^in_\w+$/, 'An invoice’s id: in_…')
    .max(100)
    .describe('The unpaid invoice: in_….'),
  step: z
    .number()
    .int()
    .min(1)
    .max(6)
    .describe('Which mail of the playbook’s steps: 1 is the first. Each is sent once for an invoice.'),
});
type Input = z.infer<typeof input>;

const sealed = z.strictObject({
  ...input.shape,
  to: z.string(),
  language: z.string(),
  subject: z.string(),
  body: z.string(),
});

/** How the `once` of every dunning mail of a connection begins. */
export const dunningMails = (connectionId: string): string => `dunning:${connectionId}:`;

export function sendDunningMessage(needs: DunningMail): Tool {
  const { outbox, where } = needs;
  const { connectionId, account, timeZone } = where;
  const onceOf = ({ invoice, step }: Input) => `${dunningMails(connectionId)}${invoice}:${step}`;

  async function composed({ invoice, step }: Input): Promise<{ arrears: Arrears; letter: Letter }> {
    const settings = await needs.settings();
    if (step > settings.steps.length)
      throw new ToolError(
        'no_such_step',
        `The playbook has ${settings.steps.length} mails, and this is number ${step}.`,
        {
          next: 'Choose one of them, or add a step in the settings of the playbook.',
        },
      );
    const arrears = await readArrears(where, invoice);
    if (arrears.status !== 'open' || !arrears.hasFailed)
      throw new ToolError('not_in_arrears', `The invoice ${arrears.number} is ${standing(arrears)}.`, {
        next: 'Nobody is reminded of it.',
      });
    return { arrears, letter: letterOf(arrears, step, { settings, business: account.name, timeZone }) };
  }

  return writeTool<Input, z.infer<typeof sealed>>({
    name: 'send_dunning_message',
    title: 'Send dunning mail',
    description:
      'Mails a customer about a subscription payment that failed, as the dunning playbook would: by why it failed, in their language, with the page to pay or authenticate on. Each step goes out once for an invoice, and none for one that is paid. The text comes from the playbook’s templates and stands in the preview; to write freely draft_dunning_message and send_message.',
    effect: 'outbound',
    input,
    sealed,
    permissions: [],
    words: { action: 'send', object: 'dunning_message', synonyms: ['dunning mail', 'dunning'] },
    async plan(given) {
      const { arrears, letter } = await composed(given);
      const { to, subject, body } = letter;
      if (await outbox.findOnce(onceOf(given)))
        throw new ToolError(
          'already_sent',
          `Mail ${given.step} about invoice ${arrears.number} was sent already.`,
          {
            next: 'Nothing needs to be done.',
          },
        );
      if (await outbox.hasBounced(to))
        throw new ToolError(
          'address_bounced',
          `The last mail to ${to} came back: there is no such mailbox.`,
          {
            next: 'Correct the address of the customer in Stripe.',
          },
        );
      return {
        preview: {
          summary: `Mail ${to}: “${subject}”`,
          facts: [
            { label: 'To', value: to },
            { label: 'Invoice', value: `${arrears.number}, ${formatMoney(arrears.open)} open` },
            { label: 'Stripe tries again', value: arrears.nextAttempt?.toISOString() ?? 'no more' },
            { label: 'Text', value: body },
            { label: 'Can be undone', value: 'no' },
          ],
          objects: objectsOf(arrears),
        },
        sealed: { ...given, ...letter },
      };
    },
    async act(letter, { operationId, threadId }) {
      const { to, subject, body, language } = letter;
      const { quietHours } = await needs.settings();
      const mail = await outbox.put(
        { to, subject, body, language },
        {
          ...{ once: onceOf(letter), operationId, threadId, connectionId, footer: account.name },
          // It may have been approved in the middle of the night.
          notBefore: afterQuiet(needs.now(), quietHours, timeZone),
        },
      );
      return outcomeOf(mail, letter);
    },
    async find(letter, { operationId }) {
      const mail = await outbox.findOnce(onceOf(letter));
      return mail?.operationId === operationId ? outcomeOf(mail, letter) : null;
    },
  });
}

function standing({ status, hasFailed }: Arrears): string {
  return status === 'open' && !hasFailed ? 'open, and no payment of it has failed' : status;
}

const objectsOf = ({ id, number, customer }: Arrears) => [
  { type: 'invoice', id, label: number },
  { type: 'customer', id: customer.id, label: customer.name ?? customer.email ?? customer.id },
];

function outcomeOf(mail: Mail, { invoice, step }: Input): ToolOutcome {
  const { id, to, subject, state } = mail;
  return {
    ...cleanForeignStrings({
      view: { object: 'dunning_message', id, to, subject, state, invoice, step },
      record: { id, body: mail.body },
      summary: `${state === 'captured' ? 'Kept in the outbox' : 'Sent'}: “${subject}” to ${to}`,
    }),
    objects: [
      { type: 'mail', id, label: `${subject} (${to})` },
      { type: 'invoice', id: invoice },
    ],
    requestIds: [],
  };
}
