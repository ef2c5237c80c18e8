/**
 * The steps of a Dockerfile as BuildKit keeps them apart: two that have the same key are one step, built once. What a step
 * is made of is everything before it, its own text, and for RUN every argument that is declared by then.
 */
import { Add, Arg, Copy, DockerfileParser, From, Run, Workdir, type Instruction } from 'dockerfile-ast';
import { expand, globalValues } from './expand.ts';
import type { Stages } from './stages.ts';

export interface Step {
  /** The same for the same step of any cell. */
  readonly key: string;
  /** Line of the Dockerfile, from 1. */
  readonly line: number;
  /** Its first line, as written. */
  readonly text: string;
  /** The command of a RUN for a shell, its lines joined; `null`: it is none, or a heredoc. */
  readonly command: string | null;
}

/** What a cell hands to its Dockerfile. */
export interface StepInput {
  readonly args: Readonly<Record<string, string>>;
  readonly contexts: Readonly<Record<string, string>>;
  readonly context: string;
}

/** The steps of the last stage and of what it starts from, first to last; a stage that is only read is part of the key. */
export function stepsOf(text: string, stages: Stages, input: StepInput, target: string | null): readonly Step[] {
  const instructions = DockerfileParser.parse(text).getInstructions();
  const starts = instructions.flatMap((one, index) => (one instanceof From ? [index] : []));
  const values = globalValues(stages, input.args);
  const made = new Map<number, readonly Step[]>();
  const indexOf = (name: string, before: number): number =>
    stages.all
      .slice(0, before)
      .findLastIndex((stage, index) => stage.name === name.toLowerCase() || String(index) === name);
  const make = (stage: number): readonly Step[] => {
    const known = made.get(stage);
    if (known !== undefined) return known;
    const { from, reads } = stages.all[stage] ?? { from: { text: '', variables: [] }, reads: [] };
    const image = expand(from, values) ?? from.text;
    const below = indexOf(image, stage);
    const steps = below === -1 ? [] : [...make(below)];
    let key = steps.at(-1)?.key ?? `FROM ${input.contexts[image] ?? image}`;
    const declared: string[] = [];
    const others = new Map(
      reads.map((name) => {
        const index = indexOf(name, stage);
        return [name, index === -1 ? (input.contexts[name] ?? name) : (make(index).at(-1)?.key ?? name)];
      }),
    );
    const body = instructions.slice((starts[stage] ?? 0) + 1, starts[stage + 1]);
    for (const one of body) {
      if (one instanceof Arg) declared.push(...one.getArguments().map((word) => word.getValue().replace(/=.*/s, '')));
      const step = stepOf(one, key, declared, others, input);
      if (step === null) continue;
      key = step.key;
      steps.push(step);
    }
    made.set(stage, steps);
    return steps;
  };
  return make(target === null ? stages.all.length - 1 : indexOf(target, stages.all.length));
}

/** Labels, commands and arguments by themselves write no files. */
function stepOf(
  one: Instruction,
  before: string,
  declared: readonly string[],
  reads: ReadonlyMap<string, string>,
  { args, context }: StepInput,
): Step | null {
  const isFiles = one instanceof Copy || one instanceof Add || one instanceof Workdir;
  if (!isFiles && !(one instanceof Run) && one.getKeyword() !== 'ENV' && one.getKeyword() !== 'USER') return null;
  const written = one.getTextContent();
  const names = one instanceof Run ? declared : one.getVariables().map((variable) => variable.getName());
  const told = names.filter((name) => args[name] !== undefined).map((name) => `${name}=${args[name] ?? ''}`);
  const read = [...reads].flatMap(([name, from]) => (written.includes(`from=${name}`) ? [hash(from)] : []));
  const key = JSON.stringify([hash(before), written, told, read, isFiles ? context : '']);
  const content =
    one instanceof Run && !written.includes('<<')
      ? (one.getArgumentsContent() ?? '').replaceAll(/\\\n/g, ' ').replaceAll(/\s+/g, ' ').trim()
      : null;
  return { key, line: one.getRange().start.line + 1, text: written.split('\n', 1)[0] ?? '', command: content };
}

/** Keys nest; what is before comes in as a number of a fixed length. */
function hash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  return `${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`;
}
