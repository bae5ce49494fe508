import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { brokenDisk } from '../testing/broken-disk.ts';
import { news, specs, things } from '../testing/things.ts';
import { FileJournal } from './journal.ts';
import { openState, type State } from './state.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-crash-'));
  path = join(folder, 'a.journal');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Disk = ReturnType<typeof brokenDisk>;

const opened = (disk?: Disk): State =>
  openState({ specs, journal: new FileJournal(path, disk), keepsAfter: () => false });

/** Everything there is. */
const contents = (state: State) =>
  JSON.stringify([[...state.of(things).oldestFirst()], [...state.of(news).oldestFirst()]]);

/** What happened so far: what there was after each change, and after which of them all was acknowledged. */
interface History {
  readonly after: string[];
  acknowledged: number;
}

/** Changes, acknowledgements, compactions and a fresh start, as they come under load. */
async function live(state: State, history: History): Promise<void> {
  const seen = () => history.after.push(contents(state)) - 1;
  const change = (id: string, version: number) => {
    state.transact(() => {
      const thing = state.of(things).put({ id, version });
      state.of(news).put({ id: `news ${id} ${version % 3}`, about: thing });
    });
    return seen();
  };
  const acknowledge = async (at: number) => {
    await state.flush().then(
      () => {
        history.acknowledged = Math.max(history.acknowledged, at);
      },
      () => {},
    );
  };
  const background: Promise<unknown>[] = [];
  const many = () => {
    for (let version = 0; version < 600; version++) change(`${version % 7}`, version);
  };
  /** Changes while a compaction goes on: some acknowledged, some that wait, perhaps until it is over. */
  const compact = async (patience: number) => {
    many();
    await acknowledge(history.after.length - 1);
    const compacted = state.tidy().catch(() => {});
    for (let version = 0; version < 4; version++) {
      const at = change(`${version}`, version);
      if (version === 1) background.push(acknowledge(at));
      for (let turn = 0; turn < patience; turn++) await new Promise(setImmediate);
    }
    await compacted;
    await acknowledge(history.after.length - 1);
  };
  await compact(0);
  await compact(1);
  await state.rest().catch(() => {});
  const cleared = state.clear(['news']).catch(() => {});
  await acknowledge(seen());
  await cleared;
  await compact(4);
  await Promise.all(background);
  await acknowledge(history.after.length - 1);
}

/** Lives until the disk breaks at its `at`th operation. Answers whether it came to that. */
async function liveUntil(at: number, how: 'refuses' | 'stops') {
  const disk = brokenDisk({ at, how });
  const history: History = { after: ['[[],[]]'], acknowledged: 0 };
  await Promise.race([live(opened(disk), history), disk.stopped]);
  await disk.release();
  return { disk, history };
}

test.each(['nothing', 'half', 'all'] as const)(
  'wherever a process dies, what was acknowledged is there, whole changes in order, though of what was not synced %s is lost',
  async (lost) => {
    let at = 1;
    for (let isBroken = true; isBroken; at++) {
      rmSync(path, { force: true });
      const { disk, history } = await liveUntil(at, 'stops');
      isBroken = disk.isBroken;
      if (lost !== 'nothing') disk.lose(path, lost);
      const found = history.after.lastIndexOf(contents(opened()));
      expect(found, `after operation ${at}`).toBeGreaterThanOrEqual(history.acknowledged);
    }
    // Every one of many operations was the last once.
    expect(at).toBeGreaterThan(25);
  },
);

test('wherever the disk refuses once, all is there when it is well again', async () => {
  for (let at = 1, isBroken = true; isBroken; at++) {
    rmSync(path, { force: true });
    const { disk, history } = await liveUntil(at, 'refuses');
    isBroken = disk.isBroken;
    expect(history.acknowledged, `after operation ${at}`).toBe(history.after.length - 1);
    expect(contents(opened()), `after operation ${at}`).toBe(history.after.at(-1));
  }
});

/** Changes things under load, with a compaction nearly always under way, and says which changes were acknowledged. */
const program = (journal: string) => `
import { writeSync } from 'node:fs';
import { FileJournal } from ${JSON.stringify(new URL('journal.ts', import.meta.url).href)};
import { openState } from ${JSON.stringify(new URL('state.ts', import.meta.url).href)};
import { news, specs, things } from ${JSON.stringify(new URL('../testing/things.ts', import.meta.url).href)};
const state = openState({
  specs,
  journal: new FileJournal(${JSON.stringify(journal)}),
  keepsAfter: () => false,
});
let version = Math.max(0, ...[...state.of(things).oldestFirst()].map((thing) => thing.version));
async function writer() {
  for (;;) {
    const mine = ++version;
    const id = String(mine % 20);
    state.transact(() => {
      const about = state.of(things).put({ id, version: mine });
      state.of(news).put({ id, about });
    });
    void state.tidy();
    await state.flush();
    writeSync(1, mine + '\\n');
  }
}
for (let width = 0; width < 16; width++) void writer();
`;

test('a process that is killed again and again, at any moment under load, loses nothing that it acknowledged', async () => {
  let acknowledged = 0;
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program(path)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const enough = acknowledged + 300 + Math.floor(Math.random() * 1000);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      acknowledged = Math.max(acknowledged, ...text.split('\n').slice(0, -1).map(Number));
      text = text.slice(text.lastIndexOf('\n') + 1);
      if (acknowledged >= enough) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const found = opened();
    for (const { id, version } of found.of(things).oldestFirst()) {
      // Changes are acknowledged in their order, so the last of each thing up to the last acknowledged must be there.
      expect(version).toBeGreaterThan(acknowledged - 20);
      expect(found.of(news).get(id)?.about).toEqual({ id, version });
    }
    expect(found.of(things).size).toBe(20);
  }
});
