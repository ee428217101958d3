import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiProblem } from "./problem";
import { IdempotencyKey } from "./idempotency";

/** A change, after which these queries are asked for again, whether it succeeded or not. */
export function useChange<Input, Output>(change: (input: Input) => Promise<Output>, ...stale: QueryKey[]) {
  const queryClient = useQueryClient();
  return useMutation<Output, ApiProblem, Input>({
    mutationFn: change,
    onSettled: () => Promise.all(stale.map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  });
}

/** A creating POST: sent again after silence, it is the same request under the same `Idempotency-Key`. */
export function useCreation<Input, Output>(
  create: (input: Input, headers: { "Idempotency-Key": string }) => Promise<Output>,
  ...stale: QueryKey[]
) {
  const [key] = useState(() => new IdempotencyKey());
  return useChange<Input, Output>(
    async (input) => {
      try {
        const made = await create(input, { "Idempotency-Key": key.for(input) });
        key.answered();
        return made;
      } catch (error) {
        key.answered(error);
        throw error;
      }
    },
    ...stale,
  );
}
