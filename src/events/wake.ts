/** Rung by whatever may have brought work. A ring while nobody waits ends the next wait at once. */
export type Wake = { readonly ring: () => void; readonly wait: (timeoutMs: number) => Promise<void> };

export function createWake(): Wake {
  let isRung = false;
  let end: (() => void) | undefined;
  return {
    ring: () => {
      isRung = true;
      end?.();
    },
    wait: timeoutMs =>
      new Promise(resolve => {
        const timer = setTimeout(() => end?.(), timeoutMs);
        end = () => {
          clearTimeout(timer);
          end = undefined;
          isRung = false;
          resolve();
        };
        if (isRung) end();
      }),
  };
}
