import { execFileSync } from 'node:child_process';
import { accessSync, chownSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Postgres refuses to run as root: how its commands are run, and who owns its files. */
export interface PostgresUser {
  /** Gives a file or folder to the user that Postgres runs as. */
  own(path: string): void;
  /** The command line that runs `program` as that user. */
  command(program: string, args: readonly string[]): { program: string; args: string[] };
  /** Spawn options that switch the user; empty when the wrapping command does it. */
  readonly ids: { uid?: number; gid?: number };
}

const nobodySpecial: PostgresUser = {
  own() {},
  command: (program, args) => ({ program, args: [...args] }),
  ids: {},
};

/** CAP_DAC_READ_SEARCH (enough), or CAP_DAC_OVERRIDE (what containers grant): the first that is in reach. */
function searchCapability(): string | undefined {
  const bounding = /^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const bits = BigInt(`0x${bounding ?? '0'}`);
  if (bits & (1n << 2n)) return 'dac_read_search';
  return bits & (1n << 1n) ? 'dac_override' : undefined;
}

function accountId(flag: '-u' | '-g'): number | undefined {
  try {
    return Number(
      execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
}

/** The account `postgres`, created when the machine has none. */
function postgresAccount(): { uid: number; gid: number } {
  let uid = accountId('-u');
  if (uid === undefined) {
    try {
      execFileSync('groupadd', ['--force', '--system', 'postgres'], { stdio: 'ignore' });
      execFileSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'], {
        stdio: 'ignore',
      });
    } catch (cause) {
      throw new Error(
        'Postgres does not run as root, and no user "postgres" could be made. Run Purser as an ordinary user, or set DATABASE_URL.',
        { cause },
      );
    }
    uid = accountId('-u');
  }
  const gid = accountId('-g');
  if (uid === undefined || gid === undefined) throw new Error('The user "postgres" cannot be found.');
  return { uid, gid };
}

function mayEnter(folder: string, uid: number, gid: number): boolean {
  const { mode, uid: owner, gid: group } = statSync(folder);
  if (owner === uid) return (mode & 0o100) !== 0;
  if (group === gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

function canReach(path: string, uid: number, gid: number): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (!mayEnter(folder, uid, gid)) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Who runs Postgres here. As root it is the account `postgres`; where that account cannot enter the folders on the way
 * (a clone under `/root`), `setpriv` lets it pass through them and grants nothing else.
 * @param paths existing files and folders that Postgres must reach
 */
export function postgresUser(paths: readonly string[]): PostgresUser {
  if (process.getuid?.() !== 0) return nobodySpecial;
  const { uid, gid } = postgresAccount();
  const own = (path: string) => chownSync(path, uid, gid);
  const blocked = paths.find((path) => !canReach(path, uid, gid));
  if (blocked === undefined) return { ...nobodySpecial, own, ids: { uid, gid } };

  const capability = process.platform === 'linux' ? searchCapability() : undefined;
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!capability || !setpriv) {
    throw new Error(
      `Postgres does not run as root, and its user "postgres" cannot enter ${dirname(blocked)}. ` +
        'Move Purser and PURSER_DATA_DIR out of private folders, run it as an ordinary user, or set DATABASE_URL.',
    );
  }
  const switches = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const caps = [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
  return {
    own,
    command: (program, args) => ({ program: setpriv, args: [...switches, ...caps, '--', program, ...args] }),
    ids: {},
  };
}
