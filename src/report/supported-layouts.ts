/** `table`: a row a cell; `tags`: a row a tag, as a guide has it; `list`: a line a cell, as docker-library has it. */
export const supportedLayouts = ['table', 'tags', 'list'] as const;
export type SupportedLayout = (typeof supportedLayouts)[number];
