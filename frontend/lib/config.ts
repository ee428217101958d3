/** Where this dashboard's services are. One build serves every environment: the page asks its own origin. */
export interface Config {
  apiUrl: string;
  streamUrl: string;
  supabaseUrl: string;
  anonKey: string;
}

export class ConfigError extends Error {
  override name = "ConfigError";
}

const FIELDS = {
  apiUrl: "api_url",
  streamUrl: "stream_url",
  supabaseUrl: "supabase_url",
  anonKey: "anon_key",
} as const;

/** Addresses may be relative to the page's origin; a trailing slash does not matter. */
export function readConfig(raw: unknown, origin: string): Config {
  if (typeof raw !== "object" || raw === null) throw new ConfigError("config.json holds no object");
  const fields = raw as Record<string, unknown>;
  const text = (name: string): string => {
    const value = fields[name];
    if (typeof value !== "string" || value === "") throw new ConfigError(`config.json names no ${name}`);
    return value;
  };
  const address = (name: string) => {
    try {
      return new URL(text(name), origin).href.replace(/\/+$/, "");
    } catch (error) {
      throw error instanceof ConfigError ? error : new ConfigError(`${name} of config.json is no address`);
    }
  };
  return {
    apiUrl: address(FIELDS.apiUrl),
    streamUrl: address(FIELDS.streamUrl),
    supabaseUrl: address(FIELDS.supabaseUrl),
    anonKey: text(FIELDS.anonKey),
  };
}

export async function loadConfig(): Promise<Config> {
  let answer: Response;
  try {
    answer = await fetch("/config.json", { cache: "no-cache" });
  } catch (error) {
    throw new ConfigError("config.json cannot be reached", { cause: error });
  }
  if (!answer.ok) throw new ConfigError(`config.json was answered with ${answer.status}`);
  let raw: unknown;
  try {
    raw = await answer.json();
  } catch (error) {
    throw new ConfigError("config.json is no JSON", { cause: error });
  }
  return readConfig(raw, window.location.origin);
}
