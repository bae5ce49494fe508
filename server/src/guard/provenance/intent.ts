/**
 * Whether a person asked for this kind of change at all. A model that obeys what it reads may propose a refund while
 * the person only asked for a list; what the person wrote then has no word for it. Read from the verbs of their
 * clauses, without any model; where it cannot tell, a person is asked.
 */
import type { Effect } from '../../tools/tool.ts';
import { isNear, wordsOf } from './words.ts';

type Family = 'taking' | 'giving' | 'creating' | 'changing' | 'ending' | 'telling';

/** Beginnings of verbs, in the languages people write to Purser in. Whole words where a star is missing. */
const verbStems: Record<Family, string> = {
  taking:
    'charg* collect* bill* debit* pay take process* captur* confirm* retry invoic* subscrib* settle* recover* ' +
    'abbuch* belast* bezahl* einzieh* kassier* factur* encaiss* debit* prelev* cobr* pag* addebit* incass*',
  giving:
    'refund refunding reimburs* return give grant credit compensat* transfer payout withdraw* waiv* revers* undo back repay* ' +
    'erstatt* zuruckzahl* gutschr* rembours* reembols* devolv* devuelv* rimbors* terugbetal* restitu*',
  creating:
    'creat* make add new start regist* draft* issu* generat* prepar* build setup set offer* give ' +
    'launch* schedul* sign put begin* enrol* ' +
    'erstell* anleg* lege mach* neu* crea* cree* nouve* nuev* ajout* agreg* aggiung* nuov* maak* voeg*',
  changing:
    'chang* updat* edit* set renam* switch* mov* upgrad* downgrad* archiv* deactivat* activat* disabl* enabl* fix* ' +
    'correct* replac* rais* lower* increas* decreas* reduc* apply extend* paus* resum* hold mark* put mak* reactivat* ' +
    'detach* attach* sav* use turn finali* keep giv* releas* ' +
    'ander* aktualisier* wechs* modifi* chang* cambi* actualiz* aggiorn* wijzig* mett* pon* setz*',
  ending:
    'cancel* cancl* delet* remov* end stop* terminat* void* clos* eras* drop* expir* revok* accept* submit* write annul* ' +
    'unsubscrib* kill* releas* reject* abort* detach* disconnect* clear* forgiv* concede* ' +
    'losch* kundig* storn* beend* annul* supprim* resili* elimin* borr* termin* cancell* verwijder* stop* einreich*',
  telling:
    'send* mail* email* notif* tell remind* messag* write inform* contact* ping* post dunning let reply* answer* ' +
    'schick* send* benachricht* envoi* envoy* enviar envia* avis* invia* manda* stuur*',
};

const lists = new Map(
  Object.entries(verbStems).map(([family, text]) => {
    const all = text.split(' ');
    const stems = all.filter((word) => word.endsWith('*')).map((word) => word.slice(0, -1));
    return [family as Family, { words: new Set(all.filter((word) => !word.endsWith('*'))), stems }];
  }),
);

/** Nouns that look like the verbs: `list charges` asks for no charge. */
const plurals = new Set([
  ...['charges', 'bills', 'debits', 'invoices', 'refunds', 'returns', 'credits', 'transfers', 'payments'],
  ...['emails', 'mails', 'messages', 'changes', 'updates', 'subscriptions', 'subscribers', 'cancellations'],
  ...['issues', 'offers', 'schedules', 'posts', 'upgrades', 'downgrades', 'captures', 'grants', 'payouts'],
]);

/** After these, a word that could be a verb is a noun: `the last refund`, `her charge`, `an open invoice`. */
const beforeNouns = new Set([
  ...[
    'the',
    'last',
    'latest',
    'newest',
    'recent',
    'previous',
    'first',
    'next',
    'his',
    'her',
    'their',
    'its',
    'my',
    'our',
  ],
  ...[
    'your',
    'any',
    'each',
    'every',
    'failed',
    'open',
    'paid',
    'unpaid',
    'which',
    'that',
    'this',
    's',
    'of',
    'no',
  ],
]);

/** How clauses that ask to be told something begin. */
const asking = new Set([
  ...[
    'show',
    'list',
    'what',
    'which',
    'how',
    'who',
    'whose',
    'when',
    'where',
    'why',
    'is',
    'are',
    'was',
    'were',
  ],
  ...['do', 'does', 'did', 'has', 'check', 'find', 'look', 'see', 'display', 'report', 'count', 'summarize'],
  ...['summarise', 'explain', 'compare', 'search', 'any', 'describe', 'read', 'view', 'analyze', 'analyse'],
  ...[
    'review',
    'get',
    'fetch',
    'retrieve',
    'pull',
    'bring',
    'calculate',
    'tell',
    'whats',
    'hows',
    'zeig',
    'zeige',
    'liste',
    'welche',
    'wie',
    'was',
    'wer',
  ],
  ...['montre', 'affiche', 'quels', 'quelles', 'combien', 'muestra', 'cuales', 'cuantos', 'mostra', 'quali'],
]);
const fillers = new Set([
  ...[
    'please',
    'can',
    'could',
    'would',
    'will',
    'you',
    'i',
    'we',
    'want',
    'need',
    'to',
    'like',
    'hey',
    'hi',
    'hello',
  ],
  ...[
    'ok',
    'okay',
    'also',
    'now',
    'then',
    'so',
    'and',
    'just',
    'd',
    'll',
    'me',
    'let',
    'us',
    'id',
    'the',
    'first',
  ],
  ...[
    'purser',
    'kindly',
    'bitte',
    'kannst',
    'du',
    'konnen',
    'sie',
    'pouvez',
    'vous',
    'peux',
    'tu',
    'puedes',
    'puoi',
  ],
]);

