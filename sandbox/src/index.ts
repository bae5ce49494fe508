export type { Clock } from './clock.ts';
export { demoKey } from './demo-key.ts';
export type { Limits, Sandbox, SandboxOptions } from './options.ts';
export { createSandbox } from './sandbox.ts';
