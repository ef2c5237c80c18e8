/** The lines of a Markdown document that a reader sees while everything that can be folded is closed. */
export function renderedLines(markdown: string): string[] {
  const closed = markdown.replaceAll(
    /<details><summary>(?<title>[^]*?)<\/summary>[^]*?<\/details>/g,
    (_, title: string) => `▸ ${title}`,
  );
  return closed
    .split(/\n|<br>/)
    .filter((line) => line.trim() !== '' && !/^\|(?: --- \|)+$/.test(line) && !line.startsWith('<!--'));
}
