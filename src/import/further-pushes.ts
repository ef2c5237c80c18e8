/** Scripts that give an image more names than the action does: tags of their own, copies in other repositories. */
import { inputsOfVersion1 } from './builds.ts';
import { roughExpression } from './expression.ts';
import { runOf, type Known } from './outputs.ts';
import { conditionsTruth, evaluateText, scopeOf, type Run } from './scope.ts';
import { stepName, type Job, type Step, type Workflow } from './workflow.ts';
import { asWritten } from './workflow-files.ts';

/** Longer ones are not searched. */
const maxScript = 50_000;

/** What a config has no rule for, one sentence a step that a release runs. */
export function furtherPushes(workflow: Workflow, event: Run['event'], known: Known): string[] {
  return workflow.jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      const found = namesOf(step);
      if (found === null || !isRun(job, step, runOf(workflow, job, step, event, known))) return [];
      return [`CHECK THIS: the step ${asWritten(stepName(step))} ${found}, which are in no plan`];
    }),
  );
}

function isRun(job: Job, step: Step, run: Run): boolean {
  const matrix = job.matrix((text) => evaluateText(text, scopeOf(run, new Map())));
  return (matrix?.jobs ?? [new Map()]).some(
    (combination) => conditionsTruth([...job.conditions, ...step.conditions], scopeOf(run, combination)).is !== false,
  );
}

const copies = /\bskopeo\s+(?:copy|sync)\b|\b(?:crane|gcrane)\s+(?:copy|cp)\b|\bregctl\s+image\s+copy\b|\boras\s+cp\b/;
const tagging = /\b(?:crane|gcrane)\s+tag\b/;
const pushedName = /\bdocker\s+(?:image\s+)?push\s+(?:-q\s+)?["']?[^\s"'$]+:[^\s"']+/;

function namesOf(step: Step): string | null {
  const { run, uses, inputs } = step;
  const old = inputsOfVersion1(step);
  if (old.length > 0 && inputs.get('push')?.value !== 'false')
    return `makes tags of its own from ${old.join(', ')} (docker/build-push-action@v1)`;
  // Those of a step of the action are read.
  const isOwn = [...inputs.values()].some(({ value }) => /\.outputs\.(?:tags|json)\b/.test(value));
  if (uses !== null) return /manifest/i.test(uses) && !isOwn ? 'puts images together under tags of its own' : null;
  if (run === '' || run.length > maxScript) return null;
  const plain = run.replaceAll(/\\\r?\n\s*/g, ' ').replaceAll(/^\s*#.*$/gm, '');
  if (/\bmanifest\s+create\b/.test(plain)) return 'puts images together under tags of its own';
  if (copies.test(plain)) return 'copies images to other names';
  if (tagging.test(plain) || pushedName.test(plain)) return 'pushes tags of its own';
  const own = plain
    .split('\n')
    .filter((line) => /\bimagetools\s+create\b/.test(line))
    .some((line) => ownNames(line).length > 0);
  return own ? 'pushes tags of its own' : null;
}

/** Names after `-t` that are not the action's tags: no variable of a loop over them, nor their `version`. */
function ownNames(line: string): string[] {
  const expressions = new Map<string, string>();
  const whole = line
    .replaceAll(roughExpression, (found) => {
      const name = `__${expressions.size}__`;
      expressions.set(name, found);
      return name;
    })
    .replaceAll(/\$\([^()]*(?:\([^()]*\)[^()]*)*\)/g, '');
  const given = [...whole.matchAll(/\s(?:-t|--tag)(?:\s+|=)(?<name>[^\s]+)/g)].map(({ groups }) => {
    const name = (groups?.['name'] ?? '').replaceAll(/["']/g, '');
    return [...expressions].reduce((text, [short, long]) => text.replace(short, long), name);
  });
  return given.filter(
    (name) =>
      !/^\$\{?\w+\}?$/.test(name) &&
      !/\.outputs\.(?:tags|version|json|tag-names)\b|DOCKER_METADATA_OUTPUT/i.test(name) &&
      name !== '',
  );
}
