/** What is read, under which key it is cached. Live events keep these current, so that nothing is polled. */
export * from './queries/access.ts';
export * from './queries/agents.ts';
export * from './queries/automations.ts';
export * from './queries/connections.ts';
export * from './queries/customers.ts';
export * from './queries/records.ts';
export * from './queries/threads.ts';
