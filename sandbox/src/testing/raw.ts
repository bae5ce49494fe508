import { connect } from 'node:net';

/** Sends bytes as they are and answers what comes back; `hangUp` ends the connection after them. */
export function raw(port: number, text: string, hangUp = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(Buffer.from(text, 'latin1'));
      if (hangUp) socket.destroySoon();
    });
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
