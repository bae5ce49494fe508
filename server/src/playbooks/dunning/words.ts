/** What customers are told, in the languages that come with Purser. What it says of a decline is never an accusation. */
import type { MailText } from '../../connections/mail/template.ts';
import type { LetterKind } from './settings.ts';

export const letterVariables = {
  greeting: 'words',
  name: 'text',
  business: 'text',
  amount: 'words',
  invoice: 'text',
  reason: 'words',
  remedy: 'words',
  action: 'words',
  next_attempt: 'words',
  link: 'link',
} as const;

export type DeclineClass = 'retry_later' | 'other_method' | 'authenticate' | 'fix_details' | 'never_retry';

export interface Words {
  readonly greeting: (name: string | null) => string;
  readonly reason: Readonly<Record<DeclineClass, string>>;
  /** A decline that may be named to the customer. */
  readonly expired: string;
  readonly remedy: Readonly<Record<DeclineClass, string>>;
  readonly action: { readonly authenticate: string; readonly pay: string };
  readonly nextAttempt: (date: string) => string;
  readonly letters: Readonly<Record<LetterKind, MailText>>;
}

const body = (opening: string, closing: string) =>
  `{{greeting}}\n\n${opening} {{reason}} {{remedy}}\n\n[{{action}}]({{link}})\n\n{{next_attempt}}\n\n${closing}\n\n{{business}}`;

const en: Words = {
  greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
  reason: {
    retry_later: 'Your bank could not process the payment just now.',
    other_method: 'Your bank declined the payment.',
    authenticate: 'Your bank asks you to confirm the payment.',
    fix_details: 'Some details of the card seem to be wrong.',
    never_retry: 'This card can no longer be used for it.',
  },
  expired: 'Your card has expired.',
  remedy: {
    retry_later: 'You can also pay now with another card.',
    other_method: 'Please pay with another card, or ask your bank to allow the payment.',
    authenticate: 'Please confirm it on the page below.',
    fix_details: 'Please enter the card again, or pay with another one.',
    never_retry: 'Please pay with another card.',
  },
  action: { authenticate: 'Confirm the payment', pay: 'Pay now' },
  nextAttempt: (date) => `We will try the same card again on ${date}.`,
  letters: {
    first: {
      subject: 'Your payment of {{amount}} to {{business}} did not go through',
      body: body(
        'We could not collect {{amount}} for invoice {{invoice}}.',
        'If you have paid in the meantime, please ignore this message.',
      ),
    },
    reminder: {
      subject: 'Reminder: {{amount}} for invoice {{invoice}} is still open',
      body: body(
        'Invoice {{invoice}} over {{amount}} is still open.',
        'If you have paid in the meantime, please ignore this message.',
      ),
    },
    last: {
      subject: 'Last reminder: {{amount}} for invoice {{invoice}}',
      body: body(
        'This is our last reminder of invoice {{invoice}} over {{amount}}.',
        'Without payment we may have to change or end your subscription. If something is unclear, just reply to this message.',
      ),
    },
  },
};

const de: Words = {
  greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
  reason: {
    retry_later: 'Ihre Bank konnte die Zahlung gerade nicht ausführen.',
    other_method: 'Ihre Bank hat die Zahlung abgelehnt.',
    authenticate: 'Ihre Bank bittet Sie, die Zahlung zu bestätigen.',
    fix_details: 'Einige Angaben zur Karte scheinen nicht zu stimmen.',
    never_retry: 'Diese Karte kann dafür nicht mehr verwendet werden.',
  },
  expired: 'Ihre Karte ist abgelaufen.',
  remedy: {
    retry_later: 'Sie können auch jetzt mit einer anderen Karte zahlen.',
    other_method:
      'Bitte zahlen Sie mit einer anderen Karte, oder bitten Sie Ihre Bank, die Zahlung zuzulassen.',
    authenticate: 'Bitte bestätigen Sie sie auf der folgenden Seite.',
    fix_details: 'Bitte geben Sie die Karte noch einmal ein, oder zahlen Sie mit einer anderen.',
    never_retry: 'Bitte zahlen Sie mit einer anderen Karte.',
  },
  action: { authenticate: 'Zahlung bestätigen', pay: 'Jetzt zahlen' },
  nextAttempt: (date) => `Wir versuchen es am ${date} noch einmal mit derselben Karte.`,
  letters: {
    first: {
      subject: 'Ihre Zahlung über {{amount}} an {{business}} ist fehlgeschlagen',
      body: body(
        'wir konnten {{amount}} für die Rechnung {{invoice}} nicht einziehen.',
        'Falls Sie inzwischen gezahlt haben, ist diese Nachricht hinfällig.',
      ),
    },
    reminder: {
      subject: 'Erinnerung: {{amount}} für die Rechnung {{invoice}} sind noch offen',
      body: body(
        'die Rechnung {{invoice}} über {{amount}} ist noch offen.',
        'Falls Sie inzwischen gezahlt haben, ist diese Nachricht hinfällig.',
      ),
    },
    last: {
      subject: 'Letzte Erinnerung: {{amount}} für die Rechnung {{invoice}}',
      body: body(
        'dies ist unsere letzte Erinnerung an die Rechnung {{invoice}} über {{amount}}.',
        'Ohne Zahlung müssen wir Ihr Abonnement womöglich ändern oder beenden. Wenn etwas unklar ist, antworten Sie einfach auf diese Nachricht.',
      ),
    },
  },
};

