/** What customers are told before and when their grace period ends, in the languages that come with Purser. */
import type { MailText } from '../../connections/mail/template.ts';

export const letterKinds = ['warning', 'ended', 'restored'] as const;
export type LetterKind = (typeof letterKinds)[number];
export const actions = ['downgrade', 'pause', 'cancel'] as const;
export type Action = (typeof actions)[number];

export const letterVariables = {
  greeting: 'words',
  name: 'text',
  business: 'text',
  amount: 'words',
  invoice: 'text',
  date: 'words',
  what: 'words',
  link: 'link',
} as const;

export interface Words {
  readonly greeting: (name: string | null) => string;
  /** What happens to the subscription, as the end of "your subscription …". */
  readonly will: Readonly<Record<Action, string>>;
  readonly was: Readonly<Record<Action, string>>;
  readonly letters: Readonly<Record<LetterKind, MailText>>;
}

const lines = (...parts: string[]) => ['{{greeting}}', ...parts, '{{business}}'].join('\n\n');

const en: Words = {
  greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
  will: { downgrade: 'will be moved to a smaller plan', pause: 'will be paused', cancel: 'will end' },
  was: { downgrade: 'was moved to a smaller plan', pause: 'was paused', cancel: 'has ended' },
  letters: {
    warning: {
      subject: 'Please pay {{amount}} until {{date}}',
      body: lines(
        'Invoice {{invoice}} over **{{amount}}** is still open. Without payment your subscription {{what}} on {{date}}.',
        '[Pay now]({{link}})',
      ),
    },
    ended: {
      subject: 'Your subscription to {{business}} {{what}}',
      body: lines(
        'Invoice {{invoice}} over **{{amount}}** was not paid, so your subscription {{what}}.',
        '[Pay the invoice]({{link}})',
      ),
    },
    restored: {
      subject: 'Thank you: your subscription to {{business}} is back',
      body: lines('We received your payment for invoice {{invoice}}. Your subscription is as it was before.'),
    },
  },
};

const de: Words = {
  greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
  will: {
    downgrade: 'auf einen kleineren Tarif umgestellt',
    pause: 'angehalten',
    cancel: 'beendet',
  },
  was: {
    downgrade: 'wurde auf einen kleineren Tarif umgestellt',
    pause: 'wurde angehalten',
    cancel: 'wurde beendet',
  },
  letters: {
    warning: {
      subject: 'Bitte zahlen Sie {{amount}} bis zum {{date}}',
      body: lines(
        'die Rechnung {{invoice}} über **{{amount}}** ist noch offen. Ohne Zahlung wird Ihr Abonnement am {{date}} {{what}}.',
        '[Jetzt zahlen]({{link}})',
      ),
    },
    ended: {
      subject: 'Ihr Abonnement bei {{business}} {{what}}',
      body: lines(
        'die Rechnung {{invoice}} über **{{amount}}** wurde nicht bezahlt; Ihr Abonnement {{what}}.',
        '[Rechnung zahlen]({{link}})',
      ),
    },
    restored: {
      subject: 'Vielen Dank: Ihr Abonnement bei {{business}} läuft wieder',
      body: lines(
        'Ihre Zahlung für die Rechnung {{invoice}} ist eingegangen. Ihr Abonnement ist wieder wie zuvor.',
      ),
    },
  },
};

const fr: Words = {
  greeting: (name) => (name ? `Bonjour ${name},` : 'Bonjour,'),
  will: { downgrade: 'passera à une formule inférieure', pause: 'sera suspendu', cancel: 'prendra fin' },
  was: { downgrade: 'est passé à une formule inférieure', pause: 'a été suspendu', cancel: 'a pris fin' },
  letters: {
    warning: {
      subject: 'Merci de payer {{amount}} avant le {{date}}',
      body: lines(
        'La facture {{invoice}} de **{{amount}}** reste impayée. Sans paiement, votre abonnement {{what}} le {{date}}.',
        '[Payer maintenant]({{link}})',
      ),
    },
    ended: {
      subject: 'Votre abonnement à {{business}} {{what}}',
      body: lines(
        'La facture {{invoice}} de **{{amount}}** n’a pas été payée : votre abonnement {{what}}.',
        '[Payer la facture]({{link}})',
      ),
    },
    restored: {
      subject: 'Merci : votre abonnement à {{business}} est rétabli',
      body: lines('Nous avons reçu votre paiement de la facture {{invoice}}. Votre abonnement est rétabli.'),
    },
  },
};

const es: Words = {
  greeting: (name) => (name ? `Hola, ${name}:` : 'Hola:'),
  will: { downgrade: 'pasará a un plan menor', pause: 'se pausará', cancel: 'terminará' },
  was: { downgrade: 'ha pasado a un plan menor', pause: 'se ha pausado', cancel: 'ha terminado' },
  letters: {
    warning: {
      subject: 'Paga {{amount}} antes del {{date}}',
      body: lines(
        'La factura {{invoice}} de **{{amount}}** sigue pendiente. Sin el pago, tu suscripción {{what}} el {{date}}.',
        '[Pagar ahora]({{link}})',
      ),
    },
    ended: {
      subject: 'Tu suscripción a {{business}} {{what}}',
      body: lines(
        'La factura {{invoice}} de **{{amount}}** no se ha pagado: tu suscripción {{what}}.',
        '[Pagar la factura]({{link}})',
      ),
    },
    restored: {
      subject: 'Gracias: tu suscripción a {{business}} vuelve a estar activa',
      body: lines(
        'Hemos recibido tu pago de la factura {{invoice}}. Tu suscripción vuelve a ser la de antes.',
      ),
    },
  },
};

export const languages: { readonly en: Words; readonly [language: string]: Words } = { en, de, fr, es };
