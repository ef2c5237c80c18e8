import { expect } from 'vitest';
import { steady, type ActionRun } from './run-action.ts';

/** Compared with `test/golden/action/<name>/`: every output in one file, the job summary in another. */
export async function expectGolden(name: string, run: ActionRun): Promise<void> {
  const at = (file: string): string => new URL(`../golden/action/${name}/${file}`, import.meta.url).pathname;
  const outputs = Object.entries(run.outputs).filter(([output]) => output !== 'report-file');
  const short = outputs.map(([key, value]) => `${key}:\n${steady(value).trimEnd()}\n`);
  await expect(short.join('\n')).toMatchFileSnapshot(at('outputs.txt'));
  expect(run.outputs['report-file']).not.toBe('');
  await expect(run.summary).toMatchFileSnapshot(at('summary.md'));
}
