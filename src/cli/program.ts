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

export function createProgram({ version, color, columns = null }: ProgramFacts, run: Run): Command {
  const program = new Command('tagwright')
    .description('Plans, builds, publishes and audits the complete tag set of an image that is released in a matrix.')
    .version(version)
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: Math.min(80, columns ?? 80), showGlobalOptions: true, optionDescription })
    .addHelpText('after', exitCodes);
  withGlobalFlags(program);
  for (const add of [
    addPlan,
    addExplain,
    addRender,
    addBuild,
    addRecord,
    addPass,
    addPublish,
    addApply,
    addRollback,
    addYank,
    addUnyank,
    addPrune,
    (to: Command, runs: Run) => addMatrix(to, runs, version),
    addProtect,
    addHistory,
    addDocs,
  ])
    add(program, run);
  addAudit(program, run, () => ({ color: color(), toolVersion: version }));
  addRehearse(program, run);
  addCheck(program, run);
  addSchema(program, run);
  addInit(program, run);
  addLook(program, run);
  addDoctor(program, run);
  addCompletion(program, run);
  addVersion(program, run, version);
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
