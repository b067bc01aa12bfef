/** A template that cannot be created here. The message names the resource, its type and the property or function. */
export class StackError extends Error {
  override readonly name = 'StackError';
}
