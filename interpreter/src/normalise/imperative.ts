/** Verbs by which something is ordered, as one may begin with. */
const verbs =
  'cancel|end|stop|terminate|kill|refund|return|reverse|reimburse|give|charge|bill|debit|collect|take|run|process|capture|release|void|annul|mark|record|' +
  'write off|delete|remove|erase|archive|retire|deactivate|disable|hide|pull|reactivate|activate|restore|unarchive|subscribe|unsubscribe|sub|put|place|sign|' +
  'enrol|enroll|move|switch|upgrade|downgrade|swap|migrate|change|update|set|correct|fix|rename|raise|lower|increase|decrease|reduce|bump|add|create|make|set up|' +
  'open|draw up|prepare|draft|issue|invoice|send|resend|email|e-mail|mail|message|tell|notify|inform|remind|let|write|finalize|finalise|lock|pause|freeze|suspend|resume|unpause|' +
  'apply|tag|label|credit|grant|save|store|register|attach|retry|try|use|pay out|pay|extend|accept|turn off|turn on|throw out|throw away|bin|get rid of|drop|start|confirm|settle|quote|offer|generate|onboard|launch|introduce';

/** A clause that gives an order: it begins with such a verb, once its manners are left out. */
export const imperative = new RegExp(
  `^(?:(?:so|then|and|now|please|pls|kindly|just|can you|could you|would you|will you|ok|okay|let's),? )*(?:${verbs})\\b`,
  'i',
);

/** Its verb, with the particle that belongs to it. */
export const leadingVerb = new RegExp(
  `^(?:please |pls |just |then |and )*(?<verb>(?:${verbs})(?: up| off| out| back)?)(?= |$)`,
  'i',
);
