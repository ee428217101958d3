/** Every query's key begins with its resource, so that invalidating the resource reaches all its lists and items. */
export const keys = {
  me: ["me"],
  profile: ["profile"],
  settings: ["settings"],
  onboarding: ["onboarding"],
  connections: ["connections"],
  agents: { all: ["agents"], list: ["agents", "list"], one: (id: string) => ["agents", "one", id] },
  strategies: {
    all: ["strategies"],
    list: ["strategies", "list"],
    one: (id: string) => ["strategies", "one", id],
    alertText: (id: string, dialect: string, kind: string) => ["strategies", "alert-text", id, dialect, kind],
  },
  signals: {
    all: ["signals"],
    list: (filter: object) => ["signals", "list", filter],
    one: (id: string) => ["signals", "one", id],
  },
  account: ["account"],
  positions: { all: ["positions"], list: (filter: object) => ["positions", "list", filter] },
  history: {
    all: ["history"],
    list: (filter: object) => ["history", "list", filter],
    range: (filter: object) => ["history", "range", filter],
  },
  jobs: { all: ["jobs"], one: (id: string) => ["jobs", "one", id] },
  prices: ["prices"],
  candles: (instrument: string, timeframe: string, limit: number) => [
    "candles",
    instrument,
    timeframe,
    limit,
  ],
  projects: {
    all: ["projects"],
    list: ["projects", "list"],
    one: (id: string) => ["projects", "one", id],
    versions: (id: string) => ["projects", "versions", id],
  },
  versions: { all: ["versions"], one: (id: string) => ["versions", "one", id] },
  deployments: {
    all: ["deployments"],
    list: (filter: object) => ["deployments", "list", filter],
    one: (id: string) => ["deployments", "one", id],
  },
} as const;
