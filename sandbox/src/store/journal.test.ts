import { copyFileSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { news, specs, things } from '../testing/things.ts';
import { FileJournal, JournalError } from './journal.ts';
import { openState, type State } from './state.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-journal-'));
  path = join(folder, 'a.journal');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const reopen = (from = path): State =>
  openState({ specs, journal: new FileJournal(from), keepsAfter: () => false });

describe('a full disk', () => {
  /** A disk that takes half of a write to a file and no more, until `isFull` is false again. */
  function disk(isMeant: (path: string) => boolean = () => true) {
    const state = { isFull: false };
    const openFile = async (...args: Parameters<typeof open>): Promise<FileHandle> => {
      const file = await open(...args);
      const append = file.appendFile.bind(file);
      file.appendFile = async (data) => {
        if (!state.isFull || !isMeant(String(args[0]))) return append(data);
        await append(Buffer.from(String(data)).subarray(0, 10));
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      };
      return file;
    };
    return Object.assign(state, { open: openFile as typeof open, rename });
  }

  test('refuses, keeps what was refused, and takes it first when there is room again', async () => {
    const full = disk();
    const journal = new FileJournal(path, full);
    const state = openState({ specs, journal, keepsAfter: () => false });
    const put = (id: string) => state.transact(() => state.of(things).put({ id, version: 1 }));
    put('before');
    await state.flush();
    full.isFull = true;
    put('refused');
    await expect(state.flush()).rejects.toBeInstanceOf(JournalError);
    expect(state.isStuck()).toBe(true);
    put('also refused');
    await expect(state.flush()).rejects.toThrow(/ENOSPC/);
    // What was acknowledged is there, and half a line is not taken for one.
    copyFileSync(path, join(folder, 'crashed.journal'));
    expect([...reopen(join(folder, 'crashed.journal')).of(things).oldestFirst()]).toHaveLength(1);
    full.isFull = false;
    put('after');
    await state.flush();
    expect(state.isStuck()).toBe(false);
    await state.close();
    expect([...reopen().of(things).oldestFirst()].map(({ id }) => id)).toEqual([
      'before',
      'refused',
      'also refused',
      'after',
    ]);
  });

  test('is over once a compaction has taken along what was refused', async () => {
    const full = disk((file) => file === path);
    const state = openState({ specs, journal: new FileJournal(path, full), keepsAfter: () => false });
    const put = (id: string, version: number) => state.transact(() => state.of(things).put({ id, version }));
    for (let version = 0; version < 600; version++) put('a', version);
    await state.flush();
    full.isFull = true;
    const compacted = state.tidy();
    put('b', 1);
    await expect(state.flush()).rejects.toThrow(/ENOSPC/);
    await compacted;
    expect(state.isStuck()).toBe(false);
    await state.flush();
    expect([...reopen().of(things).oldestFirst()]).toEqual([
      { id: 'a', version: 599 },
      { id: 'b', version: 1 },
    ]);
  });
});

describe('compaction', () => {
  test('goes on beside changes, and at no moment is anything acknowledged missing', async () => {
    const state = reopen();
    const change = (id: string, version: number) =>
      state.transact(() => {
        const thing = state.of(things).put({ id, version });
        state.of(news).put({ id: `news ${id}`, about: thing });
      });
    for (let version = 0; version < 600; version++) change(`${version % 20}`, version);
    await state.flush();
    const before = (await readFile(path)).length;
    const compacted = state.tidy();
    for (let version = 600; version < 900; version++) {
      change(`${version % 30}`, version);
      await state.flush();
      if (version % 25 > 0) continue;
      // A crash now: what a process finds that starts with the file as it is.
      copyFileSync(path, join(folder, 'crashed.journal'));
      const found = reopen(join(folder, 'crashed.journal'));
      expect(found.of(things).get(`${version % 30}`)?.version).toBe(version);
      expect([...found.of(things).oldestFirst()]).toEqual([...state.of(things).oldestFirst()]);
      expect(found.of(news).get(`news ${version % 30}`)?.about).toEqual({ id: `${version % 30}`, version });
    }
    await compacted;
    await state.close();
    expect((await readFile(path)).length).toBeLessThan(before);
    const again = reopen();
    expect([...again.of(things).oldestFirst()]).toEqual([...state.of(things).oldestFirst()]);
    expect([...again.of(news).oldestFirst()]).toEqual([...state.of(news).oldestFirst()]);
  });

  test('that is overtaken by a fresh start does not bring the old back', async () => {
    const state = reopen();
    for (let version = 0; version < 600; version++)
      state.transact(() => state.of(things).put({ id: 'old', version }));
    await state.flush();
    const compacted = state.tidy();
    const cleared = state.clear([]);
    state.transact(() => state.of(things).put({ id: 'new', version: 1 }));
    await Promise.all([compacted, cleared]);
    await state.close();
    expect([...reopen().of(things).oldestFirst()]).toEqual([{ id: 'new', version: 1 }]);
  });
});

test('what holds a current object is read back with that very object', async () => {
  const state = reopen();
  state.transact(() => {
    state.of(news).put({ id: 'news', about: state.of(things).put({ id: 'thing', version: 1 }) });
  });
  state.transact(() => state.of(things).put({ id: 'other', version: 2 }));
  await state.close();
  const again = reopen();
  expect(again.of(news).get('news')?.about).toBe(again.of(things).get('thing'));
  again.transact(() => again.of(things).put({ id: 'thing', version: 3 }));
  await again.close();
  expect(reopen().of(news).get('news')?.about).toEqual({ id: 'thing', version: 1 });
});
