/**
 * What can go wrong, as data and as a few classes.
 *
 * Expected and many: {@link Problem}s are collected and returned (a config with five mistakes gives five).
 * From outside and single: thrown, one class a cause, with a code and the facts. Exit codes are not known here.
 */

/** Codes users see and scripts match on; one a kind of mistake, never reused for another. */
export type ProblemCode =
  | 'CONFIG_INVALID'
  | 'CONFIG_NOT_FOUND'
  | 'CONFIG_AMBIGUOUS'
  | 'CONFIG_FAILED'
  | 'CONFIG_UNKNOWN_KEY'
  | 'RANGE_INVALID'
  | 'RANGE_OVERLAP'
  | 'TEMPLATE_INVALID'
  | 'TEMPLATE_UNKNOWN_NAME'
  | 'TEMPLATE_MISSING'
  | 'DOCS_DRIFT'
  | 'DOCS_MARKERS'
  | 'DOCS_PAGE_MISSING'
  | 'DOCS_TOO_LONG'
  | 'DOCS_UNPUBLISHED'
  | 'TEMPLATE_DRIFT'
  | 'PATH_OUTSIDE_ROOT'
  | 'DOCKERFILE_INVALID'
  | 'TARGET_UNKNOWN'
  | 'CELLS_IDENTICAL'
  | 'ARGUMENT_UNDECLARED'
  | 'BASE_IGNORED'
  | 'CONTEXT_MISSING'
  | 'CONTEXT_UNCOMMITTED'
  | 'CONFIG_DIFFERS'
  | 'REFERENCE_INVALID'
  | 'DIGEST_INVALID'
  | 'TAG_INVALID'
  | 'PLATFORM_INVALID'
  | 'LABEL_INVALID'
  | 'BUILD_ARG_INVALID'
  | 'SECRET_IN_BUILD'
  | 'SECRET_MISSING'
  | 'BUILDER_UNFIT'
  | 'FACTS_INVALID'
  | 'VERSION_UNREADABLE'
  | 'VERSION_SHAPE'
  | 'VERSION_DUPLICATE'
  | 'VERSION_UNKNOWN'
  | 'VERSION_AMBIGUOUS'
  | 'VERSION_PART_MISSING'
  | 'EXCLUDE_AMBIGUOUS'
  | 'ATTRIBUTE_INVALID'
  | 'HOLD_UNKNOWN'
  | 'VERSION_NOT_PUBLISHABLE'
  | 'REVISION_DIFFERS'
  | 'YANK_UNKNOWN'
  | 'YANKED_ALREADY'
  | 'YANKED_BY_SOURCE'
  | 'YANKS_ALL'
  | 'REBUILD_UNKNOWN'
  | 'REBUILD_WITHOUT_RULE'
  | 'INSTANT_INVALID'
  | 'FLAVOR_UNKNOWN'
  | 'CELL_WITHOUT_TAG'
  | 'PINNED_COLLISION'
  | 'PINNED_IS_CONVENIENCE'
  | 'CONVENIENCE_COLLISION'
  | 'DEFAULT_PYTHON_MISSING'
  | 'DEFAULT_PYTHON_DROPPED'
  | 'TAG_STANDS_STILL'
  | 'MATRIX_EMPTY'
  | 'MATRIX_TOO_LARGE'
  | 'LEAP_UNSETTLED'
  | 'PINNED_CONFLICT'
  | 'MOVE_BACKWARD'
  | 'FACTS_PARTIAL'
  | 'TAG_MOVED_SINCE'
  | 'IMAGE_GONE'
  | 'TAG_NOT_CONVENIENCE'
  | 'PINNED_PARTIAL'
  | 'PLAN_FILE_INVALID'
  | 'PLAN_FILE_STALE'
  | 'PLAN_FILE_NOT_APPROVED'
  | 'JOURNAL_INVALID'
  | 'JOURNAL_FOREIGN'
  | 'EVIDENCE_INVALID'
  | 'LOCK_INVALID'
  | 'BASES_LOCK_INVALID'
  | 'BASE_MISSING'
  | 'EVENT_INVALID'
  | 'EVENT_COLLISION'
  | 'KEEP_INEXPRESSIBLE'
  | 'PRUNE_COUNT'
  | 'RECORD_INVALID'
  | 'WORKFLOW_INVALID'
  | 'USAGE';

/** One mistake in something a person wrote: what, where, what was expected and what to do about it. */
export interface Problem {
  readonly code: ProblemCode;
  /** File and place inside it (`matrix.config.ts pythons[2]`), or the flag. */
  readonly where: string;
  /** What is there, and what was expected. */
  readonly message: string;
  /** What to do: a sentence, or the config lines that settle it. */
  readonly fix?: string;
  /** What may have been meant, the likeliest first, if that can be asked. */
  readonly candidates?: readonly string[];
}

/** Something a person gave cannot be used. Carries every problem found, not only the first. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(formatProblem).join('\n'), options);
    this.problems = problems;
  }
}

export type OutsideCode =
  | 'REGISTRY_DENIED'
  | 'REGISTRY_UNREACHABLE'
  | 'REGISTRY_REFUSED'
  | 'REGISTRY_THROTTLED'
  | 'REGISTRY_TIMEOUT'
  | 'REGISTRY_ANSWER'
  | 'PINNED_RACED'
  | 'RUN_IN_PROGRESS'
  | 'TAG_RACED'
  | 'TAG_UNKNOWN'
  | 'TAG_NOT_SETTLED'
  | 'MOVE_FAILED'
  | 'VERIFY_FAILED'
  | 'PROCESS_FAILED'
  | 'BUILD_FAILED'
  | 'SOURCE_FAILED'
  | 'NOTE_FAILED'
  | 'CREDENTIALS_FAILED'
  | 'SIGNING_FAILED'
  | 'FILE_FAILED'
  | 'PACKAGE_NOT_THERE'
  | 'ABORTED';

/** The world did not do its part: a registry, a process, a source. `facts` never holds a secret. */
export class OutsideError extends Error {
  override readonly name: string = 'OutsideError';
  readonly code: OutsideCode;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    code: OutsideCode,
    message: string,
    facts: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.facts = facts;
  }
}

/** Impossible by construction; whoever sees it found a bug of ours. */
export class InternalError extends Error {
  override readonly name = 'InternalError';
}

/** Closes a `switch` over a union: a new member fails the type check here. */
export function assertNever(value: never): never {
  throw new InternalError(`unexpected value ${JSON.stringify(value)}`);
}

/** One line a problem: `CODE  where: message; fix`. */
export function formatProblem(problem: Problem): string {
  const fix = problem.fix === undefined ? '' : `; ${problem.fix}`;
  return `${problem.code}  ${problem.where}: ${problem.message}${fix}`;
}
