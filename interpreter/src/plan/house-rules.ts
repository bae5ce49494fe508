import { extractEntities } from '../entities/extract.ts';
import type { Request, Slots } from '../meaning/request.ts';
import type { Setting } from '../setting.ts';
import { sentencesOf } from './goods.ts';

/** What depends on a case is a matter of judgement, and added to nothing. */
const qualified = /\b(?:if|unless|except|only when|until|before|over|above|more than|less than|under)\b/i;

/**
 * A request with what the agent's instructions say of every such act: "new subscriptions get 14 days trial", "refunds carry
 * the reason requested_by_customer", "every customer gets the metadata source=fair". What the person said goes before it.
 */
export function withHouseRules(request: Request, setting: Setting): Request {
  const { intent, object, slots } = request;
  if (setting.instructions === '') return request;
  const rules = sentencesOf(setting).filter(
    (sentence) => !qualified.test(sentence) && !/\b(?:never|not|don't)\b/i.test(sentence),
  );
  const added: Slots = {};
  for (const sentence of rules) {
    if (intent === 'refund' && slots.reason === undefined && /\brefund/i.test(sentence))
      added.reason ??= reasonIn(sentence);
    if (
      intent === 'create' &&
      object === 'subscription' &&
      slots.trialDays === undefined &&
      /\bsubscri|\btrial\b/i.test(sentence)
    )
      added.trialDays ??= trialIn(sentence, request, setting);
    if (intent === 'create' && object === 'customer' && /\bcustomers?\b|\bclients?\b/i.test(sentence))
      added.metadata = { ...metadataIn(sentence, setting), ...added.metadata };
  }
  const metadata = { ...added.metadata, ...slots.metadata };
  return {
    ...request,
    slots: {
      ...slots,
      ...(added.reason && { reason: added.reason }),
      ...(added.trialDays && { trialDays: added.trialDays }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
    },
  };
}

function reasonIn(sentence: string): string | undefined {
  if (!/\breason\b|\bmark|\bas\b/i.test(sentence)) return undefined;
  if (/\brequested[_ ]by[_ ](?:the )?customer\b|\bcustomer request\b/i.test(sentence))
    return 'requested_by_customer';
  return /\b(duplicate|fraudulent)\b/i.exec(sentence)?.[1]?.toLowerCase();
}

/** The trial a sentence gives to every subscription, or to the product that is asked for. */
function trialIn(sentence: string, { text }: Request, setting: Setting): number | undefined {
  const entities = extractEntities(sentence, setting);
  const found = entities.find((entity) => entity.type === 'days' && entity.purpose === 'trial');
  const goods = entities.filter((entity) => entity.type === 'quoted' || entity.type === 'name');
  const others = goods.some(
    (entity) => /^\p{Lu}/u.test(entity.text) && !text.toLowerCase().includes(entity.text.toLowerCase()),
  );
  return found?.type === 'days' && !others ? found.days : undefined;
}

function metadataIn(sentence: string, setting: Setting): Record<string, string> {
  const pairs = extractEntities(sentence, setting).filter((entity) => entity.type === 'pair');
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}

const money =
  'euros?|eur|us dollars?|dollars?|usd|pounds?(?: sterling)?|gbp|(?:swiss )?francs?|chf|yen|jpy|canadian dollars?|cad|australian dollars?|aud|kron(?:a|or|er)|sek|nok|dkk|zlotys?|pln';
const assumed = new RegExp(
  `\\b(?:default currency|currency|amounts?|prices|sums|we (?:bill|charge|invoice|price|work|sell|do business)|everything|payments|charges|invoices)\\b[^.;]*\\b(?:is|are|in|as)(?: always| all)? (?:in )?(${money})\\b`,
  'i',
);

/** The currency the instructions assume where nobody names one. Lower-case code. */
export function houseCurrency(setting: Setting): string | undefined {
  for (const sentence of sentencesOf(setting)) {
    if (/\b(?:never|not|don't)\b/i.test(sentence) || /\d/.test(sentence)) continue;
    const word = assumed.exec(sentence)?.[1];
    const sum =
      word && extractEntities(`5 ${word.toLowerCase()}`, setting).find((entity) => entity.type === 'amount');
    if (sum && sum.type === 'amount') return sum.amount.currency;
  }
  return undefined;
}

/** The sentence that allows nothing but looking: "You must never change anything in Stripe." */
export function readsOnly(setting: Setting): string | undefined {
  return sentencesOf(setting).find(
    (sentence) =>
      /\bread[- ]?only\b|\b(?:may|can|must|should) only (?:read|look|report|answer|view)\b/i.test(sentence) ||
      /\b(?:never|must not|mustn't|may not|cannot|can't|do not|don't|not allowed to)\b(?: ever)? (?:change|modify|write|touch|alter|edit|do)\b[^.;]*\b(?:anything|any data|any object|data|in stripe|the account)\b/i.test(
        sentence,
      ),
  );
}

/** What the team calls something, as the instructions say: "we call Carla “the boss”". Put in its own words. */
export function withoutNicknames(message: string, setting: Setting): string {
  let plain = message;
  for (const sentence of sentencesOf(setting)) {
    const calls = /\b(?:calls?|refers? to|nicknames?|known as|say)\b/i.test(sentence)
      ? [
          ...sentence.matchAll(
            /(?:calls?|refers? to|nicknames?|and|,)(?: our)?(?: customer| product| the customer| the product)? (?:the )?([^",.]+?)(?: as| by)? "([^"]{2,40})"/gi,
          ),
        ].map(([, own, nick]) => [nick, own])
      : [];
    const means = [
      ...sentence.matchAll(
        /"([^"]{2,40})" (?:means|stands for|is short for|refers to|is our name for|=) (?:the )?([^",.;]+)/gi,
      ),
    ].map(([, nick, own]) => [nick, own]);
    for (const [nick, own] of [...calls, ...means]) {
      if (!nick || !own) continue;
      const said = new RegExp(
        `(?<![\\p{L}\\d"])(?:the )?${nick.replace(/^the /i, '').replace(/[.*+?^$()|[\]\\{}]/g, '\\$&')}(?![\\p{L}\\d"])`,
        'giu',
      );
      plain = plain.replace(said, () => own.trim());
    }
  }
  return plain;
}
