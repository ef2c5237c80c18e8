/** Cause and fix of every error code, for docs/guides/troubleshooting.md. A code without a row does not compile. */
import type { OutsideCode, ProblemCode } from '../../src/domain/errors.ts';

interface Row {
  readonly cause: string;
  readonly fix: string;
}

export const inputCodes: Readonly<Record<ProblemCode, Row>> = {
  CONFIG_INVALID: {
    cause: 'A key of the config has a value of the wrong type or form.',
    fix: 'Change the key that the message names; `tagwright check` reports every mistake at once.',
  },
  CONFIG_NOT_FOUND: {
    cause: 'No config was found here or above, up to the top of the git working tree.',
    fix: 'Write one with `tagwright init`, or name it with `--config FILE`.',
  },
  CONFIG_AMBIGUOUS: {
    cause: 'One folder has two configs, such as `matrix.config.ts` and `matrix.config.yaml`.',
    fix: 'Delete one, or name one with `--config FILE`.',
  },
  CONFIG_FAILED: {
    cause: 'A config in TypeScript or JavaScript threw an error, or may not be run here.',
    fix: 'Fix the line that the message names. For events of forks, keep the config in JSON or YAML.',
  },
  CONFIG_UNKNOWN_KEY: {
    cause: 'The config has a key that does not exist.',
    fix: 'Correct the spelling; the message names the nearest key. [Every key](../config.md).',
  },
  RANGE_INVALID: { cause: 'A range of versions cannot be read.', fix: "Write it as `'>=2.7.10 <3'`." },
  RANGE_OVERLAP: {
    cause: 'Two ranges cover the same versions, and only one may.',
    fix: 'End one range where the other begins.',
  },
  TEMPLATE_INVALID: {
    cause: 'A tag template or Dockerfile template is not valid Handlebars, or uses something that is not allowed.',
    fix: 'Change the place that the message names.',
  },
  TEMPLATE_UNKNOWN_NAME: {
    cause: 'A template uses a name that does not exist.',
    fix: 'Use one of the names that the message lists.',
  },
  TEMPLATE_MISSING: {
    cause: 'A Dockerfile template is not there.',
    fix: 'Create the file, or correct its path in the config.',
  },
  TEMPLATE_DRIFT: {
    cause: 'A Dockerfile differs from what its template renders to.',
    fix: 'Run `tagwright render` and commit the result.',
  },
  DOCS_DRIFT: {
    cause: 'The table of tags in a file is not the one that the plan gives.',
    fix: 'Run `tagwright docs` and commit the result.',
  },
  DOCS_MARKERS: {
    cause: 'A file that `docs` should write has no pair of markers, or more than one.',
    fix: 'Write `<!-- tagwright:tags -->` and `<!-- /tagwright:tags -->` once, each on its own line.',
  },
  PATH_OUTSIDE_ROOT: {
    cause: 'A path leaves the git working tree, by `..`, as an absolute path or through a link.',
    fix: 'Use a path inside the repository.',
  },
  DOCS_PAGE_MISSING: {
    cause: 'The release, or the repository on Docker Hub, that `docs` should write into is not there.',
    fix: 'Create it first. A draft is not found by its git tag, and a token does not see what it may not.',
  },
  DOCS_TOO_LONG: {
    cause: 'The text outside of the markers leaves no room: GitHub takes 125,000 characters, Docker Hub 25,000.',
    fix: 'Shorten that text.',
  },
  DOCS_UNPUBLISHED: {
    cause: 'No image of the release is in the registry, so there is nothing to say of it.',
    fix: 'Publish it first, with the same config and repositories.',
  },
  DOCKERFILE_INVALID: {
    cause: 'A Dockerfile is empty, has no `FROM`, or has a line that is not an instruction.',
    fix: 'Correct the line that the message names.',
  },
  TARGET_UNKNOWN: {
    cause: '`target` names a stage that the Dockerfile does not have.',
    fix: 'Use one of the names that the message lists, or name the stage with `AS`.',
  },
  CELLS_IDENTICAL: {
    cause: 'Several cells of a release would be built as the same image: no stage declares the argument of their axis.',
    fix: 'Declare it where it is used. [What a Dockerfile is given](../dockerfile.md).',
  },
  ARGUMENT_UNDECLARED: {
    cause: 'The config sets a build argument that no Dockerfile of the image declares.',
    fix: 'Declare it with `ARG`, or take it out of `args`.',
  },
  BASE_IGNORED: {
    cause: "The config's `base` is in no `FROM` line, so the label with the base's name would be wrong.",
    fix: 'Name the base in `FROM`, or correct `base`.',
  },
  CONTEXT_MISSING: {
    cause: 'A build context or Dockerfile is not there, in the folder or in the commit of the release.',
    fix: 'Correct the path, or use `context: { from: ... }` that fits. [The rule](../rule.md).',
  },
  CONTEXT_UNCOMMITTED: {
    cause: 'Files that would be built are not committed.',
    fix: 'Commit them, or use `--from-working-tree` once.',
  },
  CONFIG_DIFFERS: {
    cause: 'The config of the git tag and that of the default branch give a tag two owners.',
    fix: 'Choose with `--config-from tag` or `--config-from default`.',
  },
  REFERENCE_INVALID: { cause: 'A repository or image name cannot be read.', fix: 'Write it as `ghcr.io/acme/app`.' },
  DIGEST_INVALID: { cause: 'A digest is not `sha256:` and 64 hex digits.', fix: 'Copy the whole digest.' },
  TAG_INVALID: {
    cause: 'A rule gives a text that no registry takes as a tag.',
    fix: 'Change the template; a tag has at most 128 letters, digits, `_`, `.` and `-`.',
  },
  PLATFORM_INVALID: { cause: 'A platform cannot be read.', fix: 'Write it as `linux/arm64` or `linux/arm/v7`.' },
  LABEL_INVALID: {
    cause: 'A label has a name or value that cannot be used.',
    fix: 'Change the label that the message names.',
  },
  BUILD_ARG_INVALID: {
    cause: 'A build argument has a name that no Dockerfile can use.',
    fix: 'Use letters, digits and underscores.',
  },
  SECRET_IN_BUILD: {
    cause: 'A build argument or label looks like a token or password, which would stay in the image.',
    fix: 'Pass it as a build secret.',
  },
  SECRET_MISSING: {
    cause: 'A build secret of the config is not there: the variable, the file or the ssh agent.',
    fix: 'Set the variable, write the file, or start the agent before the build.',
  },
  BUILDER_UNFIT: {
    cause: 'The buildx builder cannot do what the config asks: a platform, a push by digest, a newer buildx.',
    fix: 'Append a node that has the platform, take another builder, or install a newer buildx.',
  },
  FACTS_INVALID: {
    cause: 'A file of release facts has a row that cannot be used.',
    fix: 'Correct the row that the message names.',
  },
  VERSION_UNREADABLE: {
    cause: 'A text cannot be read as a version of the scheme.',
    fix: 'Correct it, or exclude it in the config with a reason.',
  },
  VERSION_SHAPE: {
    cause: 'A text is a version, but not one that this image has.',
    fix: 'Name a version in the form that the message shows, or change `tagPattern` or `releases`.',
  },
  VERSION_DUPLICATE: {
    cause: 'Two releases are equal versions.',
    fix: 'Exclude one by the text that its source uses.',
  },
  VERSION_UNKNOWN: {
    cause: 'No source knows the release, or the config excludes it.',
    fix: 'Check the spelling; fetch git tags with `git fetch --tags`.',
  },
  VERSION_AMBIGUOUS: {
    cause: 'The text, such as `2.11`, is the start of several releases.',
    fix: 'Write one of the versions that the message lists.',
  },
  VERSION_PART_MISSING: {
    cause: 'A rule uses a part that a version does not have, such as the patch of `2.11`.',
    fix: 'Limit the rule with a range, or change its template.',
  },
  EXCLUDE_AMBIGUOUS: {
    cause: 'A line under `exclude` fits several releases.',
    fix: 'Name the release by the text that its source uses.',
  },
  ATTRIBUTE_INVALID: {
    cause: 'An attribute of a release has a wrong name or value.',
    fix: 'Correct it where the message says.',
  },
  HOLD_UNKNOWN: {
    cause: 'The config holds a release that does not exist.',
    fix: 'Correct the version, or delete the line.',
  },
  VERSION_NOT_PUBLISHABLE: {
    cause: 'The release is withdrawn, excluded or has no pinned tag.',
    fix: 'Publish another release, or change the config.',
  },
  REVISION_DIFFERS: { cause: 'The git tag was moved to another commit since the run began.', fix: 'Start a new run.' },
  YANK_UNKNOWN: {
    cause: 'The config withdraws a release that does not exist.',
    fix: 'Correct the version, or delete the line.',
  },
  YANKED_ALREADY: {
    cause: 'A `yank` gives another reason than the line that the config has for this release.',
    fix: 'Change the reason in the config; `tagwright apply` brings back tags that still point to the release.',
  },
  YANKED_BY_SOURCE: {
    cause: 'A source of releases, such as PyPI, says that the release is withdrawn; the config does not.',
    fix: 'To withdraw it, `tagwright apply` is enough. To take it back, take it back at the source.',
  },
  YANKS_ALL: {
    cause: 'A `yank` would withdraw the last release that is left: nobody could own its convenience tags.',
    fix: 'Publish a release that works first, or delete the tags in the registry.',
  },
  REBUILD_UNKNOWN: {
    cause: 'A rebuild is of a release that does not exist, or none is listed.',
    fix: 'Correct the line under `rebuilds`.',
  },
  REBUILD_WITHOUT_RULE: {
    cause: 'A rebuild would get the same pinned tag as the release itself.',
    fix: 'Use `{{build}}` or a date in a pinned rule.',
  },
  INSTANT_INVALID: {
    cause: 'A date or time cannot be read.',
    fix: "Write `'2024-09-30'` or `'2024-09-30T12:00:00Z'`.",
  },
  FLAVOR_UNKNOWN: {
    cause: 'Facts name a flavor that the config does not have.',
    fix: 'Add the flavor, or correct the facts.',
  },
  CELL_WITHOUT_TAG: {
    cause: 'No pinned rule gives this build a tag.',
    fix: 'Add a pinned rule, or change its conditions.',
  },
  PINNED_COLLISION: {
    cause: 'Two builds would get the same pinned tag.',
    fix: 'Add what distinguishes them to the template.',
  },
  PINNED_IS_CONVENIENCE: {
    cause: 'One text is both a pinned tag and a convenience tag.',
    fix: 'Change one template, or exclude the release that causes it.',
  },
  CONVENIENCE_COLLISION: { cause: 'Two convenience rules give the same text.', fix: 'Change one template.' },
  DEFAULT_PYTHON_MISSING: {
    cause: 'A series has final releases but no default Python, so `latest` would have no owner.',
    fix: "Add the series to `defaults`, or use `'highest'`.",
  },
  DEFAULT_PYTHON_DROPPED: {
    cause: 'The newest final release of a series was not built on its default Python.',
    fix: 'Change the default for that range.',
  },
  TAG_STANDS_STILL: {
    cause: 'A tag such as `latest` would stay on an old release, because newer ones were not built for it.',
    fix: 'Change the default, or say in the config that the tag ends there.',
  },
  MATRIX_EMPTY: { cause: 'The matrix has no build left.', fix: 'Check ranges and exclusions.' },
  MATRIX_TOO_LARGE: {
    cause: 'The matrix is larger than what GitHub or tagwright allows.',
    fix: 'Use `--only`, or `--split cell`.',
  },
  LEAP_UNSETTLED: {
    cause: 'A version is far above its neighbors, such as a typing error, and would own a tag.',
    fix: 'Exclude it, or accept the warning; the message has both lines.',
  },
  PINNED_CONFLICT: {
    cause: 'A pinned tag points to another image than the one this release has.',
    fix: 'Find out who pushed it. tagwright never overwrites it; `tagwright explain TAG` shows the evidence.',
  },
  MOVE_BACKWARD: {
    cause: 'A convenience tag would move to a lower release.',
    fix: 'Check the facts. If it is right, use `--allow-backward`.',
  },
  FACTS_PARTIAL: {
    cause: 'The source may not know every release, as in a shallow clone.',
    fix: 'Run the command that the message gives, such as `git fetch --tags --unshallow`.',
  },
  TAG_MOVED_SINCE: {
    cause: 'A tag has moved since the plan file or journal was written.',
    fix: 'Make a new plan, or choose tags with `--only`.',
  },
  IMAGE_GONE: {
    cause: 'The registry no longer has an image that the lock or journal names.',
    fix: 'Delete the line of the lock, then publish again.',
  },
  TAG_NOT_CONVENIENCE: {
    cause: 'A journal or plan file would move a tag that is not a convenience tag.',
    fix: 'Use a file that tagwright wrote for this config.',
  },
  PINNED_PARTIAL: {
    cause: 'An interrupted push left a pinned tag incomplete.',
    fix: 'Run `publish` again; without the journal use `--replace-partial`.',
  },
  PLAN_FILE_INVALID: {
    cause: 'A plan file cannot be read, or is for another repository.',
    fix: 'Write it again with `audit --plan-out` or `plan --json`.',
  },
  PLAN_FILE_STALE: {
    cause: 'The registry or the config has changed since the plan file was written.',
    fix: 'Write a new plan file.',
  },
  PLAN_FILE_NOT_APPROVED: {
    cause: 'The plan file is not the one that was approved.',
    fix: 'Approve the hash of this file, or use the approved one.',
  },
  JOURNAL_INVALID: {
    cause: 'A journal was changed or cannot be read.',
    fix: 'Use an unchanged copy. `audit` and `apply` work without it.',
  },
  JOURNAL_FOREIGN: {
    cause: 'A journal is of another repository.',
    fix: 'Give the config of that image, or `--repository`.',
  },
  EVIDENCE_INVALID: {
    cause: 'There is no file of statements, it cannot be read, or no statement may be added to it. Nothing was moved.',
    fix: 'Name the file that the publishing runs wrote, or the folder it is in; bring back a file that was changed.',
  },
  LOCK_INVALID: { cause: '`tags.lock.json` cannot be read.', fix: 'Restore it from git.' },
  BASES_LOCK_INVALID: {
    cause: '`bases.lock.json` cannot be read, is of another project, or is behind the config.',
    fix: 'Run `tagwright render --update-bases`, look at the difference, and commit it.',
  },
  BASE_MISSING: {
    cause: 'The registry has no such base image, or not for a platform of the cell.',
    fix: 'Correct `base` in the config, or the platforms.',
  },
  EVENT_INVALID: {
    cause: 'The event of the workflow names no release, or may not do this.',
    fix: 'Run it on a release or its git tag, or give the input `version`.',
  },
  EVENT_COLLISION: {
    cause: 'The tag of a branch, a pull request or a schedule is the tag of a release, or of another event.',
    fix: 'Rename the branch, change the template, or give `events` a repository of its own.',
  },
  KEEP_INEXPRESSIBLE: {
    cause: 'The cleanup policy that `audit --keep` should write for cannot say which tags must stay.',
    fix: 'Switch that policy off and use `tagwright prune`, or give `--keep text` to a tool of your own.',
  },
  PRUNE_COUNT: {
    cause: '`prune --delete` names another list than there is to delete: something came, went or moved meanwhile.',
    fix: 'Look at the list of `tagwright prune` again, then name the number that it ends with.',
  },
  RECORD_INVALID: { cause: 'A record of a build job is missing or cannot be used.', fix: 'Run the failed jobs again.' },
  WORKFLOW_INVALID: { cause: 'A workflow cannot be imported.', fix: 'Follow the reason in the message.' },
  USAGE: {
    cause: 'A flag, argument or variable is wrong.',
    fix: 'Follow the message; `tagwright COMMAND --help` has examples.',
  },
};

