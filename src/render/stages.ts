/** The stages of a Dockerfile: what each starts from, which arguments it declares, which other stages it needs. */
import { Add, Arg, Copy, DockerfileParser, From, Keyword, Onbuild, Run, type Instruction } from 'dockerfile-ast';
import type { Problem } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';

export interface Stage {
  /** In lower case; `null`: it has only its number. */
  readonly name: string | null;
  /** Line of its FROM, from 1. */
  readonly line: number;
  readonly from: Worded;
  readonly args: ReadonlySet<string>;
  /** Stages, images and contexts that it reads from besides its FROM, as written. */
  readonly reads: readonly string[];
}

/** A text with the variables in it. */
export interface Worded {
  readonly text: string;
  readonly variables: readonly { readonly text: string; readonly name: string }[];
}

export interface Stages {
  /** Arguments before the first FROM, in order, with their defaults. */
  readonly globals: ReadonlyMap<string, Worded | null>;
  readonly all: readonly Stage[];
}

const keywords: ReadonlySet<string> = new Set(Object.values(Keyword));

/** @returns `null` for a file that another frontend than Docker's reads; DOCKERFILE_INVALID for what cannot be built */
export function readStages(text: string, path: string): Result<Stages | null> {
  const dockerfile = DockerfileParser.parse(text);
  const isForeign = dockerfile
    .getDirectives()
    .some((directive) => directive.getName() === 'syntax' && !/(?:^|\/)docker\/dockerfile/.test(directive.getValue()));
  if (isForeign) return ok(null);
  const instructions = dockerfile.getInstructions();
  const problems = instructions.flatMap((instruction) => faultOf(instruction, path));
  const first = instructions.findIndex((instruction) => instruction instanceof From);
  if (first === -1) {
    const what = instructions.length === 0 ? 'is empty' : 'has no FROM';
    return failed(...problems, invalid(path, what, 'a Dockerfile begins with FROM, after ARG at most'));
  }
  const early = instructions.slice(0, first).find((instruction) => !(instruction instanceof Arg));
  if (early !== undefined) {
    const message = `${early.getKeyword()} stands before the first FROM`;
    problems.push(invalid(place(path, early), message, 'only ARG may come before FROM'));
  }
  if (problems.length > 0) return failed(...problems);
  return ok({ globals: globalsOf(instructions.slice(0, first)), all: stagesOf(instructions.slice(first)) });
}

function faultOf(instruction: Instruction, path: string): Problem[] {
  const keyword = instruction.getKeyword();
  if (!keywords.has(keyword)) {
    const fix = 'expected an instruction of a Dockerfile, such as RUN';
    return [invalid(place(path, instruction), `${quote(instruction.getInstruction())} is not an instruction`, fix)];
  }
  if (keyword === 'CMD' || keyword === 'ENTRYPOINT') return [];
  const isBare = (instruction.getRawArgumentsContent() ?? '').trim() === '';
  return isBare ? [invalid(place(path, instruction), `${keyword} has no argument`, 'complete it, or take it out')] : [];
}

function globalsOf(instructions: readonly Instruction[]): Map<string, Worded | null> {
  return new Map(instructions.flatMap(declarations));
}

/** `ARG A B=1` declares two. */
function declarations(instruction: Instruction): [string, Worded | null][] {
  if (instruction instanceof Onbuild) {
    const trigger = instruction.getTriggerInstruction();
    return trigger === null ? [] : declarations(trigger);
  }
  if (!(instruction instanceof Arg)) return [];
  return instruction.getArguments().map((word): [string, Worded | null] => {
    const { name = '', value } = /^(?<name>[^=]*)(?:=(?<value>.*))?$/s.exec(word.getValue())?.groups ?? {};
    return [name, value === undefined ? null : worded(unquoted(value), instruction)];
  });
}

function unquoted(text: string): string {
  return /^(?<quote>["'])(?<inner>.*)\k<quote>$/s.exec(text)?.groups?.['inner'] ?? text;
}

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const starts = instructions.flatMap((instruction, index) =>
    instruction instanceof From ? [{ instruction, index }] : [],
  );
  return starts.map(({ instruction, index }, position) => {
    const body = instructions.slice(index + 1, starts[position + 1]?.index);
    return {
      name: instruction.getBuildStage()?.toLowerCase() ?? null,
      line: instruction.getRange().start.line + 1,
      from: worded(instruction.getImage() ?? '', instruction),
      args: new Set(body.flatMap(declarations).map(([name]) => name)),
      reads: body.flatMap(readsOf),
    };
  });
}

function readsOf(instruction: Instruction): string[] {
  if (instruction instanceof Onbuild) {
    const trigger = instruction.getTriggerInstruction();
    return trigger === null ? [] : readsOf(trigger);
  }
  if (instruction instanceof Copy || instruction instanceof Add) {
    const from =
      instruction
        .getFlags()
        .find((flag) => flag.getName() === 'from')
        ?.getValue() ?? null;
    return from === null ? [] : [from];
  }
  if (!(instruction instanceof Run)) return [];
  return instruction
    .getFlags()
    .filter((flag) => flag.getName() === 'mount')
    .flatMap((flag) => flag.getOption('from')?.getValue() ?? []);
}

function worded(text: string, instruction: Instruction): Worded {
  const variables = instruction.getVariables().map((variable) => ({
    text: variable.toString(),
    name: variable.getName(),
  }));
  return { text, variables: variables.filter((variable) => text.includes(variable.text)) };
}

function place(path: string, instruction: Instruction): string {
  return `${path}:${instruction.getRange().start.line + 1}`;
}

function invalid(where: string, message: string, fix: string): Problem {
  return { code: 'DOCKERFILE_INVALID', where, message, fix };
}
