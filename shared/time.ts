/** Aborts after a real time; `cancel` frees the timer. */
export const timeout = (milliseconds: number) => {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException(`no answer within ${milliseconds / 1000} s`, 'TimeoutError')),
    milliseconds,
  );
  return { signal: controller.signal, cancel: () => clearTimeout(timer) };
};

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
