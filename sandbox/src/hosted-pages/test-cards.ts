import { html } from 'hono/html';
import type { Html } from './layout.ts';

const cards: readonly (readonly [number: string, does: string])[] = [
  ['4242 4242 4242 4242', 'Succeeds'],
  ['4000 0000 0000 0002', 'Is declined'],
  ['4000 0000 0000 9995', 'Has insufficient funds'],
  ['4000 0000 0000 0127', 'Has a wrong security code'],
  ['4000 0027 6000 3184', 'Asks for 3D Secure'],
  ['4000 0000 0000 0341', 'Can be saved, then is declined'],
];

/** Numbers to try, folded away. */
export function testCards(): Html {
  return html`<details><summary>Test cards</summary>
<table><thead><tr><th scope="col">Number</th><th scope="col">What it does</th></tr></thead><tbody>
${cards.map(([number, does]) => html`<tr><td><code>${number}</code></td><td>${does}</td></tr>`)}
</tbody></table>
<p class="small quiet">Any date to come, any security code, any postal code.</p></details>`;
}
