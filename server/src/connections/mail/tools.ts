import { z } from 'zod';
import { maskCardNumbers } from '../../secrets/card-numbers.ts';
import { cleanForeignStrings } from '../../secrets/clean.ts';
import type { Account } from '../../tools/account.ts';
import { type Json, readTool, type Tool, ToolError, type ToolOutcome, writeTool } from '../../tools/tool.ts';
import type { Mail, Outbox } from './outbox.ts';

const subjectField = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((text) => !/[\r\n]/.test(text), 'The subject is one line.');

export const messageInput = z.strictObject({
  to: z
    .email()
    .max(254)
    .describe('One e-mail address: as the person gave it, or as it stands in the customer’s own field.'),
  subject: subjectField.describe('One line.'),
  body: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .describe('The whole text in Markdown, with greeting and close. Amounts exactly as tools wrote them.'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .optional()
    .describe('The language of the text: "de". Default "en".'),
});

/** Mail, for every agent: sent by the SMTP server that is set, else kept in the outbox. */
export function mailTools({
  outbox,
  account,
  connectionId,
}: {
  outbox: Outbox;
  account: Account;
  connectionId: string;
}): Tool[] {
  const sendMessage = writeTool({
    name: 'send_message',
    title: 'Send mail',
    description:
      'Sends one e-mail to one address. For several people call it once for each. Look the address up first (get_customer) unless the person gave it. Do not promise what no tool result shows.',
    effect: 'outbound',
    input: messageInput,
    sealed: messageInput,
    permissions: [],
    words: {
      action: 'send',
      object: 'message',
      synonyms: [
        'mail',
        'email',
        'e-mail',
        'notify',
        'notification',
        'tell',
        'remind',
        'let know',
        'write to',
      ],
    },
    async plan(input) {
      refuseCardNumbers(input);
      const preview = {
        summary: `Mail ${input.to}: “${input.subject}”`,
        facts: [
          { label: 'To', value: input.to },
          { label: 'Text', value: input.body },
          { label: 'Can be undone', value: 'no' },
        ],
        objects: [],
      };
      return { preview, sealed: input };
    },
    async act(sealed, { operationId, threadId }) {
      const origin = { once: operationId, operationId, threadId, connectionId, footer: account.name };
      return outcomeOf(await outbox.put(sealed, origin));
    },
    async find(_sealed, { operationId }) {
      const mail = await outbox.findOnce(operationId);
      return mail ? outcomeOf(mail) : null;
    },
  });

  const listMessages = readTool({
    name: 'list_messages',
    title: 'List mail',
    description: 'Mail that was sent or is waiting to be, newest first, to one address or to all.',
    input: z.strictObject({
      to: z.email().max(254).optional().describe('Only to this address.'),
      limit: z.number().int().min(1).max(100).optional().describe('Default 10.'),
    }),
    permissions: [],
    words: {
      action: 'list',
      object: 'message',
      synonyms: ['mail', 'email', 'e-mail', 'outbox', 'sent mail'],
    },
    async read({ to, limit = 10 }) {
      const found = await outbox.list(to ? { to } : {}, { limit: limit + 1 });
      const mails = found.slice(0, limit);
      return {
        view: {
          ...{ object: 'list', of: 'messages', data: mails.map(rowOf), complete: found.length <= limit },
          seen: mails.length,
        },
        record: mails.map(({ html: _, ...mail }) => mail) as unknown as Json,
        summary:
          mails.length === 0
            ? 'Found no mail'
            : `Listed ${mails.length} mail${mails.length === 1 ? '' : 's'}`,
        objects: mails.map(refOf),
        requestIds: [],
      };
    },
  });

  return [sendMessage, listMessages];
}

const refOf = ({ id, to, subject }: Mail) => ({ type: 'mail', id, label: `${subject} (${to})` });

function rowOf(mail: Mail): { [key: string]: Json } {
  const { id, to, subject, state, createdAt, problem } = mail;
  return { id, to, subject, state, created: createdAt, ...(problem ? { problem } : {}) };
}

function outcomeOf(mail: Mail): ToolOutcome {
  const note =
    mail.state === 'captured'
      ? 'No mail server is set: the mail stands in the outbox and was not sent.'
      : 'It is on its way; the outbox says when it is gone.';
  return {
    ...cleanForeignStrings({
      view: { object: 'message', ...rowOf(mail), note },
      record: { ...rowOf(mail), body: mail.body },
      summary: `${mail.state === 'captured' ? 'Kept in the outbox' : 'Sent'}: “${mail.subject}” to ${mail.to}`,
    }),
    objects: [refOf(mail)],
    requestIds: [],
  };
}

export function refuseCardNumbers(input: Pick<z.infer<typeof messageInput>, 'subject' | 'body'>): void {
  const field = (['subject', 'body'] as const).find((name) => maskCardNumbers(input[name]).found.length > 0);
  if (!field) return;
  throw new ToolError('card_number_refused', `There is a card number in "${field}"; it was not sent.`, {
    next: 'Leave the number out; name the card by its brand and last four digits.',
  });
}
