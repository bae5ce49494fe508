/** Rooms that hold so many at once: whoever comes later waits at the door, first come, first served. */
export interface Rooms {
  /** @returns what is to be called on leaving, once. @throws the signal's reason */
  enter(
    key: string,
    atMost: number,
    options?: { signal?: AbortSignal; onWait?: () => void },
  ): Promise<() => void>;
}

interface Room {
  inside: number;
  readonly waiting: (() => void)[];
}

export function createRooms(): Rooms {
  const rooms = new Map<string, Room>();

  function leave(key: string, room: Room): void {
    const next = room.waiting.shift();
    // Whoever waits takes the place over, so that nobody slips in between.
    if (next) next();
    else room.inside -= 1;
    if (room.inside === 0) rooms.delete(key);
  }

  function waitAtDoor(room: Room, signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const admit = () => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        room.waiting.splice(room.waiting.indexOf(admit), 1);
        reject(signal?.reason);
      };
      room.waiting.push(admit);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  return {
    async enter(key, atMost, { signal, onWait } = {}) {
      signal?.throwIfAborted();
      const room = rooms.get(key) ?? { inside: 0, waiting: [] };
      rooms.set(key, room);
      if (room.inside < atMost) room.inside += 1;
      else {
        onWait?.();
        await waitAtDoor(room, signal);
      }
      let left = false;
      return () => {
        if (!left) leave(key, room);
        left = true;
      };
    },
  };
}
