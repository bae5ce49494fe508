/** Verbs that order something, with participles that follow no rule. */
const verbs =
  'subscribe unsubscribe refund reimburse return cancel end terminate stop archive retire deactivate disable reactivate ' +
  'activate restore unarchive delete remove erase charge bill debit invoice move switch upgrade downgrade migrate transfer ' +
  'capture collect release void annul pause resume freeze:frozen suspend finalize finalise rename create add register ' +
  'send:sent email mail notify inform remind tell:told tag label credit mark record save store attach change update adjust ' +
  'correct set:set raise lower increase decrease reduce apply put:put place:placed give:given grant take:taken make:made ' +
  'write:written sign pay:paid settle enrol enroll issue deduct extend expire accept retry repeat';

/** What an order says where its verb has another word for the same: "expired" ends something. */
const plainer: Readonly<Record<string, string>> = {
  unarchive: 'reactivate',
  terminate: 'cancel',
  end: 'cancel',
  place: 'put',
  unsubscribe: 'cancel the subscription of',
};

function formsOf(entry: string): [participle: string, gerund: string, verb: string][] {
  const [verb = '', irregular] = entry.split(':');
  const stem = verb.replace(/e$/, '');
  const doubled = /(?:cancel|stop|tag|label|enrol|put|set|refer|commit)$/.test(verb);
  const participle = irregular ?? `${/y$/.test(verb) ? verb.replace(/y$/, 'i') : stem}ed`;
  const last = verb.at(-1) ?? '';
  const plain = plainer[verb] ?? verb;
  const regular: [string, string, string][] = [[participle, `${stem}ing`, plain]];
  return doubled ? [...regular, [irregular ?? `${verb}${last}ed`, `${verb}${last}ing`, plain]] : regular;
}

const forms = verbs.split(' ').flatMap(formsOf);

/** The verb of "X should be …": by its participle. */
export const byParticiple: ReadonlyMap<string, string> = new Map(
  forms.map(([participle, , verb]) => [participle, verb]),
);

/** The verb of "X needs …": by its gerund. */
export const byGerund: ReadonlyMap<string, string> = new Map(forms.map(([, gerund, verb]) => [gerund, verb]));
