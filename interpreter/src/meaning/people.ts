import type { Clause } from './clauses.ts';
import type { Token } from './tokens.ts';

/**
 * "Create two customers: Tom (tom@x.com) and Amy (amy@x.com)": one clause for each person. A second name or address of
 * the same kind begins the next person; one person alone stays one clause.
 */
export function splitPeople(clause: Clause): Clause[] {
  const emails = clause.tokens.filter(({ entity }) => entity?.type === 'email').length;
  const names = clause.tokens.filter(isName).length;
  if (emails < 2 && !(names > 1 && emails === 0 && joinedByAnd(clause.tokens))) return [clause];
  const parts: Token[][] = [[]];
  let seen = { name: false, email: false };
  for (const token of clause.tokens) {
    const name = isName(token);
    const email = token.entity?.type === 'email';
    if ((name && seen.name) || (email && seen.email)) {
      parts.push([]);
      seen = { name: false, email: false };
    }
    seen = { name: seen.name || name, email: seen.email || email };
    parts.at(-1)?.push(token);
  }
  return parts.map((tokens) => ({ tokens, when: clause.when }));
}

/**
 * "Charge Carla $10 and Bob $20", "a Pro plan at $20 and a Starter plan at $5": as many sums as names, so each name
 * goes with its own sum. Undefined where names and sums do not pair up and nobody can say which is whose.
 */
export function splitSums(clause: Clause): Clause[] | undefined {
  const whose = clause.tokens.filter(isWhose).length;
  const sums = clause.tokens.filter(({ entity }) => entity?.type === 'amount').length;
  if (whose < 2 || sums < 2) return [clause];
  if (whose !== sums || !alternates(clause.tokens)) return undefined;
  const lead = clause.tokens.findIndex((token) => isWhose(token) || token.entity?.type === 'amount');
  const opening = clause.tokens.slice(0, Math.max(lead, 0));
  const parts: Token[][] = [[]];
  let seen = { whose: false, sum: false };
  for (const token of clause.tokens.slice(Math.max(lead, 0))) {
    const named = isWhose(token);
    const sum = token.entity?.type === 'amount';
    if ((named && seen.whose) || (sum && seen.sum)) {
      parts.push([]);
      seen = { whose: false, sum: false };
    }
    seen = { whose: seen.whose || named, sum: seen.sum || sum };
    parts.at(-1)?.push(token);
  }
  return parts.map((tokens) => ({ tokens: [...opening, ...tokens], when: clause.when }));
}

/** "Bob $100 for a and $200 for b" has as many sums as names, but one before the first sum and one after the last. */
function alternates(tokens: readonly Token[]): boolean {
  const order = tokens.filter((token) => isWhose(token) || token.entity?.type === 'amount').map(isWhose);
  return order.every((named, index) => named === (index % 2 === 0 ? order[0] : !order[0]));
}

function isWhose(token: Token): boolean {
  return (
    isName(token) ||
    token.entity?.type === 'email' ||
    (token.entity?.type === 'id' && token.entity.object === 'customer')
  );
}

function isName({ entity }: Token): boolean {
  return entity?.type === 'quoted' || entity?.type === 'name';
}

/** Two names side by side are two people only where "and" or a comma stands between. */
function joinedByAnd(tokens: readonly Token[]): boolean {
  return tokens.some(
    (token, at) =>
      isName(token) &&
      /^(?:and|,|&)$/.test(tokens[at - 1]?.word ?? '') &&
      tokens.slice(0, at - 1).some(isName),
  );
}
