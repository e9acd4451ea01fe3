/** Something that whoever called has to mend: the message says all of it, and no stack trace is shown. */
export class ExpectedError extends Error {}
