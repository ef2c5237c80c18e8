/** Something in the facts or the config that deserves a look. Warnings never change an exit code. */

export const warningCodes = [
  'VERSION_LEAP',
  'DATES_CONTRADICT',
  'REVISION_SHARED',
  'TAG_WITHOUT_RELEASE',
  'RELEASE_WITHOUT_TAG',
  'V_PREFIX',
  'PRERELEASE_FLAG',
  'SOURCE_DISAGREES',
  'SOURCE_INCOMPLETE',
  'CONFIG_DIFFERS',
  'DRAFTS_IGNORED',
  'TEXTS_IGNORED',
  'VALUE_UNKNOWN',
  'FACTS_DIFFER',
  'EXCLUDE_UNUSED',
  'ACCEPT_UNUSED',
  'REVISION_MISSING',
  'SERIES_SPELLINGS',
  'EXCLUDES_NEWEST',
  'ATTRIBUTE_UNUSED',
  'MOVE_HELD',
] as const;

export type WarningCode = (typeof warningCodes)[number];

export interface Warning {
  readonly code: WarningCode;
  /** What was noticed, with the rows it is about. */
  readonly message: string;
  /** The versions it is about. */
  readonly versions: readonly string[];
  /** The config lines that settle it. */
  readonly fix?: string;
}
