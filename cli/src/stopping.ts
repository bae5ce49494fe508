/** Signals of one Ctrl-C arrive several times: from the terminal, from npm, from bin/purser.js. */
const sameKeypressMs = 700;
const forcedExit = 130;

/**
 * Resolves when the process should stop: Ctrl-C, SIGTERM, SIGHUP, or because the program that started it is gone.
 * From then on a second Ctrl-C ends the process at once.
 */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const stop = () => {
      if (firstAt === undefined) {
        firstAt = Date.now();
        resolve();
        return;
      }
      if (Date.now() - firstAt > sameKeypressMs) process.exit(forcedExit);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    // bin/purser.js holds the other end: should it be killed, nobody could stop us any more.
    process.once('disconnect', () => {
      firstAt ??= Date.now();
      resolve();
    });
    process.channel?.unref();
  });
}
