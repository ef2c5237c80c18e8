/** What other commands may use of a publish: the whole of it, or its pinned phases. */
export { publish, publishBuild, publishCommand, type Publishable } from './publish.ts';
export { publishDefaults, type PublishOptions } from './options.ts';
export { buildPinned, cellsToBuild } from './build.ts';
export { refuseUncheckedBuild } from './checks.ts';
export { publishOutcome, publishReport } from './report.ts';
export { doneCells, inEach, isComplete, rightDigest, type RepositoryRun } from './repository-run.ts';
export { intentText, openRuns, pushPinned, withRuns } from './runs.ts';
export { surveyPinned } from './survey.ts';
