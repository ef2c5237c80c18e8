/**
 * What a step says to the runner on stdout: annotations, masks, and that what follows is no command.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  /** Relative to the workspace. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** GitHub shows so many of one level in a step, and drops the rest. */
const mostOfALevel = 10;

/** One line of stdout, whatever the texts hold. */
export function annotationLine({ level, title, message, file, line, column }: Annotation): string {
  const places = { file, line, col: column, title };
  const properties = Object.entries(places).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  );
  return `::${level} ${properties.join(',')}::${escapeData(message)}`;
}

/** As many as GitHub shows; the last of a level tells how many more there are. */
export function annotationLines(annotations: readonly Annotation[]): string[] {
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const all = annotations.filter((annotation) => annotation.level === level);
    if (all.length <= mostOfALevel) return all.map(annotationLine);
    const left = all.length - mostOfALevel + 1;
    const more: Annotation = { level, title: 'and more', message: `${left} more; the step's log has them all` };
    return [...all.slice(0, mostOfALevel - 1), more].map(annotationLine);
  });
}

/** Hides a text wherever the runner writes; line by line, for it compares lines. */
export function maskLines(secret: string): string[] {
  return secret
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => `::add-mask::${escapeData(line)}`);
}

/** Until {@link resumeLine} with the same token, nothing on stdout or stderr is a command: a build prints what it likes. */
export function stopLine(token: string): string {
  return `::stop-commands::${token}`;
}

export function resumeLine(token: string): string {
  return `::${token}::`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