/** Which families of verbs stand for a tool's kind of change. */
function familiesOf(action: string, effect: Effect): readonly Family[] {
  if (effect === 'write') return ['taking', 'giving', 'creating', 'changing', 'ending', 'telling'];
  if (effect === 'destructive') return ['ending'];
  if (effect === 'outbound') return ['telling'];
  if (/^(refund|credit|transfer|payout|reverse|return|undo)$/.test(action)) return ['giving'];
  if (/^(send|remind)$/.test(action)) return ['telling', 'taking'];
  return ['taking', 'creating', 'changing'];
}

/** Whether one of the texts asks for what the tool does. */
export function asksFor(
  tool: {
    readonly effect: Effect;
    readonly words: { readonly action: string; readonly synonyms?: readonly string[] };
  },
  texts: readonly string[],
): boolean {
  const { action, synonyms = [] } = tool.words;
  const families = familiesOf(action, tool.effect);
  const own = [action, ...synonyms].map(telling).filter((phrase) => phrase.length > 0);
  return clausesOf(texts).some((words) => isAskedIn(words, families, own));
}

/** Words that stand in wishes for anything. */
const small = new Set(
  'the for and with from into off out over not all any per via after before this that'.split(' '),
);

/** The words of a tool's own that tell it from others: of `end of the period` end and period. */
function telling(synonym: string): string[] {
  const words = wordsOf(synonym).filter((word) => word.length >= 3 && !small.has(word));
  return words.length === 1 ? words.filter((word) => !plurals.has(word)) : words;
}

/** Whether a text only asks to be told something: it begins so, and no clause orders a change. */
export function readsOnly(text: string): boolean {
  const all: Family[] = ['taking', 'giving', 'creating', 'changing', 'ending', 'telling'];
  const clauses = clausesOf([text]);
  return clauses.some(asksToBeTold) && !clauses.some((words) => isAskedIn(words, all, []));
}

function clausesOf(texts: readonly string[]): string[][] {
  return texts.flatMap((text) => text.split(/[.,;:!?\n]+|\b(?:and|then|und|et)\b/i).map(wordsOf));
}

function isAskedIn(
  words: readonly string[],
  families: readonly Family[],
  own: readonly (readonly string[])[],
): boolean {
  if (asksToBeTold(words) && !isTold(words, families)) return false;
  const verbs = words.filter((word, at) => !plurals.has(word) && !beforeNouns.has(words[at - 1] ?? ''));
  return (
    verbs.some((word) => families.some((family) => isIn(family, word))) ||
    own.some((phrase) => isSaid(phrase, verbs, words))
  );
}

/** A word of its own has to stand like a verb; of a phrase, every word has to be there, and one of them so. */
function isSaid(phrase: readonly string[], verbs: readonly string[], words: readonly string[]): boolean {
  const isAmong = (those: readonly string[]) => (part: string) => those.some((word) => isNear(word, part));
  return phrase.some(isAmong(verbs)) && phrase.every(isAmong(words));
}

/** `show …`, `give me …`, `what …` */
function asksToBeTold(words: readonly string[]): boolean {
  const at = words.findIndex((word) => !fillers.has(word));
  const first = words[at] ?? '';
  return (
    asking.has(first) || (/^(give|send|get|bring)$/.test(first) && /^(me|us)$/.test(words[at + 1] ?? ''))
  );
}

/** `tell her that …` is an order to tell, `tell me …` is not. */
function isTold(words: readonly string[], families: readonly Family[]): boolean {
  const at = words.indexOf('tell');
  return at >= 0 && families.includes('telling') && words[at + 1] !== 'me' && words[at + 1] !== 'us';
}

function isIn(family: Family, word: string): boolean {
  const list = lists.get(family);
  if (!list) return false;
  if (list.words.has(word) || list.stems.some((stem) => word.startsWith(stem))) return true;
  // A slip of the pen, in words long enough for one not to make another word of it.
  return (
    word.length >= 5 &&
    list.stems.some((stem) => stem.length >= 5 && isNear(word.slice(0, stem.length), stem))
  );
}
