import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAnchor } from '../audit/anchor.ts';
import { createAudit } from '../audit/audit.ts';
import { systemClock } from '../clock.ts';
import { peopleWorld, type World } from './testing.ts';

let world: World;
beforeAll(async () => {
  world = await peopleWorld();
});
afterAll(() => world.close());

/** Until `emptied`, whatever is added to a table meets what Postgres says when its disk is full. */
async function fill(table: string): Promise<{ emptied(): Promise<void> }> {
  await world.database.pool.query(
    `create function no_room() returns trigger language plpgsql as $$ begin
       raise exception 'could not extend file "base/16384/2619": No space left on device' using errcode = 'disk_full';
     end $$;
     create trigger full_disk before insert on ${table} for each row execute function no_room()`,
  );
  return {
    async emptied() {
      await world.database.pool.query(`drop trigger full_disk on ${table}; drop function no_room()`);
    },
  };
}

const recorded = async () =>
  (await world.database.pool.query<{ n: number }>('select count(*)::int as n from audit')).rows[0]?.n;

describe('a full disk', () => {
  it('is told as what it is, changes nothing by halves, and work goes on once there is room', async () => {
    const owner = await world.byLink();
    const { id } = await world.somebody('viewer');
    const before = await recorded();
    const disk = await fill('invitations');
    const invite = () => owner.post('/api/invitations', { email: 'late@example.com' });
    const refused = await invite();
    expect(refused).toMatchObject({ status: 507, body: { code: 'disk_full' } });
    expect(refused.body.detail).toContain('Make room');
    expect(JSON.stringify(refused.body)).not.toMatch(/base\/16384|extend file/);
    expect(await recorded()).toBe(before);
    // What needs no room goes on.
    expect((await owner.get('/api/people')).status).toBe(200);
    expect((await world.app.request('/readyz', { headers: { host: 'localhost' } })).status).toBe(200);
    await disk.emptied();
    expect((await invite()).status).toBe(201);
    expect(await world.access.people.get(id)).toMatchObject({ role: 'viewer' });
  });

  // The device that is always full: what is written there fails for real.
  it.runIf(existsSync('/dev/full'))('leaves an audit anchor unnoted, which is tried again', async () => {
    const audit = createAudit(world.database.db, systemClock);
    await audit.record({ actor: { type: 'system', id: 'x', name: 'X' }, action: 'backup.made' });
    const needs = { clock: systemClock, head: () => audit.head() };
    const anchor = createAnchor({ ...needs, target: { file: '/dev/full' } });
    await expect(anchor()).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(anchor()).rejects.toMatchObject({ code: 'ENOSPC' });
  });
});
