/** How `init` ends: what a first build would be refused for, the plan that the config gives, and commands that work. */
import { readConfig } from '../../config/normalize.ts';
import type { ImageConfig } from '../../config/types.ts';
import { formatProblem, InputError, OutsideError } from '../../domain/errors.ts';
import { count } from '../../report/words.ts';
import { undatedProblem } from '../../releases/at.ts';
import { planCommand } from '../plan.ts';
import { readFacts } from '../read-project.ts';
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
  const lines = plan.ok
    ? [...plan.lines, '', ...nextSteps(first, which, named, plan.undated)]
    : notYet(plan.lines, named);
  return notes.length === 0 ? lines : [...notes, '', ...lines];
}

interface PlanLines {
  readonly ok: boolean;
  readonly lines: readonly string[];
  /** The newest release, if nothing says when it came out: all of them cannot be rehearsed in their order. */
  readonly undated: string | null;
}

async function planLines(config: string, image: string | null, world: World): Promise<PlanLines> {
  const whatIf = { offline: true, with: [], yank: [] };
  const request = { config, releases: null, repository: [], image, at: null, ...whatIf };
  try {
    const { known } = await readFacts(request, world);
    const { stdout } = await planCommand({ kind: 'map', ...request, format: 'table' }, world);
    const lines = stdout.trimEnd().split('\n');
    const more = lines.length - mostLines;
    return {
      ok: true,
      undated: undatedProblem(known, '') === null ? null : (known.releases.at(-1)?.version.text ?? null),
      lines: more > 1 ? [...lines.slice(0, mostLines), `  … and ${count(more, 'line')} more`] : lines,
    };
  } catch (error) {
    if (error instanceof InputError) return { ok: false, undated: null, lines: error.problems.map(formatProblem) };
    if (error instanceof OutsideError && !world.signal.aborted)
      return { ok: false, undated: null, lines: [error.message] };
    throw error;
  }
}

function nextSteps(
  image: ImageConfig | undefined,
  which: string | null,
  named: string,
  undated: string | null,
): string[] {
  const flags = `${named}${which === null ? '' : ` --image ${which}`}`;
  const isNowhere = image?.repositories.some(({ registry }) => registry === nowhere) ?? false;
  return [
    `Next: tagwright plan --offline${flags}`,
    `      tagwright rehearse ${undated ?? '--all'}${flags}`,
    isNowhere ? `      tagwright check${named}` : `      tagwright audit${flags}`,
  ];
}

function notYet(faults: readonly string[], named: string): string[] {
  return ['No plan yet:', ...faults.map((text) => `  ${text}`), '', `Next: fix this, then tagwright check${named}`];
}
