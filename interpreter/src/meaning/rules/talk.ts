import { only, type Rule } from './seen.ts';

export const secretRule: Rule = (seen) => {
  const asked = seen.names('api_key') || seen.holds('secret');
  const about =
    /\b(?:secret|api key|stripe key|keys?|password|credentials?|tokens?|webhook secret)\b/.test(
      seen.phrase,
    ) || seen.holds('secret');
  const checks = /\b(?:permissions?|allowed|works?|working|valid|check)\b/.test(seen.phrase);
  return asked && about && !(checks && !seen.holds('secret')) ? only('secret') : undefined;
};

export const smallTalkRule: Rule = ({ phrase, tokens }) => {
  const said = phrase.replace(/[^\p{L}' ]/gu, '').trim();
  if (
    /^(?:who|what) are you\b|^what(?:'s| is) your name|^what (?:can|do|could) you (?:do|help|handle)|^how can you help|^help(?: me)?$|^what is (?:this|purser)|\byour (?:capabilities|features)\b|^are you (?:a|an|chatgpt|human|real|gpt|claude|ai)\b|^introduce yourself|^tell me about yourself|^how do(?:es)? (?:you|this) work/.test(
      said,
    )
  )
    return only('about');
  if (
    /^(?:hi|hello|hey|good (?:morning|afternoon|evening)|yo|greetings|guten (?:morgen|tag|abend)|hallo|moin|servus|bonjour|salut|hola|buenos d[ií]as|buongiorno|ciao)(?: there| everyone| purser)?$/.test(
      said,
    )
  )
    return only('greeting');
  if (
    /^(?:ok |okay |great |perfect |cool |nice )*(?:thanks|thank you|thx|cheers|ty)\b/.test(said) &&
    !/(?:thanks|thank you|thx|cheers|ty)(?: (?:a lot|so much|very much|mate))?[ ,.!]+(?:and|now|but|then|also|so|please|can|could|what|how|which|who|show|list)\b/.test(
      phrase,
    ) &&
    tokens.length < 9
  )
    return only('thanks');
  if (
    /\bwhat (?:do|does|are) (?:you|we|our (?:company|business)|the (?:company|business)|us|i) (?:sell|selling|offer|offering)|\bwhat (?:is|are|'s) (?:our|my|your|the) (?:business|company|offer|offering|refund policy|policy|polic(?:y|ies)|rules?|opening hours?)\b|\bwhat kind of (?:business|company)\b|\bour (?:business|company|refund policy|policy|policies|rules)\b.*\b(?:about|is|are|do|say)\b|\bdescribe (?:our|my|the|your) (?:business|company)/.test(
      said,
    )
  )
    return only('business');
  return undefined;
};

export const negationRule: Rule = ({ phrase, reading }) =>
  reading.actions.length > 0 &&
  !/renew/.test(phrase) &&
  /^(?:please )?(?:do not|don't|dont|never|no need to|not)\b/.test(phrase)
    ? only('noop')
    : undefined;

/** Somebody tells what happened; nothing is asked for by that. */
export const storyRule: Rule = ({ phrase }) =>
  /^(?:we|i|they|he|she) (?:do not|don't|dont|does not|doesn't|doesnt|no longer) (?:need|want|use)\b(?! to\b)/.test(
    phrase,
  ) ||
  /^(?:i|we|you|he|she|they|someone|somebody|my colleague) (?:have |has |had |just |already |accidentally |mistakenly )*(?:charged|paid|refunded|cancelled|canceled|created|deleted|sent|billed|invoiced|made|overcharged)\b/.test(
    phrase,
  )
    ? only('story')
    : undefined;

export const howToRule: Rule = ({ phrase }) =>
  /^(?:how (?:do|can|should|would|could) (?:i|we|one|you)|how to|should (?:i|we))\b/.test(phrase)
    ? only('about', 'how')
    : undefined;
