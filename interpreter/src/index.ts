/**
 * The built-in offline model. A prompt goes through stages, each a folder of its own that can be tested alone:
 *
 * - `transcript`, `setting`, `toolbox`: the prompt and the tools, read once
 * - `normalise`: one kind of each mark, spelling put right towards the domain's words
 * - `entities`: sums, periods, addresses, ids, cards, names: everything that stands for a value
 * - `meaning`: clauses, what each asks for, and its facts → typed requests
 * - `dialogue`: what a message leaves unsaid, taken from the conversation: answers, follow-ups, "it", "her"
 * - `plan`: requests → tool calls, one step at a time, replayed from the results there are
 * - `answers`: what tools brought, as a person likes to read it
 *
 * It keeps no state, uses no network, and never reads an order out of a tool's result.
 */
export { readNumbers } from './entities/numbers.ts';
export { type BuiltinModelOptions, createBuiltinModel } from './model.ts';
