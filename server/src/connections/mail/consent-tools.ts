/** Mail that needs consent, as a tool: news and offers go only to who said yes, with a way out in each. */
import { z } from 'zod';
import { cleanForeignStrings } from '../../secrets/clean.ts';
import type { Account } from '../../tools/account.ts';
import { type Tool, ToolError, type ToolOutcome, writeTool } from '../../tools/tool.ts';
import type { Consents } from './consents.ts';
import type { Mail, Outbox } from './outbox.ts';
import { messageInput, refuseCardNumbers } from './tools.ts';

const sealed = messageInput.extend({ unsubscribe: z.string() });

export function consentTools(needs: {
  outbox: Outbox;
  consents: Consents;
  account: Account;
  connectionId: string;
}): Tool[] {
  const { outbox, consents, account, connectionId } = needs;
  const send = writeTool({
    name: 'send_newsletter',
    title: 'Send newsletter',
    description:
      'Sends news or an offer to one address that consented to such mail, with a link to unsubscribe. Refused where there is no consent. What is about a payment, an order or a question of theirs goes by send_message instead.',
    effect: 'outbound',
    input: messageInput,
    sealed,
    permissions: [],
    words: {
      action: 'send',
      object: 'newsletter',
      synonyms: ['promotion', 'offer', 'marketing mail', 'announcement'],
    },
    async plan(input) {
      refuseCardNumbers(input);
      const { to, subject, body } = input;
      if (!(await consents.isGiven(connectionId, to)))
        throw new ToolError('no_consent', `${to} has not consented to mail of this kind.`, {
          next: 'Leave them out. A consent that was given elsewhere is recorded with PUT /api/consents.',
        });
      const unsubscribe = consents.linkFor(connectionId, to);
      if (unsubscribe === null)
        throw new ToolError('no_public_url', 'Nobody could unsubscribe: Purser has no public address.', {
          next: 'Set PURSER_PUBLIC_URL.',
        });
      const facts = [
        { label: 'To', value: `${to}, who consented` },
        { label: 'Text', value: body },
        { label: 'Can be undone', value: 'no' },
      ];
      return {
        preview: { summary: `Newsletter to ${to}: “${subject}”`, facts, objects: [] },
        sealed: { ...input, unsubscribe },
      };
    },
    async act(mail, { operationId }) {
      const origin = { once: operationId, operationId, connectionId, footer: account.name };
      return outcomeOf(await outbox.put(mail, origin));
    },
    async find(_mail, { operationId }) {
      const mail = await outbox.findOnce(operationId);
      return mail ? outcomeOf(mail) : null;
    },
  });
  return [send];
}

function outcomeOf({ id, to, subject, state }: Mail): ToolOutcome {
  return {
    ...cleanForeignStrings({
      view: { object: 'newsletter', id, to, subject, state },
      record: null,
      summary: `${state === 'captured' ? 'Kept in the outbox' : 'Sent'}: “${subject}” to ${to}`,
    }),
    objects: [{ type: 'mail', id, label: `${subject} (${to})` }],
    requestIds: [],
  };
}
