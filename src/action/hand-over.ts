/** What a run leaves to the steps after it and to the people who look: outputs, files, annotations, the job summary. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome } from '../commands/world.ts';
import { OutsideError } from '../domain/errors.ts';
import { exitCodes } from '../entry/exit.ts';
import { documentMarkdown } from '../report/document-markdown.ts';
import type { MetadataWishes } from '../report/metadata-action.ts';
import { maxFileBytes, writeSummary, writeValues } from './command-files.ts';
import { documentOutputs } from './outputs.ts';
import { errorAnnotations, errorMarkdown, outcomeAnnotations } from './problems.ts';
import type { Runner } from './runner.ts';
import { annotationLines, type Annotation } from './workflow-commands.ts';

export interface Handing {
  readonly command: string;
  /** `null` where the runner itself could not be read. */
  readonly runner: Runner | null;
  readonly print: (line: string) => void;
  /** What became of the comment or the issue, where one was asked for. */
  readonly posted?: Posted | OutsideError | null;
}

export interface Posted {
  readonly kind: 'comment' | 'issue';
  /** `null` where none was needed, or none could be written. */
  readonly url: string | null;
}

/** An outcome, or that there was nothing to do. */
export interface Handed extends Pick<Outcome, 'stdout' | 'document'> {
  readonly result: Outcome['result'] | 'skipped';
}

export async function handOver(outcome: Handed, wishes: MetadataWishes, handing: Handing): Promise<void> {
  const { stdout, result, document } = outcome;
  const { runner, print, posted = null } = handing;
  const values = new Map([['result', result as string]]);
  const annotations: Annotation[] = document === undefined ? [] : outcomeAnnotations(document, result);
  if (posted instanceof OutsideError) annotations.push(...(await errorAnnotations(posted)));
  else if (posted !== null && posted.url !== null) values.set(`${posted.kind}-url`, posted.url);
  if (runner !== null && stdout !== '') {
    const folder = await mkdtemp(join(runner.temp, 'tagwright-'));
    const reportFile = join(folder, 'report.txt');
    await writeFile(reportFile, stdout);
    values.set('report-file', reportFile);
    if (document !== undefined) {
      const outputs = documentOutputs(document, wishes);
      for (const [name, text] of outputs.files) {
        const path = join(folder, `${name}.json`);
        await writeFile(path, text);
        values.set(name, path);
      }
      for (const [name, value] of outputs.values) {
        if (Buffer.byteLength(value) < maxFileBytes) values.set(name, value);
        else annotations.push(tooLarge(name, reportFile));
      }
    }
  }
  await writeOutputs(values, runner);
  if (document !== undefined && runner?.summaryFile) await writeSummary(runner.summaryFile, documentMarkdown(document));
  annotationLines(annotations).forEach(print);
}

/** What was thrown; it has been printed. */
export async function handOverFailure(
  error: unknown,
  code: number,
  { command, runner, print }: Handing,
): Promise<void> {
  const results: Readonly<Record<number, string>> = {
    [exitCodes.badInput]: 'bad-input',
    [exitCodes.outside]: 'outside-failed',
  };
  annotationLines(await errorAnnotations(error)).forEach(print);
  await writeOutputs(new Map([['result', results[code] ?? 'bug']]), runner);
  if (runner?.summaryFile) await writeSummary(runner.summaryFile, errorMarkdown(command, error));
}

/** docker/metadata-action leaves its outputs in the environment too, and scripts read them there. */
async function writeOutputs(values: ReadonlyMap<string, string>, runner: Runner | null): Promise<void> {
  if (runner?.outputFile) await writeValues(runner.outputFile, values);
  if (!runner?.envFile || !values.has('json')) return;
  const names = ['version', 'tags', 'tag-names', 'labels', 'annotations', 'json', 'bake-file'];
  const more = ['bake-file-tags', 'bake-file-labels', 'bake-file-annotations'];
  const variables = [...names, ...more].map((name): [string, string] => [
    `DOCKER_METADATA_OUTPUT_${name.replaceAll('-', '_').toUpperCase()}`,
    values.get(name) ?? '',
  ]);
  await writeValues(runner.envFile, new Map(variables));
}

function tooLarge(name: string, reportFile: string): Annotation {
  const message = `it would be over 1 MiB, which is what GitHub takes; the whole is in ${reportFile} (output report-file)`;
  return { level: 'warning', title: `output ${name} left out`, message };
}
