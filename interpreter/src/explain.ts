import { plainText } from './answers/describe.ts';
import { nextStep } from './dialogue/converse.ts';
import type { Entity } from './entities/entity.ts';
import { decide } from './meaning/decide.ts';
import { rankTools } from './meaning/match-tool.ts';
import type { Request } from './meaning/request.ts';
import { phraseOf } from './meaning/tokens.ts';
import { dissect } from './meaning/understand.ts';
import type { Setting } from './setting.ts';
import type { Toolbox } from './toolbox.ts';
import type { Transcript } from './transcript.ts';

/** Tools shown beside each clause. */
const mostCandidates = 4;

/**
 * How the last message of a conversation is read, stage by stage, as Markdown: spelling, values, clauses with the tools
 * whose words fit, the requests they make in the light of the conversation, and the first step of the plan. Calls nothing.
 */
export function explainReading(transcript: Transcript, setting: Setting, toolbox: Toolbox): string {
  const message = transcript.turns.at(-1)?.text ?? '';
  const { source, entities, clauses } = dissect(message, setting, toolbox);
  const step = nextStep(transcript, setting, toolbox);
  const parts = [
    `### Read as\n\n${quoted(source.text)}`,
    section(
      'Values',
      entities.map((entity) => valueLine(entity, source.text)),
    ),
    ...clauses.map((clause, index) => {
      const decision = decide(clause);
      const ranked = rankTools(clause, toolbox).filter(({ score }) => score >= 2);
      return section(
        `Clause ${index + 1}${clause.when === 'always' ? '' : ` (${clause.when.replace('_', ' ')})`}`,
        [
          `words: ${quoted(phraseOf(clause.tokens))}`,
          `verbs and objects say: ${decision ? [decision.intent, ...decision.objects].filter(Boolean).join(' ') : 'nothing'}`,
          `tools whose words fit: ${
            ranked
              .slice(0, mostCandidates)
              .map(({ tool, score }) => `${tool.name} (${score})`)
              .join(', ') || 'none'
          }`,
        ],
      );
    }),
    section('Requests', step.read.map(requestLine)),
    step.kind === 'calls'
      ? section(
          'First step of the plan',
          step.calls.map(({ tool, input }) => `\`${tool}\` ${JSON.stringify(input)}`),
        )
      : `### No step\n\n${step.text}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`### ${title}`, '', ...lines.map((line) => `- ${line}`)].join('\n');
}

const quoted = (text: string) => `“${plainText(text)}”`;

function valueLine(entity: Entity, text: string): string {
  const { type, start, end, ...value } = entity;
  return `${type.replaceAll('_', ' ')} ${quoted(text.slice(start, end))}: ${JSON.stringify(value)}`;
}

function requestLine({ intent, object, tool, when, slots, unread }: Request): string {
  const facts = JSON.stringify(slots, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value instanceof Set ? [...value] : value,
  );
  return [
    [intent, object, tool && `with ${tool}`].filter(Boolean).join(' '),
    when === 'always' ? '' : when.replace('_', ' '),
    facts === '{}' ? '' : facts,
    unread === undefined ? '' : `not read: ${quoted(unread)}`,
  ]
    .filter(Boolean)
    .join(', ');
}
