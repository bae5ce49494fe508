const not = "(?:do not|don't|dont|without|not|no)";
const steps = String.raw`(?:charg\w*|confirm\w*|captur\w*|send\w*|submit\w*|finali[sz]\w*|bill\w*|issu\w*)`;
const whom = '(?: (?:it|him|her|them|anything|the customer))?';
const ends = '(?=[,.;) ]*$)';

/** Negations that take nothing back from an order. Each is left out before what is left is looked at. */
const harmless: readonly RegExp[] = [
  // A condition that clauses carry themselves, manners.
  /\b(?:if|in case|should|when|once) (?:[^\s.,;]+ ){0,8}?(?:works?|fails?|go(?:es)? through|succeeds?|declined|rejected)\b/g,
  /\bif (?:not|you (?:do not|don't) mind)\b/g,
  /\bwhy (?:not|don't you)\b/g,
  /\b(?:do not|don't|dont) forget to\b/g,
  /\bno (?:problem|worries|hurry|rush|longer)\b/g,
  // "Not renewed" is what ends a subscription.
  /\b(?:do not|don't|dont|not|won't|never|no) (?:auto(?:matically)?[- ]?)?renew\w*/g,
  /\b(?:does not|doesn't|doesnt|do not|don't|dont|no longer) (?:want|wants|wish|wishes) to (?:renew|continue|stay|go on)\b/g,
  // Said of how it is done.
  /\b(?:no|without) prorat\w*/g,
  /\b(?:that |which )?(?:never|does not|doesn't) (?:ends?|expires?|runs? out)\b/g,
  /\bnot (?:yet )?paid\b/g,
  /\binstead of\b/g,
  /\b(?:keep|leave) (?:it|that|this) (?:as |in |a )*draft\b/g,
  // The step after it, which is not done anyway.
  new RegExp(`\\b${not} ${steps}${whom}(?: yet| for now)?${ends}`, 'g'),
  new RegExp(`\\((?:but |please )?${not} ${steps}[^)]*\\)`, 'g'),
  new RegExp(`,? (?:but|and) ${not} ${steps}${whom}(?: yet| for now| now)${ends}`, 'g'),
  // Why it is asked for.
  /\b(?:do not|don't|dont) (?:need|want) (?:[^\s,.;]+ ){1,5}?(?:any ?more|any longer)\b/g,
  /[,;-] (?:we|i) (?:won't|will not|do not|don't|dont) (?:charge|need|want|use) (?:it|him|her|them)(?: any ?more)?\b/g,
  // A slip that was put right: "no. 30".
  /\bno\. ?(?=\d)/g,
];

const negation =
  /\b(?:not|never|neither|nor|cannot|nothing|nobody|no|nope|nah|without|dont|doesnt|wont|cant|didnt|shouldnt|wouldnt)\b|n't\b|\b(?:keep|leave) (?:it|him|her|them|that|this|the|alone)\b|\bhold off\b|\b(?:send|mail|e-?mail|tell|write|charge|bill|refund)(?: (?:him|her|them|it|#))? nothing\b/;
/** "She never got it": what is told about somebody scopes over no order. */
const told =
  /^\s*(?:he|she|it|they|her|his|their|its|the (?:customer|client|order|item|parcel|product|card))\b[^,]*$/;

/** True where something in a text, lower case, is to be left undone that nobody can name. */
export function negated(text: string, reprices: boolean): boolean {
  const sentences = text
    .split(/[.!?;\n]+/)
    .map((sentence) => harmless.reduce((rest, pattern) => rest.replace(pattern, ' '), sentence));
  return sentences.some(
    (sentence) =>
      negation.test(reprices ? sentence.replace(/\bnot (?:just )?(?=[$€£¥\d])/g, '') : sentence) &&
      !(sentences.length > 1 && told.test(sentence)),
  );
}

const exception =
  /\b(?:all but|everything but|except(?:ing)?|excluding|apart from|aside from|other than|besides|minus|less(?! than)|keep(?:ing)?(?! (?:it |this |that )?(?:as |in |a )*draft)|retain(?:ing)?|hold(?:ing)? back|withhold(?:ing)?|deduct(?:ing)?|subtract(?:ing)?|net of|after (?:the |my |our )?fees?)\b/;
const takenOut = /\b(?:except(?:ing)?|excluding|apart from|other than|besides)\b/;

/** The words by which something is taken out of what is said, if any. */
export function excepted(text: string): string | undefined {
  return exception.exec(text)?.[0];
}

/** True where what is taken out is named: "except the set-up fee". */
export function takesOut(words: string): boolean {
  return takenOut.test(words);
}

/** The stem of the step that is to be left undone: "do not send". */
export function undone(text: string): string | undefined {
  return /\b(?:do not|don't|dont|not|without) (?:yet )?(charg|confirm|captur|send|submit|finali)/.exec(
    text,
  )?.[1];
}
