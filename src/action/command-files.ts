/**
 * The files through which a step hands values to the runner: outputs, variables for later steps, the job summary.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files
 */
import { randomUUID } from 'node:crypto';
import { appendFile, stat } from 'node:fs/promises';
import { InternalError } from '../domain/errors.ts';
import { fitMarkdown } from '../report/fit-markdown.ts';

/** The summary of one step, and one output. */
export const maxFileBytes = 1024 * 1024;

/** Writes `NAME<<DELIMITER`, the value and the delimiter; a delimiter nobody can guess keeps a value from ending itself. */
export async function writeValues(path: string, values: ReadonlyMap<string, string>): Promise<void> {
  const blocks = [...values].map(([name, value]) => valueBlock(name, value, `tagwright_${randomUUID()}`));
  await appendFile(path, blocks.join(''));
}

/** @throws {InternalError} where the value holds its delimiter */
export function valueBlock(name: string, value: string, delimiter: string): string {
  if (!/^[\w-]+$/.test(name)) throw new InternalError(`${JSON.stringify(name)} is no name of an output`);
  if (value.includes(delimiter)) throw new InternalError(`the value of ${name} holds its delimiter`);
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}

/** Appends to the job summary what still fits. */
export async function writeSummary(path: string, markdown: string): Promise<void> {
  const taken = (await stat(path)).size;
  await appendFile(path, fitMarkdown(markdown, maxFileBytes - taken, "the step's log"));
}
