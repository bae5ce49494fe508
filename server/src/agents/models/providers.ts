/** What people and messages need to know of a provider. */
export interface ProviderFacts {
  readonly id: 'anthropic' | 'openai' | 'google' | 'openai-compatible';
  readonly name: string;
  /** The setting that makes it usable. */
  readonly keyVariable: string;
  readonly baseUrlVariable: string;
  /** Where an account's plan and credit are looked after; null where only the operator knows. */
  readonly billingUrl: string | null;
  /** Offered for choice, the default first. Any other model of the provider can be named too. */
  readonly models: readonly { readonly model: string; readonly name: string }[];
}

/** In the order in which a default is looked for. */
export const PROVIDERS: readonly ProviderFacts[] = [
  {
    id: 'anthropic',
    name: 'Anthropic',
    keyVariable: 'ANTHROPIC_API_KEY',
    baseUrlVariable: 'ANTHROPIC_BASE_URL',
    billingUrl: 'https://console.anthropic.com/settings/billing',
    models: [
      { model: 'claude-opus-5-5', name: 'Claude Opus 5.5' },
      { model: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' },
      { model: 'claude-haiku-5-5', name: 'Claude Haiku 5.5' },
    ],
  },
  {
    id: 'openai',
    name: 'OpenAI',
    keyVariable: 'OPENAI_API_KEY',
    baseUrlVariable: 'OPENAI_BASE_URL',
    billingUrl: 'https://platform.openai.com/settings/organization/billing',
    models: [
      { model: 'gpt-6-astra', name: 'GPT-6 Astra' },
      { model: 'gpt-6.1-terra', name: 'GPT-6.1 Terra' },
      { model: 'gpt-6-luna', name: 'GPT-6 Luna' },
    ],
  },
  {
    id: 'google',
    name: 'Google',
    keyVariable: 'GOOGLE_GENERATIVE_AI_API_KEY',
    baseUrlVariable: 'GOOGLE_GENERATIVE_AI_BASE_URL',
    billingUrl: 'https://aistudio.google.com/usage',
    models: [
      { model: 'gemini-4-argon', name: 'Gemini 4 Argon' },
      { model: 'gemini-3.8-flash', name: 'Gemini 3.8 Flash' },
    ],
  },
  {
    id: 'openai-compatible',
    name: 'OpenAI-compatible server',
    keyVariable: 'OPENAI_COMPATIBLE_API_KEY',
    baseUrlVariable: 'OPENAI_COMPATIBLE_BASE_URL',
    billingUrl: null,
    models: [],
  },
];

/**
 * The provider behind a model, from its id (`openai/gpt-…`) or from the SDK's name for it (`openai.responses`).
 * Undefined for the built-in model and for unknown ones.
 */
export function providerOf(name: string): ProviderFacts | undefined {
  const id = name.split(/[/.]/)[0];
  return PROVIDERS.find((provider) => provider.id === id);
}
