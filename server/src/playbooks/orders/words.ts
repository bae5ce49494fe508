/** What customers are told of an order, in the languages that come with Purser. */
import type { MailText } from '../../connections/mail/template.ts';

export const letterKinds = ['confirmed', 'pay', 'failed', 'refunded'] as const;
export type LetterKind = (typeof letterKinds)[number];

export const letterVariables = {
  greeting: 'words',
  name: 'text',
  business: 'text',
  order: 'text',
  items: 'words',
  total: 'words',
  refund: 'words',
  until: 'words',
  action: 'words',
} as const;

export interface Words {
  readonly greeting: (name: string | null) => string;
  readonly pay: string;
  readonly letters: Readonly<Record<LetterKind, MailText>>;
}

const lines = (...parts: string[]) => ['{{greeting}}', ...parts, '{{business}}'].join('\n\n');

const en: Words = {
  greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
  pay: 'Pay now',
  letters: {
    confirmed: {
      subject: 'Your order {{order}} at {{business}}',
      body: lines(
        'Thank you: your order is paid and on its way through our hands.',
        '{{items}}',
        'Total: **{{total}}**',
      ),
    },
    pay: {
      subject: 'Please pay your order {{order}} at {{business}}',
      body: lines(
        'To complete your order, please pay it until {{until}}:',
        '{{items}}',
        'Total: **{{total}}**',
        '{{action}}',
      ),
    },
    failed: {
      subject: 'Your order {{order}} at {{business}} could not be paid',
      body: lines(
        'Your payment of **{{total}}** did not go through, so the order was not placed. Nothing was charged.',
        '{{items}}',
        'You are welcome to order again with another card.',
      ),
    },
    refunded: {
      subject: 'Refund for your order {{order}} at {{business}}',
      body: lines(
        'We have sent **{{refund}}** of your order back to you.',
        '{{items}}',
        'Banks take up to ten days to show it.',
      ),
    },
  },
};

const de: Words = {
  greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
  pay: 'Jetzt bezahlen',
  letters: {
    confirmed: {
      subject: 'Ihre Bestellung {{order}} bei {{business}}',
      body: lines(
        'vielen Dank: Ihre Bestellung ist bezahlt und wird bearbeitet.',
        '{{items}}',
        'Summe: **{{total}}**',
      ),
    },
    pay: {
      subject: 'Bitte bezahlen Sie Ihre Bestellung {{order}} bei {{business}}',
      body: lines(
        'bitte bezahlen Sie Ihre Bestellung bis zum {{until}}:',
        '{{items}}',
        'Summe: **{{total}}**',
        '{{action}}',
      ),
    },
    failed: {
      subject: 'Ihre Bestellung {{order}} bei {{business}} konnte nicht bezahlt werden',
      body: lines(
        'Ihre Zahlung über **{{total}}** ist fehlgeschlagen, die Bestellung kam nicht zustande. Es wurde nichts abgebucht.',
        '{{items}}',
        'Sie können gern mit einer anderen Karte neu bestellen.',
      ),
    },
    refunded: {
      subject: 'Erstattung zu Ihrer Bestellung {{order}} bei {{business}}',
      body: lines(
        'wir haben Ihnen **{{refund}}** Ihrer Bestellung erstattet.',
        '{{items}}',
        'Bis die Bank es zeigt, vergehen bis zu zehn Tage.',
      ),
    },
  },
};

const fr: Words = {
  greeting: (name) => (name ? `Bonjour ${name},` : 'Bonjour,'),
  pay: 'Payer maintenant',
  letters: {
    confirmed: {
      subject: 'Votre commande {{order}} chez {{business}}',
      body: lines(
        'Merci : votre commande est payée et en cours de traitement.',
        '{{items}}',
        'Total : **{{total}}**',
      ),
    },
    pay: {
      subject: 'Merci de payer votre commande {{order}} chez {{business}}',
      body: lines(
        'Pour valider votre commande, merci de la payer avant le {{until}} :',
        '{{items}}',
        'Total : **{{total}}**',
        '{{action}}',
      ),
    },
    failed: {
      subject: 'Votre commande {{order}} chez {{business}} n’a pas pu être payée',
      body: lines(
        'Votre paiement de **{{total}}** n’a pas abouti et la commande n’a pas été passée. Rien n’a été débité.',
        '{{items}}',
        'Vous pouvez commander à nouveau avec une autre carte.',
      ),
    },
    refunded: {
      subject: 'Remboursement de votre commande {{order}} chez {{business}}',
      body: lines(
        'Nous vous avons remboursé **{{refund}}** de votre commande.',
        '{{items}}',
        'Votre banque peut mettre dix jours à l’afficher.',
      ),
    },
  },
};

const es: Words = {
  greeting: (name) => (name ? `Hola, ${name}:` : 'Hola:'),
  pay: 'Pagar ahora',
  letters: {
    confirmed: {
      subject: 'Tu pedido {{order}} en {{business}}',
      body: lines('Gracias: tu pedido está pagado y en preparación.', '{{items}}', 'Total: **{{total}}**'),
    },
    pay: {
      subject: 'Paga tu pedido {{order}} en {{business}}',
      body: lines(
        'Para completar tu pedido, págalo antes del {{until}}:',
        '{{items}}',
        'Total: **{{total}}**',
        '{{action}}',
      ),
    },
    failed: {
      subject: 'Tu pedido {{order}} en {{business}} no se ha podido pagar',
      body: lines(
        'Tu pago de **{{total}}** no se ha completado y el pedido no se ha hecho. No se ha cobrado nada.',
        '{{items}}',
        'Puedes volver a pedirlo con otra tarjeta.',
      ),
    },
    refunded: {
      subject: 'Reembolso de tu pedido {{order}} en {{business}}',
      body: lines(
        'Te hemos devuelto **{{refund}}** de tu pedido.',
        '{{items}}',
        'Tu banco puede tardar diez días en mostrarlo.',
      ),
    },
  },
};

export const languages: { readonly en: Words; readonly [language: string]: Words } = { en, de, fr, es };
