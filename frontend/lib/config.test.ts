import { expect, it } from "vitest";
import { ConfigError, readConfig } from "./config";

const raw = {
  api_url: "/api",
  stream_url: "/stream/",
  supabase_url: "https://project.supabase.example",
  anon_key: "k",
};

it("resolves addresses against the page's origin", () => {
  expect(readConfig(raw, "https://app.example")).toEqual({
    apiUrl: "https://app.example/api",
    streamUrl: "https://app.example/stream",
    supabaseUrl: "https://project.supabase.example",
    anonKey: "k",
  });
});

it.each([
  [null],
  [{}],
  [{ ...raw, anon_key: "" }],
  [{ ...raw, api_url: 5 }],
  [{ ...raw, supabase_url: "http://" }],
])("refuses %j", (bad) => {
  expect(() => readConfig(bad, "https://app.example")).toThrow(ConfigError);
});
