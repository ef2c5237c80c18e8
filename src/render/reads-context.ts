/**
 * Whether a Dockerfile reads its main build context: COPY and ADD of files, and bind mounts of RUN. Sources that lie
 * elsewhere do not count: another stage, a named context or an image (`--from`, `from=`), a heredoc, a URL.
 */
import { Add, Copy, DockerfileParser, Onbuild, Run, type Flag, type Instruction } from 'dockerfile-ast';

/**
 * The whole file counts, also stages that a target does not need, and ONBUILD, which a later stage may trigger. A source
 * that is an argument counts as a file.
 */
export function readsContext(dockerfile: string): boolean {
  return DockerfileParser.parse(dockerfile).getInstructions().some(reads);
}

function reads(instruction: Instruction): boolean {
  if (instruction instanceof Onbuild) {
    const trigger = instruction.getTriggerInstruction();
    return trigger !== null && reads(trigger);
  }
  if (instruction instanceof Copy) return instruction.getFromFlag() === null && sourcesOf(instruction).some(isFile);
  if (instruction instanceof Add) return sourcesOf(instruction).some((source) => isFile(source) && !isRemote(source));
  return instruction instanceof Run && instruction.getFlags().some(bindsContext);
}

/** All words but the last, which is where they go. The text of a heredoc begins on the line after its name. */
function sourcesOf(instruction: Copy | Add): readonly string[] {
  const listed = instruction.getJSONStrings().map((text) => text.getJSONValue());
  if (listed.length > 0) return listed.slice(0, -1);
  const words = instruction.getArguments();
  // The text of a heredoc may hold what looks like the name of one.
  const heredoc = words.find((word) => !isFile(word.getValue()));
  const end = heredoc === undefined ? Infinity : endOfLine(instruction, heredoc.getRange().start.line);
  return words
    .filter((word) => word.getRange().start.line <= end)
    .map((word) => word.getValue())
    .slice(0, -1);
}

/** Where the line that an instruction has on this one ends: a backslash continues it. */
function endOfLine(instruction: Copy | Add, line: number): number {
  const first = instruction.getArgumentsRange()?.start.line ?? line;
  const lines = (instruction.getRawArgumentsContent() ?? '').split(/\r?\n/);
  let last = line;
  while (/\\\s*$/.test(lines[last - first] ?? '')) last += 1;
  return last;
}

function isFile(source: string): boolean {
  return !source.startsWith('<<');
}

/** @see https://docs.docker.com/reference/dockerfile/#add */
function isRemote(source: string): boolean {
  return /^(?:https?:\/\/|git:\/\/|ssh:\/\/|git@)/.test(source);
}

/** A mount without a type is a bind mount. */
function bindsContext(flag: Flag): boolean {
  if (flag.getName() !== 'mount') return false;
  const type = flag.getOption('type')?.getValue() ?? 'bind';
  return type === 'bind' && flag.getOption('from') === null;
}
