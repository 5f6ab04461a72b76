/* The id of the field for a place of the document, so that labels and errors find it. */
export const fieldId = (path: string): string => `field${path.replace(/[^a-zA-Z0-9_-]/g, '-')}`;
