import type { Seed } from './seed.ts';

/** A year of the demo business. */
export const seedDemo: Seed = (_account, play) => {
  play.post('/v1/customers', { name: 'Ada Okafor', email: 'ada@northwind.example' });
};
