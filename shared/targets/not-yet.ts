/**
 * Thrown by a method of a target that has asked, and has no answer yet (a host that is asked what runs there): the method is called again
 * after so many seconds, and nothing is counted against anybody. The message says what was asked, and of whom.
 */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
  readonly seconds: number;

  constructor(seconds: number, message: string) {
    super(message);
    this.seconds = seconds;
  }
}
