import { html } from 'hono/html';
import type { Form, Problems } from './form.ts';
import type { Html } from './layout.ts';

interface Described {
  readonly name: string;
  readonly label: string | Html;
  readonly optional?: boolean;
  readonly hint?: string;
}
interface Typed extends Described {
  readonly type?: 'email' | 'number' | 'tel' | 'text';
  readonly autocomplete?: string;
  readonly inputmode?: 'decimal' | 'numeric';
  readonly placeholder?: string;
  readonly readonly?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly maxlength?: number;
}

/** What a form holds and what is wrong with it. */
export interface Filled {
  readonly form: Form;
  readonly problems: Problems;
}

/** A text field with its label, and what is wrong with it right below. */
export function input(field: Typed, value: string, problems: Problems): Html {
  const { name, label, type = 'text', autocomplete = 'off', inputmode, placeholder, maxlength } = field;
  const { min, max } = field;
  const problem = problems[name];
  return html`<div class="field"><label for="${name}">${label}${marked(field)}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}"${attribute('inputmode', inputmode)}${attribute('placeholder', placeholder)}${attribute('maxlength', maxlength)}${attribute('min', min)}${attribute('max', max)}${field.readonly ? html` readonly` : ''}${invalid(name, problem, isFirst(name, problems))}>
${below(field, problem)}</div>`;
}

/** A choice among a few values. */
export function select(
  field: Described & { readonly autocomplete?: string },
  options: readonly { readonly value: string; readonly label: string }[],
  value: string,
  problems: Problems,
): Html {
  const { name, label, autocomplete = 'off' } = field;
  const problem = problems[name];
  return html`<div class="field"><label for="${name}">${label}${marked(field)}</label>
<select id="${name}" name="${name}" autocomplete="${autocomplete}"${invalid(name, problem, isFirst(name, problems))}>
${options.map((option) => html`<option value="${option.value}"${option.value === value ? html` selected` : ''}>${option.label}</option>`)}
</select>
${below(field, problem)}</div>`;
}

/** A box to tick. */
export function checkbox(field: Described, ticked: boolean, problems: Problems): Html {
  const { name, label } = field;
  const problem = problems[name];
  return html`<div class="field"><label class="choice"><input type="checkbox" name="${name}" value="yes"${ticked ? html` checked` : ''}${invalid(name, problem, isFirst(name, problems))}><span>${label}</span></label>
${below(field, problem)}</div>`;
}

/** What is wrong with the form as a whole. */
export function alert(problems: Problems): Html | string {
  const problem = problems[''];
  return problem === undefined ? '' : html`<p class="alert" role="alert">${problem}</p>`;
}

function marked({ optional }: Described): Html | string {
  return optional ? html` <span class="quiet">(optional)</span>` : '';
}

function below({ name, hint }: Described, problem: string | undefined): Html | string {
  if (problem !== undefined) return html`<p class="problem" id="${name}-problem" role="alert">${problem}</p>`;
  return hint === undefined ? '' : html`<p class="small quiet">${hint}</p>`;
}

/** The first field with a problem has the focus: somebody who cannot see the red finds it too. */
function invalid(name: string, problem: string | undefined, focus: boolean): Html | string {
  if (problem === undefined) return '';
  return html` aria-invalid="true" aria-describedby="${name}-problem"${focus ? html` autofocus` : ''}`;
}

function isFirst(name: string, problems: Problems): boolean {
  return Object.keys(problems)[0] === name;
}

function attribute(name: string, value: string | number | undefined): Html | string {
  return value === undefined ? '' : html` ${name}="${value}"`;
}