export const outsideCodes: Readonly<Record<OutsideCode, Row>> = {
  REGISTRY_DENIED: {
    cause: 'The registry answered 401 or 403. Whether the tag is there is unknown.',
    fix: 'Log in with the command in the message; check the scopes of the token. [Logins](../registries.md).',
  },
  REGISTRY_UNREACHABLE: {
    cause: 'There was no connection.',
    fix: 'Check host, proxy and certificates. [Private registries](private-registries.md).',
  },
  REGISTRY_REFUSED: {
    cause: 'The registry rejected a request, such as a push to an immutable tag.',
    fix: 'Read the answer in the message.',
  },
  REGISTRY_THROTTLED: {
    cause: 'The rate limit is used up.',
    fix: 'Wait as long as the message says, or log in for a higher limit.',
  },
  REGISTRY_TIMEOUT: { cause: 'The registry did not answer in time.', fix: 'Run the command again.' },
  REGISTRY_ANSWER: {
    cause: 'The answer is not what the specification allows, or its digest is wrong.',
    fix: 'Check for a proxy that changes answers.',
  },
  PINNED_RACED: {
    cause: 'Somebody else changed a pinned tag during the run.',
    fix: 'Find the other run, then publish again.',
  },
  RUN_IN_PROGRESS: { cause: 'Another process works on this release.', fix: 'Wait for it, then run again.' },
  TAG_RACED: { cause: 'Somebody else moved a tag during the run.', fix: 'Run `tagwright audit`, then `apply`.' },
  TAG_UNKNOWN: {
    cause: 'The registry did not answer for a tag, so nothing that depends on it moves.',
    fix: 'Run the command again.',
  },
  TAG_NOT_SETTLED: {
    cause: 'The registry still shows the old image after the wait.',
    fix: 'Use a longer `--settle`, or run `audit` later.',
  },
  MOVE_FAILED: {
    cause: 'A tag could not be moved.',
    fix: 'Read the reason in the message, then publish again; what is done is not repeated.',
  },
  VERIFY_FAILED: { cause: 'An image that was pushed is not complete in the registry.', fix: 'Publish again.' },
  PROCESS_FAILED: {
    cause: 'A program, such as docker, could not be run or failed.',
    fix: 'Read the last lines of its output in the message; `tagwright doctor` checks Docker.',
  },
  BUILD_FAILED: {
    cause: 'docker buildx could not build an image.',
    fix: 'Fix the Dockerfile or the builder; then publish again.',
  },
  SOURCE_FAILED: {
    cause: 'GitHub, git or PyPI did not give the releases.',
    fix: 'Check network and token, or use `--releases FILE`.',
  },
  NOTE_FAILED: {
    cause: 'A comment or issue on GitHub could not be written.',
    fix: 'Give the job the permission that the message names.',
  },
  CREDENTIALS_FAILED: {
    cause: 'A login is there but cannot be used.',
    fix: 'Log in again; check the credential helper that the message names.',
  },
  SIGNING_FAILED: {
    cause:
      'A statement could not be signed without a key: the certificate authority or the transparency log did not answer, or answered something that does not count.',
    fix: 'Run the same command again: it signs what is not signed yet. If it fails again, compare the trust root with the services that the message names.',
  },
  FILE_FAILED: { cause: 'A file could not be read or written.', fix: 'Check path, permissions and free space.' },
  PACKAGE_NOT_THERE: {
    cause: 'PyPI does not have the files of this release.',
    fix: 'Wait for the upload: `--wait-for-package 30m`.',
  },
  ABORTED: { cause: 'Ctrl-C, or a canceled job.', fix: 'Run the same command again; it goes on where it stopped.' },
};

export function troubleshooting(): string {
  const table = (rows: Readonly<Record<string, Row>>): string =>
    [
      '| code | cause | what to do |',
      '| --- | --- | --- |',
      ...Object.entries(rows).map(([code, { cause, fix }]) => `| \`${code}\` | ${cause} | ${fix} |`),
    ].join('\n');
  return `# Troubleshooting by error code

Generated from the program's codes by \`npm run generate\`. Every error begins with its code, then says where, what and what to do. With \`--json\` it is JSON: \`{ schema, errors: [{ code, where, message, fix }] }\`. Start with \`tagwright doctor\`: it checks config, releases, logins, Docker and workflows at once. \`--verbose\` prints every request.

## Exit code 2: bad input, nothing was written

${table(inputCodes)}

## Exit code 3: an external service failed

${table(outsideCodes)}

## Exit code 70: a bug in tagwright

The message ends with a link to a new issue. Add the output of \`tagwright version --json\`, and of the same command with \`TAGWRIGHT_DEBUG=1\`.
`;
}
