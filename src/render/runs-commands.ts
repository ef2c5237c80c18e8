/** Whether the build of a stage runs commands on the platform it is for. Where none does, any builder can build it. */
import { Copy, DockerfileParser, From, Run, type Instruction } from 'dockerfile-ast';

interface Stage {
  readonly name: string | null;
  readonly from: string;
  /** On the builder's own platform, or one that is written out. */
  readonly isFixed: boolean;
  readonly body: readonly Instruction[];
}

/** @param target a stage by name; none: the last */
export function runsCommands(dockerfile: string, target?: string): boolean {
  const stages = stagesOf(DockerfileParser.parse(dockerfile).getInstructions());
  const wanted = target === undefined ? stages.length - 1 : indexOf(stages, target, stages.length);
  return neededStages(stages, wanted).some((stage) => !isElsewhere(stages, stage) && hasRun(stages[stage]));
}

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const stages: (Stage & { readonly body: Instruction[] })[] = [];
  for (const instruction of instructions) {
    if (!(instruction instanceof From)) stages.at(-1)?.body.push(instruction);
    else {
      const platform = instruction.getPlatformFlag()?.getValue() ?? null;
      stages.push({
        name: instruction.getBuildStage()?.toLowerCase() ?? null,
        from: instruction.getImage() ?? '',
        isFixed: platform !== null && !platform.includes('TARGET'),
        body: [],
      });
    }
  }
  return stages;
}

/** A stage is named before it is used. */
function indexOf(stages: readonly Stage[], name: string, before: number): number {
  const byName = stages.slice(0, before).findLastIndex((stage) => stage.name === name.toLowerCase());
  return byName === -1 && /^\d+$/.test(name) && Number(name) < before ? Number(name) : byName;
}

function neededStages(stages: readonly Stage[], wanted: number): readonly number[] {
  const needed = new Set<number>();
  const queue = [wanted];
  for (let stage = queue.pop(); stage !== undefined; stage = queue.pop()) {
    const found = stages[stage];
    if (found === undefined || needed.has(stage)) continue;
    needed.add(stage);
    const names = [found.from, ...found.body.flatMap(readFrom)];
    for (const name of names) queue.push(indexOf(stages, name, stage));
  }
  return [...needed];
}

function readFrom(instruction: Instruction): string[] {
  if (instruction instanceof Copy) return [instruction.getFromFlag()?.getValue() ?? ''];
  if (!(instruction instanceof Run)) return [];
  return instruction
    .getFlags()
    .filter((flag) => flag.getName() === 'mount')
    .map((flag) => flag.getOption('from')?.getValue() ?? '');
}

/** A stage on top of another one has its platform. */
function isElsewhere(stages: readonly Stage[], index: number): boolean {
  const stage = stages[index];
  if (stage === undefined) return false;
  const below = indexOf(stages, stage.from, index);
  return below === -1 ? stage.isFixed : isElsewhere(stages, below);
}

function hasRun(stage: Stage | undefined): boolean {
  return stage?.body.some((instruction) => instruction instanceof Run) === true;
}
