import { expect, test } from 'vitest';
import { createRooms } from './rooms.ts';

test('no more than so many are inside at once, whoever came first goes in first, and all get in', async () => {
  const rooms = createRooms();
  let [inside, most, waited] = [0, 0, 0];
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      const leave = await rooms.enter('account', 5, { onWait: () => (waited += 1) });
      order.push(n);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
      leave();
      leave();
    }),
  );
  expect({ most, waited, inside }).toEqual({ most: 5, waited: 35, inside: 0 });
  expect(order).toEqual(Array.from({ length: 40 }, (_, n) => n));
});

test('other rooms are not full, and whoever gives up takes no place', async () => {
  const rooms = createRooms();
  const leave = await rooms.enter('one', 1);
  await rooms.enter('other', 1);
  const stop = new AbortController();
  const waiting = rooms.enter('one', 1, { signal: stop.signal });
  const patient = rooms.enter('one', 1);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  leave();
  (await patient)();
  await expect(rooms.enter('one', 1, { signal: stop.signal })).rejects.toThrow('stopped');
  (await rooms.enter('one', 1))();
});
