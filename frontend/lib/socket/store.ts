import { create } from "zustand";
import type { ConnectionState } from "./connection";

export const useConnectionState = create<ConnectionState>(() => ({ status: "closed" }));
