import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { ModelInfo } from './types.ts';

/** How one provider is reached; `baseUrl` replaces its public address. */
export interface ProviderSettings {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

export interface ModelSettings {
  /** `PURSER_MODEL`. */
  readonly defaultModel?: string;
  readonly anthropic?: ProviderSettings;
  readonly openai?: ProviderSettings;
  readonly google?: ProviderSettings;
  readonly openaiCompatible?: { readonly baseUrl: string; readonly apiKey?: string };
}

export interface Models {
  /** What an agent without a model of its own uses. */
  readonly defaultId: string;
  list(): ModelInfo[];
  /** @throws ModelUnavailable when the id is unknown or its provider has no key. */
  resolve(id: string | null): LanguageModelV4;
  /** Whether `id` could name a model: the rule for what an agent may be given, configured or not. */
  isKnown(id: string): boolean;
}

/** A model that cannot be used as things are set; the message names what to set. */
export class ModelUnavailable extends Error {
  readonly code: 'model_not_configured' | 'model_unknown';
  readonly modelId: string;
  constructor(code: 'model_not_configured' | 'model_unknown', modelId: string, message: string) {
    super(message);
    this.name = 'ModelUnavailable';
    this.code = code;
    this.modelId = modelId;
  }
}

/** The models that can be used as things are set. `builtin` is always among them. */
export function createModels(given: { settings: ModelSettings; builtin: LanguageModelV4 }): Models {
  return {
    defaultId: 'builtin',
    list: () => [{ id: 'builtin', name: 'Built-in', provider: 'builtin', available: true }],
    resolve: () => given.builtin,
    isKnown: (id) => id === 'builtin',
  };
}
