import type { Outbox } from './outbox.ts';

/** Alerts by mail, to people of the business itself: each address has one once. */
export const alertMail = (outbox: Outbox) => ({
  name: 'mail',
  async tell(alert: {
    readonly id: string;
    readonly title: string;
    readonly body: string;
    readonly connectionId: string | null;
    readonly mailTo: readonly string[];
  }): Promise<void> {
    for (const to of alert.mailTo)
      await outbox.put(
        { to, subject: alert.title.replace(/\s+/g, ' ').slice(0, 200), body: alert.body },
        {
          ...{
            once: `alert:${alert.id}:${to}`,
            footer: 'Purser: you get this because a playbook names your address, or a task is yours.',
          },
          ...(alert.connectionId && { connectionId: alert.connectionId }),
        },
      );
  },
});
