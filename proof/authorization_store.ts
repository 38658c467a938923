type Payload = Record<string, unknown> & { grantId?: string; uid?: string; consumed?: number };

/** The storage that oidc-provider is to be given: in memory, without the bound of the one it brings. */
export function openAdapter(): { adapter: (model: string) => object; clear(): void } {
  const rows = new Map<string, { payload: Payload; endMs: number }>();
  const read = (key: string): Payload | undefined => {
    const row = rows.get(key);
    return row === undefined || row.endMs <= Date.now() ? undefined : row.payload;
  };
  return {
    clear() {
      for (const key of rows.keys()) if (/^(AccessToken|RefreshToken|Grant):/.test(key)) rows.delete(key);
    },
    adapter: model => ({
      upsert: async (id: string, payload: Payload, lifeSeconds?: number) => {
        rows.set(`${model}:${id}`, { payload, endMs: Date.now() + (lifeSeconds ?? 86_400) * 1000 });
      },
      find: async (id: string) => read(`${model}:${id}`),
      findByUid: async (uid: string) =>
        [...rows].find(([key, { payload }]) => key.startsWith(`${model}:`) && payload.uid === uid)?.[1].payload,
      consume: async (id: string) => {
        const payload = read(`${model}:${id}`);
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id: string) => void rows.delete(`${model}:${id}`),
      revokeByGrantId: async (grantId: string) => {
        for (const [key, { payload }] of rows) {
          if (key.startsWith(`${model}:`) && payload.grantId === grantId) rows.delete(key);
        }
      },
    }),
  };
}
