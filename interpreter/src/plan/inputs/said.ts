import { countryIn } from '../../entities/countries.ts';
import type { Amount, Entity } from '../../entities/entity.ts';
import type { Json } from '../../json.ts';
import type { Token } from '../../meaning/tokens.ts';

export type Filled = Record<string, Json>;

/** A clause whose values are used up while inputs are filled, so that nothing stands in two of them. */
export class Said {
  readonly tokens: readonly Token[];
  readonly used = new Set<Token>();
  /** The sum that was taken: its currency belongs to it. */
  sum: Amount | undefined;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  /** The first value of a type that nobody took yet. */
  take<Type extends Entity['type']>(
    type: Type,
    fits: (entity: Extract<Entity, { type: Type }>) => boolean = () => true,
  ) {
    for (const token of this.tokens) {
      const { entity } = token;
      if (this.used.has(token) || entity?.type !== type) continue;
      const found = entity as Extract<Entity, { type: Type }>;
      if (!fits(found)) continue;
      this.used.add(token);
      return found;
    }
    return undefined;
  }

  takeSum(): Amount | undefined {
    const amount = this.take('amount')?.amount;
    this.sum ??= amount;
    return amount;
  }

  /** The number of a tax id that was said. */
  taxNumber(): string | undefined {
    const entity = this.tokens.find((one) => one.entity?.type === 'tax_id')?.entity;
    return entity?.type === 'tax_id' ? entity.number : undefined;
  }

  isUsed(text: string | undefined): boolean {
    return [...this.used].some((token) => textOf(token)?.toLowerCase() === text?.toLowerCase());
  }

  /** Marks every value whose text stands in another as used. */
  use(text: string): void {
    const whole = text.toLowerCase();
    for (const token of this.tokens) {
      const own = token.entity && textOf(token)?.toLowerCase();
      if (own && (own === whole || whole.split(/[^\p{L}\p{N}]+/u).includes(own))) this.used.add(token);
    }
  }

  /** A value that was said and stands in no input, in the person's words: to do without it would be to guess. */
  leftOver(): string | undefined {
    const matters =
      /^(?:amount|percent|number|id|url|email|phone|quoted|period|interval|days|name|card|tax_id|pair)$/;
    const token = this.tokens.find((one) => {
      if (!one.entity || this.used.has(one) || !matters.test(one.entity.type)) return false;
      if (one.entity.type === 'name')
        return one.text !== one.text.toLowerCase() && countryIn(one.text) === undefined;
      return !(one.entity.type === 'period' && /^(?:today|now)$/i.test(one.entity.period.words));
    });
    return token?.text;
  }
}

/** The text of a value that can stand in an input as it is. */
export function textOf({ entity }: Token): string | undefined {
  switch (entity?.type) {
    case 'quoted':
    case 'name':
      return entity.text;
    case 'email':
      return entity.email;
    case 'id':
      return entity.id;
    case 'url':
      return entity.url;
    case 'tax_id':
      return entity.number;
    case 'phone':
      return entity.phone;
    case 'number':
      return entity.digits;
    default:
      return undefined;
  }
}
