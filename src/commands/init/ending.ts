/** How `init` ends: what a first build would be refused for, the plan that the config gives, and commands that work. */
import { readConfig } from '../../config/normalize.ts';
import type { ImageConfig } from '../../config/types.ts';
import { formatProblem, InputError, OutsideError } from '../../domain/errors.ts';
import { count } from '../../report/words.ts';
import { planCommand } from '../plan.ts';
import { contractOfImage } from '../release/contract.ts';
import type { World } from '../world.ts';
import { nowhere } from './project-facts.ts';

const mostLines = 14;

/** @param path of the config that was just written */
export async function ending(path: string, world: World): Promise<string[]> {
  const { raw, file, above, root } = await world.loadConfig(path);
  const config = readConfig(raw, file, above);
  const named = path === 'matrix.config.ts' ? '' : ` --config ${path}`;
  // An imported config may name what a person has to fill in.
  if (!config.ok) return notYet(config.problems.map(formatProblem), named);
  const { images } = config.value;
  const problems = await Promise.all(images.map((image) => contractOfImage(image, world.files(root))));
  const notes = problems.flat().map((problem) => `To fix before the first build: ${formatProblem(problem)}`);
  const [first] = images;
  const which = images.length > 1 && first !== undefined ? first.name : null;
  const plan = await planLines(path, which, world);
  const lines = plan.ok ? [...plan.lines, '', ...nextSteps(first, which, named)] : notYet(plan.lines, named);
  return notes.length === 0 ? lines : [...notes, '', ...lines];
}

async function planLines(
  config: string,
  image: string | null,
  world: World,
): Promise<{ readonly ok: boolean; readonly lines: readonly string[] }> {
  const whatIf = { offline: true, with: [], yank: [] };
  const request = { config, releases: null, repository: [], image, at: null, ...whatIf };
  try {
    const { stdout } = await planCommand({ kind: 'map', ...request, format: 'table' }, world);
    const lines = stdout.trimEnd().split('\n');
    const more = lines.length - mostLines;
    return {
      ok: true,
      lines: more > 1 ? [...lines.slice(0, mostLines), `  … and ${count(more, 'line')} more`] : lines,
    };
  } catch (error) {
    if (error instanceof InputError) return { ok: false, lines: error.problems.map(formatProblem) };
    if (error instanceof OutsideError && !world.signal.aborted) return { ok: false, lines: [error.message] };
    throw error;
  }
}

function nextSteps(image: ImageConfig | undefined, which: string | null, named: string): string[] {
  const flags = `${named}${which === null ? '' : ` --image ${which}`}`;
  const isNowhere = image?.repositories.some(({ registry }) => registry === nowhere) ?? false;
  return [
    `Next: tagwright plan --offline${flags}`,
    `      tagwright rehearse --all${flags}`,
    isNowhere ? `      tagwright check${named}` : `      tagwright audit${flags}`,
  ];
}

function notYet(faults: readonly string[], named: string): string[] {
  return ['No plan yet:', ...faults.map((text) => `  ${text}`), '', `Next: fix this, then tagwright check${named}`];
}
