import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { EmbeddingModelV4, LanguageModelV4 } from '@ai-sdk/provider';
import { PROVIDERS, type ProviderFacts } from './providers.ts';
import type { ModelInfo } from './types.ts';

/** How one provider is reached; `baseUrl` replaces its public address. An empty key is no key. */
interface ProviderSettings {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

export interface ModelSettings {
  /** `PURSER_MODEL`. */
  readonly defaultModel?: string;
  /** `PURSER_EMBEDDING_MODEL`. */
  readonly embeddingModel?: string;
  readonly anthropic?: ProviderSettings;
  readonly openai?: ProviderSettings;
  readonly google?: ProviderSettings;
  readonly openaiCompatible?: { readonly baseUrl: string; readonly apiKey?: string };
}

export interface Models {
  /** What an agent without a model of its own uses. */
  readonly defaultId: string;
  /** What can be chosen, the default among them; more can be named by `provider/model`. */
  list(): ModelInfo[];
  /** null: the default. @throws ModelUnavailable when the id is unknown or its provider is not set up. */
  resolve(id: string | null): LanguageModelV4;
  /** Whether it reads any number of tools and results of any size at no cost: it needs no search and no folding. */
  takesAll(id: string | null): boolean;
  /** The model that makes vectors of text; null where none is named. @throws ModelUnavailable when it cannot be used */
  embedder(): { readonly id: string; readonly model: EmbeddingModelV4 } | null;
  /** Whether `id` could name a model: the rule for what an agent may be given, set up or not. */
  isKnown(id: string): boolean;
}

/** A model that cannot be used as things are set; the message names what to set. */
export class ModelUnavailable extends Error {
  readonly code: 'model_not_configured' | 'model_unknown';
  readonly modelId: string;
  constructor(code: ModelUnavailable['code'], modelId: string, message: string) {
    super(message);
    this.name = 'ModelUnavailable';
    this.code = code;
    this.modelId = modelId;
  }
}

const openaiUrl = 'https://api.openai.com/v1';
const googleUrl = 'https://generativelanguage.googleapis.com/v1beta';

type Build = (model: string) => LanguageModelV4;

/**
 * The models that can be used as things are set; `builtin` is always among them. A default that cannot be used is
 * kept as the default, so that whoever starts a turn is told what to set instead of being served by another model.
 */
export function createModels(given: { settings: ModelSettings; builtin: LanguageModelV4 }): Models {
  const { settings, builtin } = given;
  const builders = buildersFor(settings);
  const defaultId = settings.defaultModel?.trim() || bestAvailable(builders);

  function reasonAgainst(id: string): string | undefined {
    if (id === 'builtin') return undefined;
    const parsed = parseId(id);
    if (parsed === undefined) return unknownModel(id);
    return builders.has(parsed.provider.id) ? undefined : notConfigured(id, parsed.provider);
  }

  return {
    defaultId,
    list: () => catalogue(builders, defaultId).map((info) => judged(info, reasonAgainst(info.id))),
    isKnown: (id) => id === 'builtin' || parseId(id) !== undefined,
    embedder: () => (settings.embeddingModel ? embedderFor(settings.embeddingModel, settings) : null),
    takesAll: (id) => (id ?? defaultId) === 'builtin',
    resolve(given) {
      const id = given ?? defaultId;
      if (id === 'builtin') return builtin;
      const parsed = parseId(id);
      if (parsed === undefined) throw new ModelUnavailable('model_unknown', id, unknownModel(id));
      const build = builders.get(parsed.provider.id);
      if (build === undefined) {
        throw new ModelUnavailable('model_not_configured', id, notConfigured(id, parsed.provider));
      }
      return build(parsed.model);
    },
  };
}

/** Addresses are always given, so that the SDKs do not look for them in the environment. */
function buildersFor(settings: ModelSettings): Map<ProviderFacts['id'], Build> {
  const builders = new Map<ProviderFacts['id'], Build>();
  const { anthropic, openai, google, openaiCompatible } = settings;
  if (anthropic !== undefined && anthropic.apiKey.trim() !== '') {
    const baseURL = anthropic.baseUrl ?? 'https://api.anthropic.com/v1';
    builders.set('anthropic', createAnthropic({ apiKey: anthropic.apiKey, baseURL }));
  }
  if (openai !== undefined && openai.apiKey.trim() !== '') {
    const baseURL = openai.baseUrl ?? openaiUrl;
    builders.set('openai', createOpenAI({ apiKey: openai.apiKey, baseURL }).responses);
  }
  if (google !== undefined && google.apiKey.trim() !== '') {
    const baseURL = google.baseUrl ?? googleUrl;
    builders.set('google', createGoogle({ apiKey: google.apiKey, baseURL }));
  }
  if (openaiCompatible !== undefined) {
    const provider = compatible(openaiCompatible);
    builders.set('openai-compatible', (model) => provider.chatModel(model));
  }
  return builders;
}

/** @throws ModelUnavailable */
function embedderFor(id: string, { openai, google, openaiCompatible }: ModelSettings) {
  const parsed = parseId(id);
  if (parsed === undefined) throw new ModelUnavailable('model_unknown', id, unknownModel(id));
  const { provider, model } = parsed;
  const unset = () => new ModelUnavailable('model_not_configured', id, notConfigured(id, provider));
  switch (provider.id) {
    case 'openai': {
      if (!openai?.apiKey) throw unset();
      const baseURL = openai.baseUrl ?? openaiUrl;
      return { id, model: createOpenAI({ apiKey: openai.apiKey, baseURL }).embeddingModel(model) };
    }
    case 'google': {
      if (!google?.apiKey) throw unset();
      const baseURL = google.baseUrl ?? googleUrl;
      return { id, model: createGoogle({ apiKey: google.apiKey, baseURL }).embeddingModel(model) };
    }
    case 'openai-compatible': {
      if (!openaiCompatible) throw unset();
      return { id, model: compatible(openaiCompatible).embeddingModel(model) };
    }
    case 'anthropic':
      throw new ModelUnavailable(
        'model_unknown',
        id,
        'Anthropic has no embedding models. Name one of another provider.',
      );
  }
}

function compatible({ baseUrl: baseURL, apiKey }: NonNullable<ModelSettings['openaiCompatible']>) {
  return createOpenAICompatible({ name: 'openai-compatible', baseURL, apiKey, includeUsage: true });
}

/** The first provider that is set up and has a model to name; an OpenAI-compatible server has none of its own. */
function bestAvailable(builders: ReadonlyMap<ProviderFacts['id'], Build>): string {
  for (const provider of PROVIDERS) {
    const best = provider.models[0];
    if (best !== undefined && builders.has(provider.id)) return `${provider.id}/${best.model}`;
  }
  return 'builtin';
}

function catalogue(builders: ReadonlyMap<ProviderFacts['id'], Build>, defaultId: string): ModelInfo[] {
  const infos: ModelInfo[] = [{ id: 'builtin', name: 'Built-in', provider: 'builtin', available: true }];
  for (const provider of PROVIDERS) {
    for (const { model, name } of provider.models) {
      infos.push({
        id: `${provider.id}/${model}`,
        name,
        provider: provider.id,
        available: builders.has(provider.id),
      });
    }
  }
  if (!infos.some((info) => info.id === defaultId)) {
    const parsed = parseId(defaultId);
    infos.push({
      id: defaultId,
      name: parsed?.model ?? defaultId,
      provider: parsed?.provider.id ?? 'unknown',
      available: true,
    });
  }
  return infos;
}

function judged(info: ModelInfo, reason: string | undefined): ModelInfo {
  if (reason === undefined) return { ...info, available: true };
  const provider = parseId(info.id)?.provider;
  return { ...info, available: false, reason, ...(provider && { variable: variableOf(provider) }) };
}

/** A model's own name may hold slashes, as on OpenAI-compatible servers: `openai-compatible/meta/llama-4`. */
function parseId(id: string): { provider: ProviderFacts; model: string } | undefined {
  const slash = id.indexOf('/');
  if (slash < 1) return undefined;
  const model = id.slice(slash + 1);
  const provider = PROVIDERS.find((candidate) => candidate.id === id.slice(0, slash));
  if (provider === undefined || !/^[^\s]{1,200}$/.test(model)) return undefined;
  return { provider, model };
}

function unknownModel(id: string): string {
  const providers = PROVIDERS.map((provider) => `${provider.id}/…`).join(', ');
  return `There is no model called "${id}". Use builtin, or a provider and its model: ${providers}.`;
}

function variableOf(provider: ProviderFacts): string {
  return provider.id === 'openai-compatible' ? provider.baseUrlVariable : provider.keyVariable;
}

function notConfigured(id: string, provider: ProviderFacts): string {
  return `The model ${id} cannot be used until ${variableOf(provider)} is set. Set it and restart Purser, or choose another model.`;
}
