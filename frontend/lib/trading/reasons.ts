/** Machine words of the backend and the agent, in plain ones: what happened, and where something can be done, what. */
const WORDS = {
  // An alert or order that a rule stopped.
  strategy_disabled: "The strategy is switched off. Enable it to trade its alerts.",
  halted: "Trading mode is halted: nothing is sent.",
  live_not_allowed: "The account is a real one, and the agent was not allowed to trade real money.",
  old_price: "The price at the terminal was too old to trade on.",
  limit_spread: "The spread was wider than the limit on the agent’s machine.",
  limit_lot: "More lots than the limit on the agent’s machine.",
  limit_open_positions: "As many positions are open as the limit on the agent’s machine allows.",
  path_with_spaces: "A folder of the terminal has spaces in its name, which the compiler cannot take.",
  reducing: "Trading mode is reducing: only exits are sent.",
  broker_connection_inactive: "The broker connection is switched off.",
  disclaimer_not_accepted: "The risk disclaimer is not accepted yet.",
  pair_not_allowed: "This pair is not among the strategy's allowed pairs.",
  stale: "The alert was older than the strategy takes when it arrived.",
  max_lot_size: "More lots than the largest order your settings allow.",
  no_stop_for_risk: "The volume should follow from the risk, but no stop is known.",
  max_open_positions: "As many positions are open as your settings allow.",
  daily_loss_limit: "The day's loss limit is reached: no entries until your midnight.",
  no_agent: "No agent serves this account. Pair one with the broker connection.",
  no_broker_connection: "The agent serves no broker connection.",

  // An alert nobody could read.
  empty: "The alert was empty.",
  not_an_alert: "The text is no alert in any form we know.",
  bad_json: "The alert begins like JSON but is none. Check quotes and commas.",
  no_symbol: "The alert names no symbol.",
  no_action: "The alert names no action: buy, sell or close.",
  unknown_action: "The alert's action is not one we know.",
  ambiguous_action: "The alert names two different actions.",
  ambiguous_symbol: "The symbol could be several. Choose one in the symbol map or name one only.",
  ambiguous_value: "The alert gives two values for one number or time.",
  contradicts_position: "The alert's action contradicts the position it names.",
  unknown_position: "The alert's position is not long, short or flat.",
  several_commands: "The alert holds several commands. Send one at a time.",
  unsupported_command: "The alert's command is not supported.",
  unsupported_field: "The alert asks for something that is not supported.",
  placeholder_left: "TradingView left a placeholder unfilled.",
  bad_symbol: "The symbol cannot be a symbol.",
  bad_number: "A number in the alert cannot be read.",
  bad_stops: "Stop loss or take profit cannot be read, or stand on the wrong side.",
  bad_time: "The alert's time cannot be read.",
  bad_id: "The alert's id cannot be used.",
  volume_out_of_range: "The volume looks like units, not lots.",

  // A job that ended before it was done.
  expired: "No agent took it in time, so it was not sent.",
  lease_expired:
    "The agent took it and was not heard of again. Look into the terminal before sending it anew.",
  withdrawn: "It was withdrawn before an agent took it.",
  cancelled: "It was cancelled.",
  agent_deleted: "Its agent was deleted.",
  project_deleted: "Its project was deleted.",

  // The agent and its terminal.
  trading_halted: "Trading is halted: the agent sent nothing.",
  trading_reducing: "Trading is set to reducing: the agent sends exits only.",
  terminal_disconnected: "The terminal is not connected to the broker.",
  terminal_refused: "The terminal did not send the order.",
  algo_trading_disabled: "Algorithmic trading is off. Press Algo Trading in the terminal.",
  algo_trading_disabled_by_broker: "The broker forbids algorithmic trading on this account.",
  python_api_disabled: "The terminal's options forbid trading by the external Python API.",
  trade_disabled: "This login or symbol may not be traded.",
  unknown_symbol: "The broker has no such symbol. Name it in the symbol map.",
  invalid_input: "The agent could not read the job.",
  internal_error: "The agent stumbled; its log says more.",
  unsupported_job_type: "This agent is too old for the job. Update it.",
  unknown_outcome: "It may have been executed or not. Look into the terminal before sending it anew.",
  duplicate_comment: "An order with this mark was sent before.",
  too_many_positions: "Too many positions for one order to close. Send it again for the rest.",

  // Sizes and stops.
  no_volume: "Neither a volume nor a risk was given.",
  stop_required: "A risk in percent needs a stop loss.",
  invalid_stops: "Stop loss or take profit were not accepted, or stand on the wrong side of the price.",
  volume_too_small: "The volume is below the broker's minimum.",
  invalid_volume: "The broker does not accept this volume for the symbol.",
  invalid_close_volume: "More to close than the position has.",

  // The broker's refusals.
  requote: "The price moved beyond the allowed deviation each time the order was sent.",
  price_changed: "The price changed each time the order was sent.",
  no_quotes: "The broker has no quotes for the symbol at the moment.",
  invalid_price: "The broker did not accept the price.",
  invalid_request: "The terminal found the order invalid.",
  invalid_order: "The broker found the order's type invalid or prohibited.",
  invalid_expiration: "The broker did not accept the order's expiration.",
  rejected_by_broker: "The broker rejected the order.",
  cancelled_in_terminal: "The order was cancelled in the terminal.",
  market_closed: "The market for this symbol is closed.",
  no_money: "Not enough free margin for this order.",
  order_changed: "The order changed while it was being handled.",
  order_locked: "The order is locked for processing.",
  order_frozen: "The price is too near to the stops: order or position is frozen.",
  too_many_requests: "The broker is getting too many requests from this account.",
  no_changes: "The order would have changed nothing.",
  filling_refused: "The broker accepts none of the filling modes for this symbol.",
  only_real: "The broker allows this on real accounts only.",
  limit_orders: "The broker's limit of pending orders is reached.",
  limit_volume: "The broker's limit of volume in this symbol is reached.",
  limit_positions: "The broker's limit of open positions is reached.",
  position_closed: "The position is closed already.",
  close_order_exists: "Another order is closing this position already.",
  long_only: "Only buying is allowed in this symbol.",
  short_only: "Only selling is allowed in this symbol.",
  close_only: "Only closing is allowed in this symbol.",
  fifo_close: "The broker closes positions only in the order they were opened.",
  hedge_prohibited: "The broker forbids opposite positions in one symbol.",

  // Expert advisors: compilation and deployment.
  compile_failed: "The compiler found errors.",
  compile_timeout: "The compiler did not finish in time.",
  compiler_missing: "MetaEditor cannot be started on the agent's machine.",
  compiler_silent: "MetaEditor ended without a word.",
  unreadable_source: "The source is empty or not a text.",
  unsafe_source: "The program names files it must not name.",
  unsafe_file_name: "The program's file name is not allowed.",
  dll_refused: "The program imports a DLL, which could do anything on the machine.",
  file_too_large: "The file is too large.",
  file_not_written: "The agent's machine could not write the file.",
  download_failed: "The file could not be fetched in time.",
  download_refused: "The storage refused the file.",
  upload_failed: "The file could not be stored in time.",
  upload_refused: "The storage did not take the file.",
  checksum_mismatch: "The file is not the one that was compiled, so it was not placed.",
  not_an_expert: "The file is no compiled MQL5 program.",
  not_deployed: "The program is not on this machine any more. Deploy it again.",
  expert_not_loaded: "The terminal did not load the program. Refresh its Navigator, then run it again.",
  chart_not_opened: "The terminal could not open another chart.",
  chart_not_closed: "The terminal did not close the program's chart.",
  template_refused: "The terminal did not take the chart's template.",
  bridge_missing: "ForexEliteBridge is missing beside the agent.",
  bridge_not_compiled: "ForexEliteBridge could not be compiled.",
  bridge_not_running: "ForexEliteBridge is not running in the terminal.",
  bridge_refused: "ForexEliteBridge refused.",
  bridge_timeout: "ForexEliteBridge did not answer. Look into the terminal's Experts tab.",
  not_windows: "MetaTrader runs on Windows only.",
} as const satisfies Record<string, string>;

export type ReasonCode = keyof typeof WORDS;

export function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(WORDS, code);
}

/**
 * The reason in plain words. What the server or the agent said of this very case follows where the code is unknown: a
 * newer agent may know words that this dashboard does not.
 */
export function reasonInWords(code: string | null | undefined, message?: string | null): string | null {
  if (code != null && isReasonCode(code)) return WORDS[code];
  if (message) return message;
  return code ? `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll("_", " ")}.` : null;
}
