import type { Account } from '../account.ts';
import type { Agenda } from './agenda.ts';
import type { Catalogue } from './demo-catalogue.ts';
import type { Random } from './random.ts';
import type { Player } from './seed.ts';

/** What the demo's story needs to go on. */
export interface World {
  readonly account: Account;
  readonly play: Player;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly catalogue: Catalogue;
}
