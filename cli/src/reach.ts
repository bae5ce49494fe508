/** How a command that talks to Purser gets at one: the server that runs, or one of its own. */
import type { Role } from '@purser/server/api';
import type { Config, Log } from '@purser/server/local';
import { freePort, isPortFree } from './ports.ts';
import { findServer } from './server-file.ts';

export interface Reached {
  readonly url: string;
  /** Started for this command alone, and gone after it. */
  readonly isOwn: boolean;
  /** Lives as long as the command. */
  readonly token: string;
  leave(): Promise<void>;
}

/** The running server, or a new one with the same data folder: on `port` where that is free, on any other else. */
export async function reachServer(
  config: Config,
  log: Log,
  { name, role, port = 0 }: { name: string; role: Role; port?: number },
): Promise<Reached> {
  const running = await findServer(config.dataDir);
  return running
    ? reachRunning(config, log, { url: running.url, name, role })
    : startOwn(config, log, { name, role, port });
}

async function reachRunning(
  config: Config,
  log: Log,
  { url, ...asked }: { url: string; name: string; role: Role },
): Promise<Reached> {
  const { createLocalToken, revokeLocalToken } = await import('@purser/server/local');
  const { id, token } = await createLocalToken(config, log, asked);
  return { url, isOwn: false, token, leave: () => revokeLocalToken(config, log, id) };
}

async function startOwn(
  config: Config,
  log: Log,
  { port, ...asked }: { name: string; role: Role; port: number },
): Promise<Reached> {
  const { sandbox } = config;
  const sandboxPort =
    sandbox.port === 0 || (await isPortFree(sandbox.port, '127.0.0.1')) ? sandbox.port : await freePort();
  const ownPort = port !== 0 && (await isPortFree(port, '127.0.0.1')) ? port : 0;
  const own = { ...config, host: '127.0.0.1', port: ownPort, sandbox: { ...sandbox, port: sandboxPort } };
  const { startPurser } = await import('@purser/server/local');
  const purser = await startPurser(own, log);
  const { token, info } = await purser.access.createToken(asked);
  return {
    ...{ url: purser.url, isOwn: true, token },
    async leave() {
      await purser.access.revokeToken(info.id);
      await purser.close();
    },
  };
}
