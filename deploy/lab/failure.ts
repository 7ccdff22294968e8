// The one error of the lab: what failed, where its log is and what a person can do about it,
// so that no step ends with a bare stack trace.

export class LabFailure extends Error {
  readonly remedy: string;
  readonly log: string | undefined;

  constructor(message: string, help: { readonly remedy: string; readonly log?: string }) {
    super(message);
    this.name = 'LabFailure';
    this.remedy = help.remedy;
    this.log = help.log;
  }
}

export const asFailure = (thrown: unknown): LabFailure =>
  thrown instanceof LabFailure
    ? thrown
    : new LabFailure(thrown instanceof Error ? thrown.message : String(thrown), {
        remedy: 'run `npm run lab -- up` again: it continues from the step that failed',
      });
