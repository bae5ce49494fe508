/** For tests: a real mail server that keeps what it is given, and says no where told to. */
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  readonly url: string;
  readonly port: number;
  /** Whole mails as they came, oldest first. */
  readonly received: string[];
  close(): Promise<void>;
}

/** @param refuse the code to answer an address with */
export async function startMailServer(refuse: { rcpt?: Record<string, number> } = {}): Promise<MailServer> {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      const code = refuse.rcpt?.[address];
      done(code ? Object.assign(new Error('No such mailbox'), { responseCode: code }) : null);
    },
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        received.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (typeof address !== 'object' || !address) throw new Error('It does not listen.');
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `smtp://127.0.0.1:${address.port}`, received, port: address.port, close };
}
