import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "./problem";

const MOST_RETRIES = 2;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchIntervalInBackground: false,
        // A refusal stays one however often it is asked for; only what may pass in a moment is tried again.
        retry: (failures, error) =>
          failures < MOST_RETRIES && error instanceof ApiProblem && error.isTransient,
      },
      mutations: { retry: false },
    },
  });
}
