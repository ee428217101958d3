// Generated from openapi.json by `npm run api`. Do not edit.

export interface paths {
    "/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my agents */
        get: operations["get_agents"];
        put?: never;
        /**
         * Make an agent
         * @description Sent again with the same `Idempotency-Key`, it is the same agent with a fresh key: the first answer was lost, and only
         *     the hash of its key was kept.
         */
        post: operations["post_agents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an agent */
        get: operations["get_agents_id"];
        put?: never;
        post?: never;
        /**
         * Delete an agent
         * @description Its key ends at once. A job it had claimed is never given to another agent.
         */
        delete: operations["delete_agents_id"];
        options?: never;
        head?: never;
        /** Change an agent */
        patch: operations["patch_agents_id"];
        trace?: never;
    };
    "/agents/{id}/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report the broker account
         * @description Its money, all open positions, and the deals since the last report: those that are told twice count once. The newest report
         *     stands; one that arrives while a newer one is stored changes only the deals.
         */
        post: operations["post_agents_id_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report that the agent lives */
        post: operations["post_agents_id_heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{id}/jobs/{job_id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report a job's result
         * @description Sent again, the same result is acknowledged again.
         */
        post: operations["post_agents_id_jobs_job_id_result"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{id}/jobs/next": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Claim the next job
         * @description Oldest first. The job is this agent's from now on; report its result before the lease ends, or it comes back to the same
         *     agent with a higher attempt.
         */
        get: operations["get_agents_id_jobs_next"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{id}/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Push prices
         * @description `{"ticks": {"EURUSD": {"bid", "ask", "ts"?}}, "bars": [closed one-minute bars]}`, or the ticks alone. At most 200
         *     instruments and 1000 bars. Anything that cannot be true (bid above ask, a time ahead of the server's clock) refuses the
         *     whole push by name; a tick that is merely old is left out.
         */
        post: operations["post_agents_id_prices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{id}/rotate-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an agent a new key
         * @description The old key ends at once.
         */
        post: operations["post_agents_id_rotate_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I */
        get: operations["get_auth_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/socket-ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a ticket for the socket
         * @description Opens the socket once within a minute.
         */
        post: operations["post_auth_socket_ticket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/broker-connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my broker connections */
        get: operations["get_broker_connections"];
        put?: never;
        /**
         * Make a broker connection
         * @description Sent again with the same `Idempotency-Key`, the first one is returned.
         */
        post: operations["post_broker_connections"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/broker-connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a broker connection
         * @description With its account's state and jobs. Its agents stay, without a connection.
         */
        delete: operations["delete_broker_connections_id"];
        options?: never;
        head?: never;
        /** Change a broker connection */
        patch: operations["patch_broker_connections_id"];
        trace?: never;
    };
    "/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my deployments, newest first */
        get: operations["get_deployments"];
        put?: never;
        /**
         * Deploy a compiled version
         * @description The agent places it in its terminal and attaches it to a chart of its own. The deployment keeps this version whatever
         *     becomes of the project. Sent again with the same `Idempotency-Key`, the first one is returned.
         */
        post: operations["post_deployments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a deployment */
        get: operations["get_deployments_id"];
        put?: never;
        post?: never;
        /**
         * Delete a deployment
         * @description One that may be attached is stopped first; one that no agent has begun is withdrawn.
         */
        delete: operations["delete_deployments_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a deployment again
         * @description One that runs, or is about to, is left alone.
         */
        post: operations["post_deployments_id_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a deployment
         * @description Its agent takes it off its chart. An order to start it that no agent has begun is withdrawn; one that is stopped already, or
         *     about to be, is left alone.
         */
        post: operations["post_deployments_id_stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ea/artifacts/{id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file of a version
         * @description The answer is an address that is good for five minutes.
         */
        get: operations["get_ea_artifacts_id_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ea/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my projects, newest first */
        get: operations["get_ea_projects"];
        put?: never;
        /**
         * Make a project
         * @description With source code it has a first version, a draft, which is the one in the editor. Sent again with the same
         *     `Idempotency-Key`, the first project is returned.
         */
        post: operations["post_ea_projects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ea/projects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a project */
        get: operations["get_ea_projects_id"];
        put?: never;
        post?: never;
        /**
         * Delete a project
         * @description With its versions, their files, and the deployments that have ended.
         */
        delete: operations["delete_ea_projects_id"];
        options?: never;
        head?: never;
        /** Change a project */
        patch: operations["patch_ea_projects_id"];
        trace?: never;
    };
    "/ea/projects/{id}/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate an expert advisor
         * @description Server-sent events: `token` `{"text"}` as it is written, at the end one `version` with the new draft, or one `error`
         *     `{"code","detail","findings"}`, after which nothing was saved. Comments keep the stream alive. Whoever stops reading says so
         *     with `POST /ea/projects/{id}/generate/cancel`.
         */
        post: operations["post_ea_projects_id_generate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ea/projects/{id}/generate/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel what is being generated
         * @description Whatever is being written for the project ends within a second or two, with the error `cancelled`, and nothing of it is saved.
         */
        post: operations["post_ea_projects_id_generate_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ea/projects/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a project's versions, newest first */
        get: operations["get_ea_projects_id_versions"];
        put?: never;
        /**
         * Make a draft
         * @description Of a version that cannot be edited, too: send its source. The draft is the one in the editor from now on. Sent again with
         *     the same `Idempotency-Key`, the first one is returned.
         */
        post: operations["post_ea_projects_id_versions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ea/versions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a version with its source */
        get: operations["get_ea_versions_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Save a draft
         * @description `If-Match` is the `ETag` of the state that was edited, or `*` to overwrite whatever is there. Who saved in between is not
         *     overwritten: the answer is 412 then, with their version and its `ETag`.
         */
        patch: operations["patch_ea_versions_id"];
        trace?: never;
    };
    "/ea/versions/{id}/compile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compile a version
         * @description Makes a new version of the same source, which never changes, and a job that any of your agents may take. Sent again with
         *     the same `Idempotency-Key`, it is the same version and job.
         */
        post: operations["post_ea_versions_id_compile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the API up
         * @description Answers without the database.
         */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a job */
        get: operations["get_jobs_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/onboarding/disclaimer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept the disclaimer
         * @description Sent again it changes nothing.
         */
        post: operations["post_onboarding_disclaimer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/onboarding/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show how far I have come */
        get: operations["get_onboarding_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This contract */
        get: operations["get_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the newest price of every instrument
         * @description My own while it is less than a minute old; else the newer one of mine and a public feed's. All at once, in the order of
         *     their names.
         */
        get: operations["get_prices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/prices/{instrument}/candles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an instrument's candles, oldest first
         * @description The newest ones, or the newest ones before a time; `next_cursor` as `before` gives the ones before these. All are of one
         *     source: mine where I have any in that range, else a public feed's.
         */
        get: operations["get_prices_instrument_candles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show my profile */
        get: operations["get_profile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change my profile */
        patch: operations["patch_profile"];
        trace?: never;
    };
    "/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show my settings */
        get: operations["get_settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change my settings
         * @description The disclaimer is accepted by `POST /onboarding/disclaimer`.
         */
        patch: operations["patch_settings"];
        trace?: never;
    };
    "/signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my signals, newest first */
        get: operations["get_signals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a signal and its latency trail */
        get: operations["get_signals_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/strategies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my strategies */
        get: operations["get_strategies"];
        put?: never;
        /**
         * Make a strategy
         * @description Its webhook address is in the answer. Sent again with the same `Idempotency-Key`, the first one is returned.
         */
        post: operations["post_strategies"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/strategies/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a strategy */
        get: operations["get_strategies_id"];
        put?: never;
        post?: never;
        /** Delete a strategy and its signals */
        delete: operations["delete_strategies_id"];
        options?: never;
        head?: never;
        /** Change a strategy */
        patch: operations["patch_strategies_id"];
        trace?: never;
    };
    "/strategies/{id}/alert-text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Write the text of an alert
         * @description With TradingView's placeholders, which it fills when the alert fires.
         */
        get: operations["get_strategies_id_alert_text"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/strategies/{id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain an alert
         * @description How it would be read and judged now. Nothing is stored.
         */
        post: operations["post_strategies_id_explain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/strategies/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a strategy a new webhook secret */
        post: operations["post_strategies_id_rotate_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trading/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my broker accounts and how their day goes
         * @description One for each broker connection whose agent ever reported, all at once, in the order of their names. The day begins at the
         *     midnight of my time zone and is counted as the daily loss limit counts it.
         */
        get: operations["get_trading_account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trading/flatten": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close everything and stop entries
         * @description At once: trading mode becomes `reducing`, also from `halted`; entries that no agent has taken are cancelled, and each open
         *     position gets a job that closes it. Sent again it makes nothing new.
         */
        post: operations["post_trading_flatten"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trading/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what happened on my accounts, newest first */
        get: operations["get_trading_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trading/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Place a market order
         * @description It becomes a job that an agent must claim within a minute. Sent again with the same `Idempotency-Key`, the first job is
         *     returned, whatever the risk gate says by then.
         */
        post: operations["post_trading_orders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trading/positions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my open positions, newest first
         * @description All at once.
         */
        get: operations["get_trading_positions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trading/positions/{ticket}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close a position, or a part of it
         * @description It becomes a job, which waits for an agent as long as it takes. While one that closes all of it is on its way, that one is
         *     returned. Sent again with the same `Idempotency-Key`, so is the first.
         */
        post: operations["post_trading_positions_ticket_close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/tv/{webhook_secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an alert
         * @description JSON or text of any content type, at most 64 KiB.
         */
        post: operations["post_webhooks_tv_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Account: {
            currency?: string | null;
            login?: string | number | null;
            server?: string | null;
            trade_mode?: string | null;
        };
        /** @description What became of an account since its user's midnight. */
        AccountDay: {
            /**
             * Format: double
             * @description The loss at which entries stop; `null` where no limit is set.
             */
            loss_allowance?: number | null;
            /**
             * Format: double
             * @description Of positions closed today, and what opening some cost.
             */
            realised_profit: number;
            /**
             * Format: double
             * @description Realised and floating.
             */
            result: number;
            /**
             * Format: double
             * @description Of the day's first report.
             */
            start_equity?: number | null;
            /** Format: date-time */
            started_at: string;
        };
        /** @description Everything there is to know of the account now. What a newer agent says besides is ignored. */
        AccountReport: {
            /** Format: double */
            balance: number | string;
            /** @description Three to eight characters. */
            currency: string;
            /** @description At most 200, in any order. Told twice, a deal counts once. */
            deals?: components["schemas"]["ReportedDeal"][];
            /** Format: double */
            equity: number | string;
            /** Format: double */
            free_margin: number | string;
            /** Format: int64 */
            leverage?: number | string | null;
            /** Format: double */
            margin: number | string;
            /** @description All that are open, at most 1000. One that is not named is closed. */
            positions: components["schemas"]["ReportedPosition"][];
        };
        AccountReported: {
            /** Format: int64 */
            jobs_waiting: number;
        };
        /** @description A broker account; amounts are in its currency. */
        AccountState: {
            /** Format: double */
            balance: number;
            /** Format: uuid */
            broker_connection_id: string;
            currency: string;
            day: components["schemas"]["AccountDay"];
            /** Format: double */
            equity: number;
            /**
             * Format: double
             * @description Profit and swap of the open positions.
             */
            floating_profit: number;
            /** Format: double */
            free_margin: number;
            /** Format: int32 */
            leverage?: number | null;
            /** Format: double */
            margin: number;
            /** @description The broker connection's. */
            name: string;
            /** Format: int64 */
            open_positions: number;
            /**
             * Format: date-time
             * @description When an agent last said so.
             */
            reported_at: string;
        };
        Acknowledged: {
            acknowledged: boolean;
            status: components["schemas"]["Outcome"];
        };
        /**
         * @description What an alert asks for.
         * @enum {string}
         */
        Action: "buy" | "sell" | "close";
        /** @description An MT5 agent. Its key is shown only when it is made. */
        Agent: {
            agent_name: string;
            /** Format: uuid */
            broker_connection_id?: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            is_public_feed: boolean;
            /** Format: date-time */
            last_heartbeat?: string | null;
            login?: string | null;
            pairing_key_prefix: string;
            status: components["schemas"]["AgentStatus"];
            /** @description What the agent last said of its terminal and machine. */
            status_reported?: Record<string, never> | null;
            terminal_server?: string | null;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description What changes; a field that is not sent stays. */
        AgentChange: {
            agent_name?: string | null;
            /**
             * Format: uuid
             * @description `null` takes the agent off its connection.
             */
            broker_connection_id?: string | null;
        };
        /** @description What the agent applies without a restart. */
        AgentConfig: {
            agent_version: string;
            /** @description Instruments somebody is looking at. */
            instruments: string[];
            /** Format: double */
            poll_seconds: number;
            /** @description Where the doorbell hangs: a WebSocket that opens with `X-Agent-Id` and `X-Agent-Key`. */
            socket_url: string;
            /** @description The account's own names of symbols. */
            symbol_map: Record<string, never>;
            trading_mode: string;
        };
        /**
         * @description Whether the agent has been heard of.
         * @enum {string}
         */
        AgentStatus: "never_seen" | "online" | "offline";
        /**
         * @description What sets the alert off: a strategy's orders, or an indicator whose every alert asks for the same.
         * @enum {string}
         */
        AlertKind: "strategy" | "buy" | "sell" | "close";
        /** @description What to paste into TradingView. */
        AlertText: {
            dialect: components["schemas"]["TextDialect"];
            kind: components["schemas"]["AlertKind"];
            /** @description Where both go and what TradingView needs, in plain words. */
            note: string;
            /** @description For the box Message. */
            text: string;
            /** @description For the box Webhook URL. */
            webhook_url: string;
        };
        /** @description A file of a version. */
        Artifact: {
            artifact_type: components["schemas"]["ArtifactType"];
            /** @description SHA-256 in hex. */
            checksum?: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: int64
             * @description Bytes.
             */
            file_size?: number | null;
            /** Format: uuid */
            id: string;
        };
        /**
         * @description What a file of a version is.
         * @enum {string}
         */
        ArtifactType: "mq5" | "ex5" | "ex4" | "log" | "config";
        /** @description A closed one-minute bar. */
        Bar: {
            /** Format: double */
            close: number | string;
            /** Format: double */
            high: number | string;
            instrument: components["schemas"]["Instrument"];
            /** Format: double */
            low: number | string;
            /** Format: double */
            open: number | string;
            /**
             * Format: date-time
             * @description When its minute began, UTC.
             */
            ts: string;
            /**
             * Format: double
             * @description Ticks, or lots where the broker counts them.
             */
            volume?: number | string;
        };
        Beat: {
            config: components["schemas"]["AgentConfig"];
            /** Format: int64 */
            jobs_waiting: number;
            /** Format: date-time */
            server_time: string;
        };
        /** @description A broker connection as its owner sees it. Its credentials are shown to nobody. */
        BrokerConnection: {
            broker_type: components["schemas"]["BrokerType"];
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            /** @description An inactive one gets no trades. */
            is_active: boolean;
            name: string;
            /** @description The broker's own names, by the names of alerts. */
            symbol_map: {
                [key: string]: string;
            };
            /** Format: date-time */
            updated_at: string;
        };
        /**
         * @description How the account is reached.
         * @enum {string}
         */
        BrokerType: "OANDA" | "MT5_AGENT" | "METAAPI";
        /** @description A candle. Minutes without one are gaps, and so are candles without a minute. */
        Candle: {
            /** Format: double */
            close: number;
            /** @description Whether its time is over: the newest one may still grow. */
            complete: boolean;
            /** Format: double */
            high: number;
            /** Format: double */
            low: number;
            /** Format: double */
            open: number;
            /**
             * Format: date-time
             * @description When it began, UTC.
             */
            ts: string;
            /** Format: double */
            volume: number;
        };
        /**
         * @description A chart's period.
         * @enum {string}
         */
        ChartTimeframe: "M1" | "M5" | "M15" | "M30" | "H1" | "H4" | "D1" | "W1" | "MN1";
        Claimed: {
            job: components["schemas"]["ClaimedJob"];
            /**
             * Format: int64
             * @description How many more wait, counted to ten.
             */
            jobs_waiting: number;
        };
        /** @description A job as its agent gets it. */
        ClaimedJob: {
            /** Format: int32 */
            attempt: number;
            /** Format: uuid */
            entity_id?: string | null;
            entity_type?: string | null;
            /** Format: uuid */
            id: string;
            /** @description By job type; a trade's is `symbol`, `side` and what sizes and guards the order. */
            input: Record<string, never>;
            job_type: components["schemas"]["JobType"];
            /**
             * Format: date-time
             * @description An entry must not be sent after this.
             */
            not_after?: string | null;
        };
        /** @description What of a position is closed. */
        ClosePosition: {
            /**
             * Format: uuid
             * @description Whose position it is; needed only where the ticket is open on two of your accounts.
             */
            broker_connection_id?: string | null;
            /**
             * Format: double
             * @description Lots; all of it unless sent.
             */
            volume?: number | null | string;
        };
        /** @description A version that is given to the compiler, and the job that does it. */
        Compilation: {
            job: components["schemas"]["JobBrief"];
            version: components["schemas"]["Version"];
        };
        /** @description What changes; a field that is not sent stays. */
        ConnectionChange: {
            is_active?: boolean | null;
            name?: string | null;
            /** @description Takes the place of the whole map. */
            symbol_map?: {
                [key: string]: string;
            } | null;
        };
        /**
         * @description What a deal did to its position.
         * @enum {string}
         */
        DealEntry: "in" | "out" | "inout" | "out_by";
        Deployment: {
            agent_name?: string | null;
            /**
             * Format: uuid
             * @description The account the agent served when it was ordered; it is started on no other.
             */
            broker_connection_id?: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            deployed_at?: string | null;
            /** Format: uuid */
            ea_project_id: string;
            /** Format: uuid */
            ea_version_id: string;
            /** @description Why it failed, or why it could not be stopped. */
            error_message?: string | null;
            /** Format: uuid */
            id: string;
            inputs: Record<string, never>;
            last_job?: components["schemas"]["JobBrief"] | null;
            /** Format: int64 */
            magic_number: number;
            /**
             * Format: uuid
             * @description `null` once the agent was deleted.
             */
            mt5_agent_id?: string | null;
            project_name: string;
            status: components["schemas"]["DeploymentStatus"];
            /** Format: date-time */
            stopped_at?: string | null;
            symbol: string;
            timeframe: components["schemas"]["ChartTimeframe"];
            /** Format: date-time */
            updated_at: string;
            /** Format: int32 */
            version_number: number;
        };
        /**
         * @description How far a deployment is.
         * @enum {string}
         */
        DeploymentStatus: "pending" | "deploying" | "running" | "stopped" | "failed";
        /** @enum {string} */
        Direction: "LONG" | "SHORT";
        Disclaimer: {
            /** @description `true`; there is no way back. */
            accepted: boolean;
        };
        /** @description How an alert would be read and judged. */
        Explanation: {
            detail?: string | null;
            /** @description Whether the reader understands it. */
            readable: boolean;
            /** @description What was read, and in which dialect. */
            reading?: Record<string, never> | null;
            reason_code?: string | null;
            sizing?: components["schemas"]["Sizing"] | null;
            /** @description `pending` when it would be traded. */
            would_be: string;
        };
        /** @description One field that is not as it must be, and what is allowed. */
        FieldError: {
            field: string;
            message: string;
        };
        /** @description What flatten did. */
        Flattened: {
            /** @description One for each position that nothing was closing yet. */
            created: components["schemas"]["Job"][];
            /**
             * Format: int64
             * @description Entries that no agent had taken; their signals are discarded.
             */
            entries_cancelled: number;
            /**
             * Format: int64
             * @description Entries that an agent has already, or that were filled a moment ago: once their positions show, flatten again.
             */
            entries_on_their_way: number;
            /**
             * Format: int64
             * @description Positions on broker connections that are switched off, where nothing is traded: these stay open.
             */
            left_open: number;
            trading_mode: components["schemas"]["TradingMode"];
            /** @description Those that were closing a position already. */
            underway: components["schemas"]["Job"][];
        };
        Health: {
            status: string;
            version: string;
        };
        /** @description How the agent, its terminal and its account are. */
        Heartbeat: Record<string, never> & {
            account?: components["schemas"]["Account"] | null;
            /** Format: double */
            cpu_pct?: number | null | string;
            /** Format: double */
            memory_mb?: number | null | string;
            terminal?: components["schemas"]["Terminal"] | null;
            version: string;
        };
        /** @description A page of events, and what all that the filter finds come to. */
        History: {
            items: components["schemas"]["TradeEvent"][];
            next_cursor?: string | null;
            /** @description One for each account with an event that the filter finds, whichever page it is on. */
            totals: components["schemas"]["TradeTotals"][];
        };
        /** @description A tick that was not stored. */
        Ignored: {
            instrument: string;
            reason: components["schemas"]["IgnoredReason"];
        };
        /**
         * @description Why a tick was not stored.
         * @enum {string}
         */
        IgnoredReason: "older_than_stored" | "too_old";
        /** @description The name of an instrument as its broker or its user spells it: 1 to 32 characters of a-z, A-Z, 0-9 and `. _ # & + -`. */
        Instrument: string;
        /** @description A job as its owner sees it. */
        Job: {
            /**
             * Format: uuid
             * @description Whose it is since it was claimed.
             */
            agent_id?: string | null;
            /**
             * Format: int32
             * @description How often it was claimed.
             */
            attempts: number;
            /** Format: uuid */
            broker_connection_id?: string | null;
            /** Format: date-time */
            claimed_at?: string | null;
            /** Format: date-time */
            completed_at?: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            entity_id?: string | null;
            /** @description What it was made for: a signal, a version, a deployment; `null` for an order by hand. */
            entity_type?: string | null;
            error_message?: string | null;
            /** Format: uuid */
            id: string;
            /** @description What it orders, by job type. */
            input: Record<string, never>;
            job_type: components["schemas"]["JobType"];
            /**
             * Format: date-time
             * @description An entry that no agent claimed by then is cancelled.
             */
            not_after?: string | null;
            /** @description What its agent reported. */
            output?: Record<string, never> | null;
            /** @description A machine word for a failure or a cancellation. */
            reason_code?: string | null;
            status: components["schemas"]["JobStatus"];
        };
        /** @description A job as its owner sees it beside what it is for. */
        JobBrief: {
            /** Format: date-time */
            claimed_at?: string | null;
            /** Format: date-time */
            completed_at?: string | null;
            /** Format: date-time */
            created_at: string;
            error_message?: string | null;
            /** Format: uuid */
            id: string;
            job_type: components["schemas"]["JobType"];
            reason_code?: string | null;
            status: components["schemas"]["JobStatus"];
        };
        /** @description What an agent says came of a job. */
        JobResult: {
            /**
             * Format: int32
             * @description The attempt that the job was claimed with.
             */
            attempt?: number | null;
            error_message?: string | null;
            /** @description By job type; a trade's is `ticket`, `fill_price`, `volume`, `slippage_points`, `retcode`, `sent_at`, `filled_at`. */
            output?: Record<string, never>;
            reason_code?: string | null;
            status: components["schemas"]["Outcome"];
        };
        /**
         * @description Where a job stands.
         * @enum {string}
         */
        JobStatus: "pending" | "running" | "completed" | "failed" | "cancelled";
        /** @enum {string} */
        JobType: "compile" | "deploy" | "run" | "stop" | "trade" | "close_position";
        /** @description When the signal passed each station. */
        LatencyTrail: {
            /** Format: date-time */
            claimed_at?: string | null;
            /** Format: date-time */
            filled_at?: string | null;
            /** Format: date-time */
            received_at: string;
            /** Format: date-time */
            resolved_at?: string | null;
            /**
             * Format: date-time
             * @description The agent handed the order to the terminal.
             */
            sent_at?: string | null;
            /**
             * Format: int64
             * @description From reception to fill, in milliseconds of the clocks of server and agent.
             */
            total_ms?: number | null;
            /**
             * Format: date-time
             * @description The alert's own time.
             */
            tv_time?: string | null;
        };
        /** @description Who the caller is. */
        Me: {
            account_currency: string;
            /** Format: date-time */
            created_at: string;
            disclaimer_accepted: boolean;
            display_name?: string | null;
            email?: string | null;
            /** Format: uuid */
            id: string;
            timezone: string;
            trading_mode: string;
        };
        NewAgent: {
            agent_name: string;
            /**
             * Format: uuid
             * @description Without one the agent gets no trades.
             */
            broker_connection_id?: string | null;
        };
        NewConnection: {
            broker_type: components["schemas"]["BrokerType"];
            name: string;
            /** @description The broker's own names, by the names of alerts, as `{"EURUSD": "EURUSD.i"}`; at most 500. */
            symbol_map?: {
                [key: string]: string;
            };
        };
        NewDeployment: {
            /**
             * Format: uuid
             * @description A compiled one.
             */
            ea_version_id: string;
            /** @description Numbers, texts and truths by the names of the program's inputs; at most 200. */
            inputs?: Record<string, never>;
            /**
             * Format: int64
             * @description By which its orders are known in the terminal; chosen for you unless sent.
             */
            magic_number?: number | null;
            /** Format: uuid */
            mt5_agent_id: string;
            /** @description 1 to 32 letters, digits and `. _ # ! + & -`. */
            symbol: string;
            timeframe: components["schemas"]["ChartTimeframe"];
        };
        /** @description A market order by hand. */
        NewOrder: {
            /** Format: uuid */
            broker_connection_id: string;
            /**
             * Format: int32
             * @description How far the fill may be from the price the agent sees; 20 unless sent.
             */
            deviation_points?: number | null;
            /**
             * Format: double
             * @description What you saw. It is kept, and the stops are checked against it; the order goes at the market's price.
             */
            price?: number | null | string;
            /**
             * Format: double
             * @description Percent of equity to lose at the stop; without volume and this it is the one of your settings.
             */
            risk_pct?: number | null | string;
            side: components["schemas"]["Side"];
            /**
             * Format: double
             * @description A price; or else `sl_pips`.
             */
            sl?: number | null | string;
            /**
             * Format: double
             * @description Distance from the price of the fill.
             */
            sl_pips?: number | null | string;
            symbol: string;
            /**
             * Format: double
             * @description A price; or else `tp_pips`.
             */
            tp?: number | null | string;
            /**
             * Format: double
             * @description Distance from the price of the fill.
             */
            tp_pips?: number | null | string;
            /**
             * Format: double
             * @description Lots. Without it the risk decides.
             */
            volume?: number | null | string;
        };
        NewProject: {
            default_settings?: Record<string, never>;
            /** @description At most 2000 characters. */
            description?: string | null;
            /** @description 1 to 80 characters. */
            name: string;
            /** @description Becomes version 1, a draft; at most 2 MiB. */
            source_code?: string | null;
        };
        NewStrategyInput: {
            /** @description `null` allows every pair. */
            allowed_pairs?: string[] | null;
            /** Format: uuid */
            broker_connection_id: string;
            /** Format: double */
            default_sl_pips?: number | null | string;
            /** Format: double */
            default_tp_pips?: number | null | string;
            /** Format: double */
            default_volume?: number | null | string;
            is_enabled?: boolean | null;
            /**
             * Format: int64
             * @description Chosen for you unless sent; unique among your strategies.
             */
            magic_number?: number | null;
            /**
             * Format: int32
             * @description 60 unless sent; `null` for no limit.
             */
            max_signal_age_seconds?: number | null;
            name: string;
            /**
             * Format: double
             * @description Percent of equity; `null` inherits from your settings.
             */
            risk_override_pct?: number | null | string;
        };
        NewVersion: {
            config?: Record<string, never>;
            /** @description At most 2 MiB. */
            source_code: string;
        };
        /** @description What is done already. */
        OnboardingDone: {
            /** @description An agent was heard of at least once. */
            agent_paired: boolean;
            broker_connection: boolean;
            disclaimer_accepted: boolean;
            /** @description An alert came in, whatever became of it. */
            first_signal: boolean;
            strategy: boolean;
        };
        /** @description How far the caller has come. */
        OnboardingStatus: components["schemas"]["OnboardingDone"] & {
            complete: boolean;
            next?: components["schemas"]["OnboardingStep"] | null;
        };
        /**
         * @description What is to be done.
         * @enum {string}
         */
        OnboardingStep: "disclaimer" | "broker_connection" | "agent" | "strategy" | "signal";
        /**
         * @description How a job ended.
         * @enum {string}
         */
        Outcome: "completed" | "failed";
        /** @description One page of a list. */
        Page_AccountState: {
            items: {
                /** Format: double */
                balance: number;
                /** Format: uuid */
                broker_connection_id: string;
                currency: string;
                day: components["schemas"]["AccountDay"];
                /** Format: double */
                equity: number;
                /**
                 * Format: double
                 * @description Profit and swap of the open positions.
                 */
                floating_profit: number;
                /** Format: double */
                free_margin: number;
                /** Format: int32 */
                leverage?: number | null;
                /** Format: double */
                margin: number;
                /** @description The broker connection's. */
                name: string;
                /** Format: int64 */
                open_positions: number;
                /**
                 * Format: date-time
                 * @description When an agent last said so.
                 */
                reported_at: string;
            }[];
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Agent: {
            items: {
                agent_name: string;
                /** Format: uuid */
                broker_connection_id?: string | null;
                /** Format: date-time */
                created_at: string;
                /** Format: uuid */
                id: string;
                is_public_feed: boolean;
                /** Format: date-time */
                last_heartbeat?: string | null;
                login?: string | null;
                pairing_key_prefix: string;
                status: components["schemas"]["AgentStatus"];
                /** @description What the agent last said of its terminal and machine. */
                status_reported?: Record<string, never> | null;
                terminal_server?: string | null;
                /** Format: date-time */
                updated_at: string;
            }[];
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_BrokerConnection: {
            items: {
                broker_type: components["schemas"]["BrokerType"];
                /** Format: date-time */
                created_at: string;
                /** Format: uuid */
                id: string;
                /** @description An inactive one gets no trades. */
                is_active: boolean;
                name: string;
                /** @description The broker's own names, by the names of alerts. */
                symbol_map: {
                    [key: string]: string;
                };
                /** Format: date-time */
                updated_at: string;
            }[];
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Candle: {
            items: {
                /** Format: double */
                close: number;
                /** @description Whether its time is over: the newest one may still grow. */
                complete: boolean;
                /** Format: double */
                high: number;
                /** Format: double */
                low: number;
                /** Format: double */
                open: number;
                /**
                 * Format: date-time
                 * @description When it began, UTC.
                 */
                ts: string;
                /** Format: double */
                volume: number;
            }[];
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Deployment: {
            items: {
                agent_name?: string | null;
                /**
                 * Format: uuid
                 * @description The account the agent served when it was ordered; it is started on no other.
                 */
                broker_connection_id?: string | null;
                /** Format: date-time */
                created_at: string;
                /** Format: date-time */
                deployed_at?: string | null;
                /** Format: uuid */
                ea_project_id: string;
                /** Format: uuid */
                ea_version_id: string;
                /** @description Why it failed, or why it could not be stopped. */
                error_message?: string | null;
                /** Format: uuid */
                id: string;
                inputs: Record<string, never>;
                last_job?: components["schemas"]["JobBrief"] | null;
                /** Format: int64 */
                magic_number: number;
                /**
                 * Format: uuid
                 * @description `null` once the agent was deleted.
                 */
                mt5_agent_id?: string | null;
                project_name: string;
                status: components["schemas"]["DeploymentStatus"];
                /** Format: date-time */
                stopped_at?: string | null;
                symbol: string;
                timeframe: components["schemas"]["ChartTimeframe"];
                /** Format: date-time */
                updated_at: string;
                /** Format: int32 */
                version_number: number;
            }[];
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Position: {
            items: {
                /** Format: uuid */
                broker_connection_id: string;
                /**
                 * Format: uuid
                 * @description The job that is on its way to close it, or a part of it.
                 */
                closing_job_id?: string | null;
                /**
                 * Format: int64
                 * @description 0 for orders by hand.
                 */
                magic_number: number;
                /** Format: double */
                open_price: number;
                /** Format: date-time */
                opened_at: string;
                /** Format: double */
                profit: number;
                /**
                 * Format: date-time
                 * @description When an agent last said so.
                 */
                reported_at: string;
                side: components["schemas"]["Side"];
                /** Format: double */
                sl?: number | null;
                /**
                 * Format: uuid
                 * @description The strategy of this magic number.
                 */
                strategy_id?: string | null;
                strategy_name?: string | null;
                /** Format: double */
                swap: number;
                /** @description As the broker spells it. */
                symbol: string;
                /**
                 * Format: int64
                 * @description Unique on its account.
                 */
                ticket: number;
                /** Format: double */
                tp?: number | null;
                /**
                 * Format: double
                 * @description Lots.
                 */
                volume: number;
            }[];
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Price: {
            items: {
                /** Format: double */
                ask: number;
                /** Format: double */
                bid: number;
                instrument: string;
                source: components["schemas"]["PriceSource"];
                /** Format: date-time */
                ts: string;
            }[];
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Project: {
            items: {
                /** Format: date-time */
                created_at: string;
                /**
                 * Format: uuid
                 * @description The version that is open in the editor.
                 */
                current_version_id?: string | null;
                /** @description Inputs that a deployment begins with. */
                default_settings: Record<string, never>;
                description?: string | null;
                /** Format: uuid */
                id: string;
                name: string;
                /** Format: date-time */
                updated_at: string;
            }[];
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Signal: {
            items: {
                action?: components["schemas"]["Action"] | null;
                broker_order_id?: string | null;
                error_message?: string | null;
                /** Format: double */
                fill_price?: number | null;
                /** Format: uuid */
                id: string;
                /** Format: uuid */
                job_id?: string | null;
                latency: components["schemas"]["LatencyTrail"];
                /** Format: double */
                price?: number | null;
                /** @description What TradingView sent, secrets blanked: its JSON, or its text. */
                raw_payload: unknown;
                /** @description A machine word for every discard or failure. */
                reason_code?: string | null;
                /** Format: double */
                sl?: number | null;
                status: components["schemas"]["SignalStatus"];
                /** Format: uuid */
                strategy_id: string;
                symbol?: string | null;
                /** Format: double */
                tp?: number | null;
                /**
                 * Format: double
                 * @description Lots.
                 */
                volume?: number | null;
            }[];
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Strategy: {
            items: {
                /** @description `null` lets every pair through. */
                allowed_pairs?: string[] | null;
                /** Format: uuid */
                broker_connection_id: string;
                /** Format: date-time */
                created_at: string;
                /** Format: double */
                default_sl_pips?: number | null;
                /** Format: double */
                default_tp_pips?: number | null;
                /**
                 * Format: double
                 * @description Lots, where the alert says neither volume nor risk.
                 */
                default_volume?: number | null;
                /** Format: uuid */
                id: string;
                is_enabled: boolean;
                /** Format: int64 */
                magic_number: number;
                /**
                 * Format: int32
                 * @description Older entries are discarded; `null` lets them wait for ever. Exits never expire.
                 */
                max_signal_age_seconds?: number | null;
                name: string;
                /**
                 * Format: date-time
                 * @description Until then the secret before this one works too.
                 */
                previous_secret_expires_at?: string | null;
                /** Format: double */
                risk_override_pct?: number | null;
                /** Format: date-time */
                updated_at: string;
                webhook_secret: string;
                /** @description The address to paste into TradingView. */
                webhook_url: string;
            }[];
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_VersionSummary: {
            items: {
                artifacts: components["schemas"]["Artifact"][];
                /** @description The compiler's errors, a line each. */
                compilation_error?: string | null;
                /** Format: date-time */
                created_at: string;
                /** Format: uuid */
                ea_project_id: string;
                /** Format: uuid */
                id: string;
                /**
                 * Format: int64
                 * @description Bytes of source code.
                 */
                source_bytes: number;
                status: components["schemas"]["VersionStatus"];
                /** Format: date-time */
                updated_at: string;
                /**
                 * Format: int32
                 * @description Counted from 1 in each project.
                 */
                version_number: number;
            }[];
            next_cursor?: string | null;
        };
        /** @description An agent and its key, which is shown this once. */
        PairedAgent: {
            agent: components["schemas"]["Agent"];
            agent_key: string;
        };
        Position: {
            /** Format: uuid */
            broker_connection_id: string;
            /**
             * Format: uuid
             * @description The job that is on its way to close it, or a part of it.
             */
            closing_job_id?: string | null;
            /**
             * Format: int64
             * @description 0 for orders by hand.
             */
            magic_number: number;
            /** Format: double */
            open_price: number;
            /** Format: date-time */
            opened_at: string;
            /** Format: double */
            profit: number;
            /**
             * Format: date-time
             * @description When an agent last said so.
             */
            reported_at: string;
            side: components["schemas"]["Side"];
            /** Format: double */
            sl?: number | null;
            /**
             * Format: uuid
             * @description The strategy of this magic number.
             */
            strategy_id?: string | null;
            strategy_name?: string | null;
            /** Format: double */
            swap: number;
            /** @description As the broker spells it. */
            symbol: string;
            /**
             * Format: int64
             * @description Unique on its account.
             */
            ticket: number;
            /** Format: double */
            tp?: number | null;
            /**
             * Format: double
             * @description Lots.
             */
            volume: number;
        };
        /** @description The newest price of an instrument, as a user sees it. */
        Price: {
            /** Format: double */
            ask: number;
            /** Format: double */
            bid: number;
            instrument: string;
            source: components["schemas"]["PriceSource"];
            /** Format: date-time */
            ts: string;
        };
        /**
         * @description Whose price it is.
         * @enum {string}
         */
        PriceSource: "own" | "feed";
        /** @description The body of every error answer. */
        Problem: {
            /** @description A stable word for programs. */
            code: string;
            /** @description What to do. */
            detail: string;
            errors?: components["schemas"]["FieldError"][];
            /** Format: int32 */
            status: number;
            title: string;
            type: string;
        };
        /** @description The caller's profile. */
        Profile: {
            /** Format: date-time */
            created_at: string;
            display_name?: string | null;
            email?: string | null;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description What changes; a field that is not sent stays. */
        ProfileChange: {
            /** @description 1 to 80 characters; `null` clears it. */
            display_name?: string | null;
        };
        Project: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uuid
             * @description The version that is open in the editor.
             */
            current_version_id?: string | null;
            /** @description Inputs that a deployment begins with. */
            default_settings: Record<string, never>;
            description?: string | null;
            /** Format: uuid */
            id: string;
            name: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description What changes; a field that is not sent stays. */
        ProjectChange: {
            /**
             * Format: uuid
             * @description One of the project's own.
             */
            current_version_id?: string | null;
            /** @description Takes the place of all of them. */
            default_settings?: Record<string, never> | null;
            /** @description `null` clears it. */
            description?: string | null;
            name?: string | null;
        };
        /** @description `{"ticks": {"EURUSD": {…}}, "bars": […]}`, or the ticks alone, `{"EURUSD": {…}}`. */
        Push: {
            bars?: components["schemas"]["Bar"][];
            ticks?: {
                [key: string]: components["schemas"]["Tick"];
            };
        } & {
            [key: string]: components["schemas"]["Tick"];
        };
        Pushed: {
            /** @description Ticks stored. */
            accepted: number;
            /** @description Ticks that were not stored, and why. */
            ignored?: components["schemas"]["Ignored"][];
            /** @description What somebody watches now; push nothing while it is empty. */
            instruments: string[];
            /** Format: int64 */
            jobs_waiting: number;
        };
        Question: {
            /** @description The alert message as it would be sent, JSON or text. */
            alert: string;
        };
        /** @description What became of an alert. */
        Received: {
            detail?: string | null;
            /** @description The same alert was stored before; `signal_id` is the first one's. */
            duplicate: boolean;
            reason_code?: string | null;
            /** Format: uuid */
            signal_id: string;
            status: components["schemas"]["SignalStatus"];
        };
        ReportedDeal: {
            comment: string;
            /**
             * Format: double
             * @description What the broker took is below zero, as in MetaTrader.
             */
            commission: number | string;
            entry: components["schemas"]["DealEntry"];
            /** Format: double */
            fee: number | string;
            /** Format: int64 */
            magic_number: number | string;
            /** Format: int64 */
            order_ticket: number | string;
            /** Format: int64 */
            position_ticket: number | string;
            /** Format: double */
            price: number | string;
            /** Format: double */
            profit: number | string;
            side: components["schemas"]["Side"];
            /** Format: double */
            swap: number | string;
            symbol: string;
            /** Format: int64 */
            ticket: number | string;
            /**
             * Format: date-time
             * @description UTC; one that is ahead of the server's clock counts as now.
             */
            time: string;
            /**
             * Format: double
             * @description Lots.
             */
            volume: number | string;
        };
        ReportedPosition: {
            /** Format: int64 */
            magic_number: number | string;
            /** Format: double */
            open_price: number | string;
            /** Format: date-time */
            opened_at: string;
            /** Format: double */
            profit: number | string;
            side: components["schemas"]["Side"];
            /**
             * Format: double
             * @description Zero is none.
             */
            sl?: number | null | string;
            /** Format: double */
            swap: number | string;
            symbol: string;
            /** Format: int64 */
            ticket: number | string;
            /**
             * Format: double
             * @description Zero is none.
             */
            tp?: number | null | string;
            /**
             * Format: double
             * @description Lots.
             */
            volume: number | string;
        };
        Request: {
            /**
             * Format: uuid
             * @description A version of this project to start from.
             */
            based_on_version_id?: string | null;
            /** @description What the compiler said of that version, to be mended. */
            compiler_errors?: string[];
            /** @description What the program is to do, in plain words; at most 20000 characters. */
            description: string;
        };
        Rotation: {
            /**
             * Format: int32
             * @description How long the old secret goes on working, in seconds; a day unless sent, 0 ends it at once.
             */
            overlap_seconds?: number | null;
        };
        /** @description A user's settings. */
        Settings: {
            /** Format: double */
            account_balance?: number | null;
            account_currency: string;
            /**
             * Format: double
             * @description `null` for no limit.
             */
            daily_loss_limit_pct?: number | null;
            disclaimer_accepted: boolean;
            /** Format: date-time */
            disclaimer_accepted_at?: string | null;
            /**
             * Format: double
             * @description Lots; `null` for no limit.
             */
            max_lot_size?: number | null;
            /**
             * Format: int32
             * @description `null` for no limit.
             */
            max_open_positions?: number | null;
            preferred_pairs: string[];
            /**
             * Format: double
             * @description Of a trade, where neither alert nor strategy says.
             */
            risk_percent: number;
            /** @description Whose midnight begins the day of the loss limit. */
            timezone: string;
            trading_mode: components["schemas"]["TradingMode"];
            /** Format: date-time */
            updated_at: string;
        };
        /** @description What changes; a field that is not sent stays, `null` clears one that may be empty. */
        SettingsChange: {
            /** Format: double */
            account_balance?: number | null | string;
            /** @description Three capital letters. */
            account_currency?: string | null;
            /** Format: double */
            daily_loss_limit_pct?: number | null | string;
            /** Format: double */
            max_lot_size?: number | null | string;
            /** Format: int32 */
            max_open_positions?: number | null;
            /** @description At most 100. */
            preferred_pairs?: string[] | null;
            /** Format: double */
            risk_percent?: number | null | string;
            /** @description Of the time zone database, as `Europe/London`. */
            timezone?: string | null;
            trading_mode?: components["schemas"]["TradingMode"] | null;
        };
        /**
         * @description Of a position: what it is. Of a deal: what it did.
         * @enum {string}
         */
        Side: "buy" | "sell";
        /** @description A signal as its owner sees it. */
        Signal: {
            action?: components["schemas"]["Action"] | null;
            broker_order_id?: string | null;
            error_message?: string | null;
            /** Format: double */
            fill_price?: number | null;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            job_id?: string | null;
            latency: components["schemas"]["LatencyTrail"];
            /** Format: double */
            price?: number | null;
            /** @description What TradingView sent, secrets blanked: its JSON, or its text. */
            raw_payload: unknown;
            /** @description A machine word for every discard or failure. */
            reason_code?: string | null;
            /** Format: double */
            sl?: number | null;
            status: components["schemas"]["SignalStatus"];
            /** Format: uuid */
            strategy_id: string;
            symbol?: string | null;
            /** Format: double */
            tp?: number | null;
            /**
             * Format: double
             * @description Lots.
             */
            volume?: number | null;
        };
        /**
         * @description Where a signal stands. Only `pending` moves on.
         * @enum {string}
         */
        SignalStatus: "pending" | "executed" | "failed" | "discarded";
        /** @description Where a file can be had without other proof. */
        SignedUrl: {
            /** Format: date-time */
            expires_at: string;
            url: string;
        };
        /** @description What the order would be sized by. */
        Sizing: {
            /** Format: double */
            max_volume?: number | null;
            /** Format: double */
            risk_pct?: number | null;
            /** Format: double */
            sl_pips?: number | null;
            /** Format: double */
            tp_pips?: number | null;
            /**
             * Format: double
             * @description Lots; `null` when the risk decides.
             */
            volume?: number | null;
        };
        SocketTicket: {
            /** Format: int64 */
            expires_in: number;
            ticket: string;
            /** @description Connect here with `?ticket=`. */
            url: string;
        };
        /** @description A problem that carries what is stored now. */
        Stale_Version: components["schemas"]["Problem"] & {
            current: components["schemas"]["VersionSummary"] & {
                config: Record<string, never>;
                source_code: string;
            };
        };
        /** @description A strategy as its owner sees it. */
        Strategy: {
            /** @description `null` lets every pair through. */
            allowed_pairs?: string[] | null;
            /** Format: uuid */
            broker_connection_id: string;
            /** Format: date-time */
            created_at: string;
            /** Format: double */
            default_sl_pips?: number | null;
            /** Format: double */
            default_tp_pips?: number | null;
            /**
             * Format: double
             * @description Lots, where the alert says neither volume nor risk.
             */
            default_volume?: number | null;
            /** Format: uuid */
            id: string;
            is_enabled: boolean;
            /** Format: int64 */
            magic_number: number;
            /**
             * Format: int32
             * @description Older entries are discarded; `null` lets them wait for ever. Exits never expire.
             */
            max_signal_age_seconds?: number | null;
            name: string;
            /**
             * Format: date-time
             * @description Until then the secret before this one works too.
             */
            previous_secret_expires_at?: string | null;
            /** Format: double */
            risk_override_pct?: number | null;
            /** Format: date-time */
            updated_at: string;
            webhook_secret: string;
            /** @description The address to paste into TradingView. */
            webhook_url: string;
        };
        /** @description What changes; a field that is not sent stays, `null` clears one. */
        StrategyChange: {
            allowed_pairs?: string[] | null;
            /** Format: uuid */
            broker_connection_id?: string | null;
            /** Format: double */
            default_sl_pips?: number | null | string;
            /** Format: double */
            default_tp_pips?: number | null | string;
            /** Format: double */
            default_volume?: number | null | string;
            is_enabled?: boolean | null;
            /** Format: int32 */
            max_signal_age_seconds?: number | null;
            name?: string | null;
            /** Format: double */
            risk_override_pct?: number | null | string;
        };
        Terminal: {
            /** Format: int64 */
            build?: number | null;
            connected?: boolean | null;
            trade_allowed?: boolean | null;
        };
        /**
         * @description How an alert's text is written.
         * @enum {string}
         */
        TextDialect: "json" | "pineconnector" | "traderspost" | "plain";
        /** @description A quote at a moment. */
        Tick: {
            /** Format: double */
            ask: number | string;
            /** Format: double */
            bid: number | string;
            /**
             * Format: date-time
             * @description UTC; the server's clock where it is absent.
             */
            ts?: string | null;
        };
        TradeEvent: {
            /**
             * Format: uuid
             * @description `null` once the broker connection is deleted.
             */
            broker_connection_id?: string | null;
            /** @description The broker's. */
            comment?: string | null;
            /** Format: date-time */
            created_at: string;
            direction?: components["schemas"]["Direction"] | null;
            /** Format: double */
            entry_price?: number | null;
            event_type: components["schemas"]["TradeEventType"];
            /** Format: double */
            exit_price?: number | null;
            external_deal_id?: string | null;
            external_order_id?: string | null;
            external_position_id?: string | null;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            job_id?: string | null;
            /** Format: int64 */
            magic_number?: number | null;
            notes?: string | null;
            /**
             * Format: double
             * @description With swap, commission and fee, in the account's currency. What opening cost is below zero.
             */
            profit_loss?: number | null;
            /** @description Why an order was rejected. */
            reason_code?: string | null;
            /** Format: uuid */
            signal_id?: string | null;
            /** Format: double */
            sl?: number | null;
            symbol?: string | null;
            /** Format: double */
            tp?: number | null;
            /**
             * Format: double
             * @description Lots.
             */
            volume?: number | null;
        };
        /**
         * @description What happened.
         * @enum {string}
         */
        TradeEventType: "order_placed" | "order_closed" | "order_rejected" | "position_opened" | "position_closed" | "manual_trade";
        /** @description What the events of an account come to. */
        TradeTotals: {
            /**
             * Format: uuid
             * @description `null` for all accounts whose broker connection is deleted.
             */
            broker_connection_id?: string | null;
            /**
             * Format: int64
             * @description Deals that closed a position, or a part of one.
             */
            closed: number;
            /** @description `null` where no agent ever reported the account. */
            currency?: string | null;
            /** Format: int64 */
            lost: number;
            name?: string | null;
            /**
             * Format: double
             * @description Of closed positions, and what opening some cost.
             */
            profit_loss: number;
            /** Format: int64 */
            won: number;
        };
        /**
         * @description Which orders pass.
         * @enum {string}
         */
        TradingMode: "active" | "reducing" | "halted";
        Version: components["schemas"]["VersionSummary"] & {
            config: Record<string, never>;
            source_code: string;
        };
        /** @description What changes; a field that is not sent stays. */
        VersionChange: {
            /** @description Takes the place of the whole configuration. */
            config?: Record<string, never> | null;
            /** @description At most 2 MiB. */
            source_code?: string | null;
        };
        /**
         * @description How far a version is.
         * @enum {string}
         */
        VersionStatus: "draft" | "compiling" | "compiled" | "failed";
        /** @description A version without its source. */
        VersionSummary: {
            artifacts: components["schemas"]["Artifact"][];
            /** @description The compiler's errors, a line each. */
            compilation_error?: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            ea_project_id: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Bytes of source code.
             */
            source_bytes: number;
            status: components["schemas"]["VersionStatus"];
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: int32
             * @description Counted from 1 in each project.
             */
            version_number: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_agents: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description How many items at most, 1 to 200; 50 unless told. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Agent"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_agents: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the same agent */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAgent"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PairedAgent"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_agents_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The agent */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_agents_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The agent */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_agents_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The agent */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgentChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_agents_id_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The agent */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountReport"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many jobs wait, counted to ten */
                    "X-Jobs-Waiting"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountReported"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The agent belongs to no broker connection */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_agents_id_heartbeat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The agent */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Heartbeat"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many jobs wait, counted to ten */
                    "X-Jobs-Waiting"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Beat"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_agents_id_jobs_job_id_result: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The agent */
                id: string;
                /** @description The job */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobResult"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many jobs wait, counted to ten */
                    "X-Jobs-Waiting"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acknowledged"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another result is stored, or it is of another attempt */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_agents_id_jobs_next: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The agent */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many more wait, counted to ten */
                    "X-Jobs-Waiting"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claimed"];
                };
            };
            /** @description Nothing to do */
            204: {
                headers: {
                    /** @description 0 */
                    "X-Jobs-Waiting"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_agents_id_prices: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The agent */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Push"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many jobs wait, counted to ten */
                    "X-Jobs-Waiting"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pushed"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_agents_id_rotate_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The agent */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PairedAgent"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_auth_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The user is gone */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_socket_ticket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SocketTicket"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_broker_connections: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description How many items at most, 1 to 200; 50 unless told. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_BrokerConnection"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_broker_connections: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the same connection */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewConnection"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BrokerConnection"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_broker_connections_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The broker connection */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Strategies trade over it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_broker_connections_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The broker connection */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectionChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BrokerConnection"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_deployments: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description How many items at most, 1 to 200; 50 unless told. */
                limit?: number;
                /** @description Only of this agent. */
                mt5_agent_id?: string;
                /** @description Only in this state. */
                status?: components["schemas"]["DeploymentStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Deployment"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_deployments: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the same deployment */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDeployment"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The version is not compiled, or the chart is in use */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_deployments_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The deployment */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_deployments_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The deployment */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It is running or about to */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_deployments_id_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The deployment */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The chart is in use, or the agent was deleted */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_deployments_id_stop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The deployment */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The agent is just starting it, or was deleted */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ea_artifacts_id_download: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The file, as a version's artifacts name it */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedUrl"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ea_projects: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description How many items at most, 1 to 200; 50 unless told. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Project"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_ea_projects: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the same project */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProject"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ea_projects_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_ea_projects_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A deployment of it is running or about to */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_ea_projects_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_ea_projects_id_generate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project that gets the version */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Request"];
            };
        };
        responses: {
            /** @description `token` … and one `version` or `error` */
            200: {
                headers: {
                    /** @description no-cache */
                    "Cache-Control"?: string;
                    /** @description no */
                    "X-Accel-Buffering"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Today's generations are used up */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_ea_projects_id_generate_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The project */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ea_projects_id_versions: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description How many items at most, 1 to 200; 50 unless told. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The project */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_VersionSummary"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_ea_projects_id_versions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the same version */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The project */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewVersion"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description Of this state, for If-Match */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ea_versions_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The version */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Of this state, for If-Match */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_ea_versions_id: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the state that was edited, or * */
                "If-Match": string;
            };
            path: {
                /** @description The version */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VersionChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Of this state, for If-Match */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It is no draft */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Saved elsewhere in between */
            412: {
                headers: {
                    /** @description Of what is stored now */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Stale_Version"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Without If-Match */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_ea_versions_id_compile: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the same version and job */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The version whose source is compiled */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Compilation"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no agent that could compile */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no source to compile */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    get_jobs_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_onboarding_disclaimer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Disclaimer"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_onboarding_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OnboardingStatus"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    get_prices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Price"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_prices_instrument_candles: {
        parameters: {
            query: {
                /** @description Only those that begin before (RFC 3339, UTC); `next_cursor` of the candles after them. */
                before?: string;
                /** @description How many at most, 1 to 1000; 200 unless told. */
                limit?: number;
                timeframe: "M1" | "M5" | "M15" | "M30" | "H1" | "H4" | "D1";
            };
            header?: never;
            path: {
                /** @description 1 to 32 letters, digits and . _ # & + - */
                instrument: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Candle"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_profile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_profile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_signals: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description How many items at most, 1 to 200; 50 unless told. */
                limit?: number;
                /** @description Only in this state. */
                status?: components["schemas"]["SignalStatus"];
                /** @description Only of this strategy. */
                strategy_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Signal"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_signals_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The signal */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Signal"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_strategies: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description How many items at most, 1 to 200; 50 unless told. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Strategy"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_strategies: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the same strategy */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewStrategyInput"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Strategy"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_strategies_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The strategy */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Strategy"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_strategies_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The strategy */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_strategies_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The strategy */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StrategyChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Strategy"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_strategies_id_alert_text: {
        parameters: {
            query: {
                dialect: components["schemas"]["TextDialect"];
                kind: components["schemas"]["AlertKind"];
            };
            header?: never;
            path: {
                /** @description The strategy */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertText"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_strategies_id_explain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The strategy */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Question"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_strategies_id_rotate_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The strategy */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rotation"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Strategy"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_trading_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AccountState"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_trading_flatten: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flattened"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_trading_history: {
        parameters: {
            query?: {
                /** @description Only on this account. */
                broker_connection_id?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only of this kind. */
                event_type?: components["schemas"]["TradeEventType"];
                /** @description Not before this time (RFC 3339, UTC). */
                from?: string;
                /** @description How many items at most, 1 to 200; 50 unless told. */
                limit?: number;
                /** @description Only in this symbol, exactly so spelled. */
                symbol?: string;
                /** @description Before this time (RFC 3339, UTC). */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_trading_orders: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key places the same order */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrder"];
            };
        };
        responses: {
            /** @description It was placed before */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No agent serves the broker connection (`no_agent`), or the risk gate refuses it; `code` is the one of a discarded signal */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_trading_positions: {
        parameters: {
            query?: {
                /** @description Only on this account. */
                broker_connection_id?: string;
                /** @description Only in this symbol, as the broker spells it. */
                symbol?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Position"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_trading_positions_ticket_close: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the same job */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The position's */
                ticket: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClosePosition"];
            };
        };
        responses: {
            /** @description It was on its way before */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description No or bad credentials */
            401: {
                headers: {
                    /** @description Which credentials are wanted: `Bearer` or `AgentKey` */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The risk gate lets no exit pass: `halted` or `broker_connection_inactive` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Larger than the operation takes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid; `errors` names the fields */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something we depend on is down; nothing was changed */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_webhooks_tv_webhook_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The strategy's secret */
                webhook_secret: string;
            };
            cookie?: never;
        };
        /** @description The alert message */
        requestBody: {
            content: {
                "application/json": unknown;
                "text/plain": string;
            };
        };
        responses: {
            /** @description Understood and logged, also when it was discarded */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Received"];
                };
            };
            /** @description Not there, or not yours */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Payload Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody can read it; logged as discarded */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not stored; send it again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