const fr: Words = {
  greeting: (name) => (name ? `Bonjour ${name},` : 'Bonjour,'),
  reason: {
    retry_later: 'Votre banque n’a pas pu traiter le paiement pour le moment.',
    other_method: 'Votre banque a refusé le paiement.',
    authenticate: 'Votre banque vous demande de confirmer le paiement.',
    fix_details: 'Certaines informations de la carte semblent incorrectes.',
    never_retry: 'Cette carte ne peut plus être utilisée pour ce paiement.',
  },
  expired: 'Votre carte a expiré.',
  remedy: {
    retry_later: 'Vous pouvez aussi payer dès maintenant avec une autre carte.',
    other_method:
      'Merci de payer avec une autre carte ou de demander à votre banque d’autoriser le paiement.',
    authenticate: 'Merci de le confirmer sur la page ci-dessous.',
    fix_details: 'Merci de saisir à nouveau la carte ou de payer avec une autre.',
    never_retry: 'Merci de payer avec une autre carte.',
  },
  action: { authenticate: 'Confirmer le paiement', pay: 'Payer maintenant' },
  nextAttempt: (date) => `Nous réessaierons avec la même carte le ${date}.`,
  letters: {
    first: {
      subject: 'Votre paiement de {{amount}} à {{business}} n’a pas abouti',
      body: body(
        'Nous n’avons pas pu encaisser {{amount}} pour la facture {{invoice}}.',
        'Si vous avez payé entre-temps, ne tenez pas compte de ce message.',
      ),
    },
    reminder: {
      subject: 'Rappel : {{amount}} restent dus pour la facture {{invoice}}',
      body: body(
        'La facture {{invoice}} de {{amount}} reste impayée.',
        'Si vous avez payé entre-temps, ne tenez pas compte de ce message.',
      ),
    },
    last: {
      subject: 'Dernier rappel : {{amount}} pour la facture {{invoice}}',
      body: body(
        'Ceci est notre dernier rappel concernant la facture {{invoice}} de {{amount}}.',
        'Sans paiement, nous devrons peut-être modifier ou résilier votre abonnement. En cas de question, répondez simplement à ce message.',
      ),
    },
  },
};

const es: Words = {
  greeting: (name) => (name ? `Hola, ${name}:` : 'Hola:'),
  reason: {
    retry_later: 'Tu banco no ha podido procesar el pago en este momento.',
    other_method: 'Tu banco ha rechazado el pago.',
    authenticate: 'Tu banco te pide que confirmes el pago.',
    fix_details: 'Algunos datos de la tarjeta parecen incorrectos.',
    never_retry: 'Esta tarjeta ya no se puede usar para este pago.',
  },
  expired: 'Tu tarjeta ha caducado.',
  remedy: {
    retry_later: 'También puedes pagar ahora con otra tarjeta.',
    other_method: 'Paga con otra tarjeta o pide a tu banco que permita el pago.',
    authenticate: 'Confírmalo en la página siguiente.',
    fix_details: 'Vuelve a introducir la tarjeta o paga con otra.',
    never_retry: 'Paga con otra tarjeta.',
  },
  action: { authenticate: 'Confirmar el pago', pay: 'Pagar ahora' },
  nextAttempt: (date) => `Volveremos a intentarlo con la misma tarjeta el ${date}.`,
  letters: {
    first: {
      subject: 'Tu pago de {{amount}} a {{business}} no se ha completado',
      body: body(
        'No hemos podido cobrar {{amount}} de la factura {{invoice}}.',
        'Si ya has pagado, ignora este mensaje.',
      ),
    },
    reminder: {
      subject: 'Recordatorio: la factura {{invoice}} de {{amount}} sigue pendiente',
      body: body(
        'La factura {{invoice}} de {{amount}} sigue pendiente.',
        'Si ya has pagado, ignora este mensaje.',
      ),
    },
    last: {
      subject: 'Último recordatorio: {{amount}} de la factura {{invoice}}',
      body: body(
        'Este es nuestro último recordatorio de la factura {{invoice}} de {{amount}}.',
        'Sin el pago, quizá tengamos que cambiar o cancelar tu suscripción. Si tienes dudas, responde a este mensaje.',
      ),
    },
  },
};

export const languages: { readonly en: Words; readonly [language: string]: Words } = { en, de, fr, es };
