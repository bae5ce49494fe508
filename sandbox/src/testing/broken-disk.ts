import { copyFileSync, existsSync, rmSync, statSync, truncateSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';

/**
 * A disk that breaks at its `at`th operation: it refuses that one, or it stops for good, as when a process is killed or
 * the power goes. `lose` then takes away what was not synced, all of it or half, as only a loss of power can.
 */
export function brokenDisk({ at, how }: { at: number; how: 'refuses' | 'stops' }) {
  let count = 0;
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  /** By path: how much of a file is surely on disk. */
  const synced = new Map<string, number>();
  const files: FileHandle[] = [];
  let isReleased = false;
  /** Files that were put in place of others, until the folder is synced, with where the others still are. */
  const replaced = new Map<string, string>();

  async function operation<T>(
    work: () => Promise<T>,
    half: () => Promise<unknown> = async () => {},
  ): Promise<T> {
    count++;
    if (count < at || (count > at && how === 'refuses')) return work();
    if (count === at) await half();
    if (how === 'refuses')
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    stop();
    return new Promise<never>(() => {});
  }

  async function openFile(...args: Parameters<typeof open>): Promise<FileHandle> {
    const file = await operation(() => open(...args));
    files.push(file);
    // Opened while another operation was the last one: nobody is left to close it.
    if (isReleased) await file.close();
    const path = String(args[0]);
    const [append, truncate] = [file.appendFile.bind(file), file.truncate.bind(file)];
    file.appendFile = (data) =>
      operation(
        () => append(data),
        () => append(Buffer.from(String(data)).subarray(0, 10)),
      );
    file.truncate = (size) => operation(() => truncate(size));
    // Real ones would take their time; what they promise is kept count of instead.
    file.datasync = () =>
      operation(async () => {
        synced.set(path, (await file.stat()).size);
      });
    file.sync = () => operation(async () => replaced.clear());
    return file;
  }

  async function renameFile(from: string, to: string): Promise<void> {
    await operation(async () => {
      if (existsSync(to)) copyFileSync(to, `${to}.before`);
      replaced.set(to, `${to}.before`);
      await rename(from, to);
    });
    synced.set(to, synced.get(from) ?? 0);
  }

  return {
    open: openFile,
    rename: renameFile as typeof rename,
    stopped,
    get isBroken() {
      return count >= at;
    },
    /** Lets go of what a process that is killed does not close. */
    async release(): Promise<void> {
      isReleased = true;
      await Promise.all(files.map((file) => file.close()));
    },
    lose(path: string, part: 'half' | 'all'): void {
      const before = replaced.get(path);
      if (before !== undefined) {
        rmSync(path);
        if (existsSync(before)) copyFileSync(before, path);
        return;
      }
      if (!existsSync(path)) return;
      const kept = synced.get(path) ?? 0;
      const { size } = statSync(path);
      if (size > kept) truncateSync(path, part === 'all' ? kept : Math.floor((kept + size) / 2));
    },
  };
}
