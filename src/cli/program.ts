/** The command line: flags to options, nothing decided. Commands are loaded when they are called. */
import { Command, Help, type Option } from 'commander';
import type { Run } from './flags.ts';
import { addDoctor, addVersion } from './around.ts';
import { addAudit } from './audit.ts';
import { addCheck, addSchema } from './check.ts';
import { addDocs, addHistory } from './documents.ts';
import { addCompletion } from './completion.ts';
import { exampleText } from './examples.ts';
import { withGlobalFlags } from './global-flags.ts';
import { addInit } from './init.ts';
import { addLook } from './look.ts';
import { addExplain, addMatrix, addPlan, addProtect, addRender } from './reading.ts';
import { addApply, addBuild, addPass, addPublish, addRecord, addRehearse, addRollback } from './writing.ts';
import { addPrune } from './prune.ts';
import { addUnyank, addYank } from './withdraw.ts';

export interface ProgramFacts {
  readonly version: string;
  /** Tables may be coloured. */
  readonly color: () => boolean;
  /** Of the terminal that help is printed on; `null` or left out: as wide as it likes. */
  readonly columns?: number | null;
}

type Add = (program: Command, run: Run) => void;

/** Every command, in the order of the help. */
function commands({ version, color }: ProgramFacts): ReadonlyMap<string, Add> {
  return new Map<string, Add>([
    ['plan', addPlan],
    ['explain', addExplain],
    ['render', addRender],
    ['build', addBuild],
    ['record', addRecord],
    ['pass', addPass],
    ['publish', addPublish],
    ['apply', addApply],
    ['rollback', addRollback],
    ['yank', addYank],
    ['unyank', addUnyank],
    ['prune', addPrune],
    ['matrix', (program, run) => addMatrix(program, run, version)],
    ['protect', addProtect],
    ['history', addHistory],
    ['docs', addDocs],
    ['audit', (program, run) => addAudit(program, run, () => ({ color: color(), toolVersion: version }))],
    ['rehearse', addRehearse],
    ['check', addCheck],
    ['schema', addSchema],
    ['init', addInit],
    ['look', addLook],
    ['doctor', addDoctor],
    ['completion', addCompletion],
    ['version', (program, run) => addVersion(program, run, version)],
  ]);
}

/** These speak of the flags of all. */
const aboutAll: ReadonlySet<string> = new Set(['doctor', 'completion']);

/**
 * @param first the first argument. Where it names a command, that one alone is made: the flags of the others take
 *   longer to set up than most commands take to be read. Anything else may be a question about all of them.
 */
export function createProgram(facts: ProgramFacts, run: Run, first: string | null = null): Command {
  const { version, columns = null } = facts;
  const program = new Command('tagwright')
    .description('Plans, builds, publishes and audits the complete tag set of an image that is released in a matrix.')
    .version(version)
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: Math.min(80, columns ?? 80), showGlobalOptions: true, optionDescription })
    .addHelpText('after', exitCodes);
  withGlobalFlags(program);
  const all = commands(facts);
  const asked = first === null || aboutAll.has(first) ? undefined : all.get(first);
  for (const add of asked === undefined ? all.values() : [asked]) add(program, run);
  for (const command of program.commands) command.addHelpText('after', exampleText(command.name()));
  return program;
}

/** A switch that is off and a list that is empty need no default told. */
function optionDescription(option: Option): string {
  return new Help().optionDescription(option).replace(/ ?\(?,? ?default: (?:false|\[\])\)$/, '');
}

const exitCodes = `
Exit codes: 0 as planned, 1 findings, 2 bad input, 3 an external service
failed, 70 a bug in tagwright. Results go to stdout, everything else to stderr.

Every flag can be set by a variable as well: TAGWRIGHT_RELEASES for --releases,
true or false for a switch, one value a line if it may be repeated. A flag wins
over its variable, a variable over the config. --yes, --delete,
--allow-backward, --adopt, --replace-partial and --from-working-tree have none.`;
