/** What customers are told of a payment, in the languages that come with Purser. */
import type { MailText } from '../../connections/mail/template.ts';

export const letterKinds = ['paid', 'failed', 'confirm'] as const;
export type LetterKind = (typeof letterKinds)[number];

export const letterVariables = {
  greeting: 'words',
  name: 'text',
  business: 'text',
  amount: 'words',
  what: 'words',
  advice: 'words',
  until: 'words',
  link: 'link',
} as const;

export interface Words {
  readonly greeting: (name: string | null) => string;
  readonly what: (description: string) => string;
  readonly update: string;
  readonly reply: string;
  readonly letters: Readonly<Record<LetterKind, MailText>>;
}

const lines = (...parts: string[]) => ['{{greeting}}', ...parts, '{{business}}'].join('\n\n');

const en: Words = {
  greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
  what: (description) => `It is for: ${description}`,
  update: 'Update your card',
  reply: 'Please reply to this message so that we can find another way.',
  letters: {
    paid: {
      subject: 'Your payment of {{amount}} to {{business}}',
      body: lines('Thank you: your payment of **{{amount}}** went through.', '{{what}}'),
    },
    failed: {
      subject: 'Your payment of {{amount}} to {{business}} did not go through',
      body: lines(
        'We could not charge any of your saved cards for **{{amount}}**.',
        '{{what}}',
        '{{advice}}',
      ),
    },
    confirm: {
      subject: 'Please confirm your payment of {{amount}} to {{business}}',
      body: lines(
        'Your bank asks you to confirm your payment of **{{amount}}**.',
        '{{what}}',
        '[Confirm the payment]({{link}})',
        'Please do so until {{until}}.',
      ),
    },
  },
};

const de: Words = {
  greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
  what: (description) => `Wofür: ${description}`,
  update: 'Karte aktualisieren',
  reply: 'Bitte antworten Sie auf diese Nachricht, damit wir einen anderen Weg finden.',
  letters: {
    paid: {
      subject: 'Ihre Zahlung über {{amount}} an {{business}}',
      body: lines('vielen Dank: Ihre Zahlung über **{{amount}}** ist eingegangen.', '{{what}}'),
    },
    failed: {
      subject: 'Ihre Zahlung über {{amount}} an {{business}} ist fehlgeschlagen',
      body: lines(
        'wir konnten **{{amount}}** von keiner Ihrer gespeicherten Karten einziehen.',
        '{{what}}',
        '{{advice}}',
      ),
    },
    confirm: {
      subject: 'Bitte bestätigen Sie Ihre Zahlung über {{amount}} an {{business}}',
      body: lines(
        'Ihre Bank bittet Sie, Ihre Zahlung über **{{amount}}** zu bestätigen.',
        '{{what}}',
        '[Zahlung bestätigen]({{link}})',
        'Bitte tun Sie das bis zum {{until}}.',
      ),
    },
  },
};

const fr: Words = {
  greeting: (name) => (name ? `Bonjour ${name},` : 'Bonjour,'),
  what: (description) => `Objet : ${description}`,
  update: 'Mettre à jour votre carte',
  reply: 'Merci de répondre à ce message afin que nous trouvions une autre solution.',
  letters: {
    paid: {
      subject: 'Votre paiement de {{amount}} à {{business}}',
      body: lines('Merci : votre paiement de **{{amount}}** a été effectué.', '{{what}}'),
    },
    failed: {
      subject: 'Votre paiement de {{amount}} à {{business}} n’a pas abouti',
      body: lines(
        'Nous n’avons pu débiter **{{amount}}** d’aucune de vos cartes enregistrées.',
        '{{what}}',
        '{{advice}}',
      ),
    },
    confirm: {
      subject: 'Merci de confirmer votre paiement de {{amount}} à {{business}}',
      body: lines(
        'Votre banque vous demande de confirmer votre paiement de **{{amount}}**.',
        '{{what}}',
        '[Confirmer le paiement]({{link}})',
        'Merci de le faire avant le {{until}}.',
      ),
    },
  },
};

const es: Words = {
  greeting: (name) => (name ? `Hola, ${name}:` : 'Hola:'),
  what: (description) => `Concepto: ${description}`,
  update: 'Actualizar la tarjeta',
  reply: 'Responde a este mensaje para que encontremos otra forma.',
  letters: {
    paid: {
      subject: 'Tu pago de {{amount}} a {{business}}',
      body: lines('Gracias: tu pago de **{{amount}}** se ha completado.', '{{what}}'),
    },
    failed: {
      subject: 'Tu pago de {{amount}} a {{business}} no se ha completado',
      body: lines(
        'No hemos podido cobrar **{{amount}}** de ninguna de tus tarjetas guardadas.',
        '{{what}}',
        '{{advice}}',
      ),
    },
    confirm: {
      subject: 'Confirma tu pago de {{amount}} a {{business}}',
      body: lines(
        'Tu banco te pide que confirmes tu pago de **{{amount}}**.',
        '{{what}}',
        '[Confirmar el pago]({{link}})',
        'Hazlo antes del {{until}}.',
      ),
    },
  },
};

export const languages: { readonly en: Words; readonly [language: string]: Words } = { en, de, fr, es };
