import { Readable } from 'node:stream';
import nodemailer from 'nodemailer';

/** What leaves: a whole mail, with an id of its own that stays the same however often it is tried. */
export interface OutgoingMail {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** RFC 2369 and 8058: mail programs show a button for it. */
  readonly unsubscribe?: string | undefined;
}

export type Delivery =
  | { readonly status: 'sent' }
  /** The server says no for good: there is no such mailbox, the mail is too large. */
  | { readonly status: 'refused'; readonly problem: string; readonly bounced: boolean }
  /** Nothing was handed over: it may be tried again. */
  | { readonly status: 'later'; readonly problem: string }
  /** The text was handed over and no answer came. */
  | { readonly status: 'unknown'; readonly problem: string };

export interface Transport {
  send(mail: OutgoingMail): Promise<Delivery>;
  /** Whether the server takes our word for who we are. @throws Error with its words. */
  verify(): Promise<void>;
  close(): void;
}

const timeoutMs = 20_000;

/** Real mail, by `smtp://` or `smtps://user:password@host:port`. */
export function createSmtp(url: string): Transport {
  const composer = nodemailer.createTransport({ streamTransport: true, buffer: true });
  const transport = nodemailer.createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ id, unsubscribe, ...mail }) {
      const host = /@([^>\s]+)/.exec(mail.from)?.[1] ?? 'purser.invalid';
      const { message, envelope } = await composer.sendMail({
        ...{ ...mail, messageId: `<${id}@${host}>` },
        ...(unsubscribe && {
          headers: {
            'List-Unsubscribe': `<${unsubscribe}>`,
            // Mail programs press the button by themselves only where it leads over TLS.
            ...(unsubscribe.startsWith('https:') && {
              'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            }),
          },
        }),
      });
      let isHandedOver = false;
      // Read when the server said that it takes the text: from here on a broken connection leaves it open.
      const raw = Readable.from(
        (function* () {
          isHandedOver = true;
          yield message;
        })(),
      );
      try {
        await transport.sendMail({ envelope, raw });
        return { status: 'sent' };
      } catch (error) {
        return deliveryOf(error, isHandedOver);
      }
    },
    async verify() {
      await transport.verify();
    },
    close: () => transport.close(),
  };
}

/** RFC 5321: 4yz may pass, 5yz will not; a wrong password is for the owner to mend, and the mail waits. */
function deliveryOf(error: unknown, isHandedOver: boolean): Delivery {
  const facts =
    error instanceof Error
      ? (error as Error & { responseCode?: number; code?: string; command?: string })
      : undefined;
  const problem = (facts?.message ?? String(error)).slice(0, 500);
  const answer = facts?.responseCode;
  if (answer !== undefined && answer >= 400) {
    if (answer < 500 || facts?.code === 'EAUTH') return { status: 'later', problem };
    // 550, 551, 553 to the recipient: the mailbox is not there. 552 and 554 have reasons of other kinds.
    const bounced = facts?.command === 'RCPT TO' && [550, 551, 553].includes(answer);
    return { status: 'refused', problem, bounced };
  }
  return { status: isHandedOver ? 'unknown' : 'later', problem };
}
