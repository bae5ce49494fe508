/**
 * Markdown as Slack writes it. What stands in angle brackets there is obeyed (`<!channel>` wakes everybody), so that
 * nothing of a text gets there but the links made here.
 */
export function slackText(markdown: string): string {
  const links: string[] = [];
  const held = markdown.replace(
    /\[([^\]\n]{1,300})\]\((https?:\/\/[^()\s<>|]{1,2000})\)/g,
    (_, label, url) => {
      links.push(`<${escaped(String(url))}|${escaped(String(label)).replaceAll('|', '¦')}>`);
      return `\u0001${links.length - 1}\u0002`;
    },
  );
  const text = escaped(held)
    .replace(/\*\*([^*\n]+)\*\*/g, '*$1*')
    .replace(/__([^_\n]+)__/g, '*$1*')
    .replace(/^#{1,6}\s+(.+)$/gm, '*$1*')
    .replace(/^(\s*)[-*]\s+/gm, '$1• ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they mark the places of links, and are in no text otherwise
  return text.replace(/\u0001(\d+)\u0002/g, (_, at) => links[Number(at)] ?? '');
}

/** @see https://docs.slack.dev/messaging/formatting-message-text */
export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
