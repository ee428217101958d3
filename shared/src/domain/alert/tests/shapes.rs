//! The payloads of `facts/tradingview.md`, by its row numbers, and their families: body, then the order or `! reason`.

use super::check;

pub(super) const SHAPES: &[(&str, &str)] = &[
    // Canonical
    (r#"{"symbol":"EURUSD","action":"buy"}"#, "buy EURUSD"),
    (
        r#"{"symbol":"EURUSD","action":"sell","price":1.0850,"volume":0.10,"sl":1.0900,"tp":1.0750,"id":"a-1","time":"2026-01-31T09:30:00Z","position":"short"}"#,
        "sell EURUSD price=1.085 volume=0.1 sl=1.09 tp=1.075 id=a-1 time=2026-01-31T09:30:00Z position=short",
    ),
    (
        r#"{"symbol":"EURUSD","action":"buy","risk_pct":"1.5","sl_pips":20,"tp_pips":40.5,"id":7,"time":1769851800}"#,
        "buy EURUSD risk_pct=1.5 sl_pips=20 tp_pips=40.5 id=7 time=2026-01-31T09:30:00Z",
    ),
    (
        r#"{"symbol":"EURUSD","action":"close","volume":0.05}"#,
        "close EURUSD volume=0.05",
    ),
    // 1
    (
        "60123456789,sell,GBPJPY,sl=50,risk=1",
        "sell GBPJPY risk_pct=1 sl_pips=50",
    ),
    (
        "60123456789 , sell , GBPJPY , sl=50 , risk=1",
        "sell GBPJPY risk_pct=1 sl_pips=50",
    ),
    ("60123456789,closelong,GBPUSD", "close GBPUSD of=long"),
    (
        "60123456789,bullish,US30.Cash,vol_lots=0.01",
        "buy US30.Cash volume=0.01",
    ),
    ("60123456789,buy,AUDUSD,risk=0.1", "! ambiguous_value"),
    ("60123456789,buy,AUDUSD,risk=50,sl=20", "! ambiguous_value"),
    ("60123456789,buy,EURUSD,vol_lots=0.1,sl=1.0800", "! ambiguous_value"),
    ("60123456789,buy,XAUUSD,vol_lots=0.1,sl=1950", "! ambiguous_value"),
    ("60123456789,buy,EURUSD,vol_lots=0.1,sl=1", "! ambiguous_value"),
    (
        "60123456789,buy,EURUSD,vol_lots=0.1,sl=1.0800,price=1.0850",
        "buy EURUSD price=1.085 volume=0.1 sl=1.08",
    ),
    (
        "60123456789,buy,EURUSD,vol_lots=0.1,sl_price=1.0800",
        "buy EURUSD volume=0.1 sl=1.08",
    ),
    // 2
    (
        "60123456789,BUY,EURUSD,vol_lots=0.10,sl_pips=20,tp_pips=40,secret=abc123",
        "buy EURUSD volume=0.1 sl_pips=20 tp_pips=40",
    ),
    (
        "60123456789,BUY,US100.cash,vol_lots=0.10,betrigger=7,beoffset=0",
        "! unsupported_field",
    ),
    (
        "60123456789,BUY,US100.cash,vol_lots=0.10,betrigger=0,beoffset=0",
        "buy US100.cash volume=0.1",
    ),
    ("60123456789,BUY,EURUSD,vol_dollar=50,sl_pips=20", "! unsupported_field"),
    ("60123456789,BUY,EURUSD,vol_lots=0.1,sl_pct=1", "! unsupported_field"),
    (
        "60123456789,BUY,EURUSD,vol_lots=0.1,trailtrig=10,traildist=5",
        "! unsupported_field",
    ),
    (
        "60123456789,BUY,EURUSD,vol_lots=0.1,atrtrigger=1",
        "! unsupported_field",
    ),
    ("60123456789,BUY,EURUSD,vol_lots=0.1,spread=2", "! unsupported_field"),
    (
        "60123456789,BUY,EURUSD,vol_lots=0.1,accfilter=1000",
        "! unsupported_field",
    ),
    (
        "60123456789,BUY,EURUSD,vol_lots=0.1,comment=\"a, b=c\"",
        "buy EURUSD volume=0.1",
    ),
    // 3
    ("60123456789,closelong,EURUSD", "close EURUSD of=long"),
    ("60123456789,closeshort,EURUSD,risk=1,sl=abc", "close EURUSD of=short"),
    ("60123456789,closelongpct,EURUSD,risk=50", "! unsupported_command"),
    ("60123456789,newsltplong,EURUSD,sl=20", "! unsupported_command"),
    ("60123456789,buystop,EURUSD,price=10,risk=1", "! unsupported_command"),
    ("60123456789,selllimit,EURUSD,price=10,risk=1", "! unsupported_command"),
    ("60123456789,closelongsell,EURUSD,risk=1", "! unsupported_command"),
    ("60123456789,cancellong,EURUSD", "! unsupported_command"),
    ("60123456789,eaoff", "! unsupported_command"),
    ("60123456789,eaoff,eaoff", "! unsupported_command"),
    ("60123456789,closeall", "! unsupported_command"),
    ("60123456789,buy,sell,EURUSD", "! several_commands"),
    ("60123456789,buy", "! no_symbol"),
    ("60123456789,EURUSD,risk=1", "! unknown_action"),
    ("60123456789,frobnicate,EURUSD", "! unknown_action"),
    ("buy,60123456789,EURUSD", "! not_an_alert"),
    ("60123456789,buy,EURUSD,0.1", "! not_an_alert"),
    // 4
    (
        r#"{"ticker":"OANDA:EURUSD","action":"buy","sentiment":"long","quantity":"0.5","price":"1.0850","time":"2026-01-31T09:30:00Z","interval":"15"}"#,
        "buy EURUSD price=1.085 volume=0.5 time=2026-01-31T09:30:00Z position=long",
    ),
    (
        r#"{"ticker":"EURUSD","action":"sell","sentiment":"flat","quantity":"100000","price":"1.0850"}"#,
        "close EURUSD of=long price=1.085 position=flat",
    ),
    (
        r#"{"ticker":"EURUSD","action":"buy","sentiment":"flat"}"#,
        "close EURUSD of=short position=flat",
    ),
    (r#"{"ticker":"EURUSD","action":"exit"}"#, "close EURUSD"),
    (r#"{"ticker":"{{ticker}}","action":"buy"}"#, "! placeholder_left"),
    (
        r#"{"ticker":"EURUSD","action":"{{strategy.order.action}}"}"#,
        "! placeholder_left",
    ),
    (
        r#"{"ticker":"EURUSD","action":"sell","sentiment":"{{strategy.market_position}}"}"#,
        "! placeholder_left",
    ),
    (
        r#"{"ticker":"EURUSD","action":"buy","sl":"{{plot_1}}"}"#,
        "! placeholder_left",
    ),
    (
        r#"{"ticker":"EURUSD","action":"buy","quantity":"{{strategy.order.contracts}}","price":"{{close}}","time":"{{timenow}}","interval":"{{interval}}"}"#,
        "buy EURUSD",
    ),
    // 5
    (
        r#"{"ticker":"EURUSD","action":"buy","takeProfit":{"percent":10}}"#,
        "! unsupported_field",
    ),
    (
        r#"{"ticker":"EURUSD","action":"buy","stopLoss":{"type":"stop","percent":5}}"#,
        "! unsupported_field",
    ),
    (
        r#"{"ticker":"EURUSD","action":"buy","stopLoss":{"type":"trailing_stop","price":1.08}}"#,
        "! unsupported_field",
    ),
    (
        r#"{"ticker":"EURUSD","action":"buy","stopLoss":{"type":"stop","stopPrice":1.08},"takeProfit":{"limitPrice":1.1}}"#,
        "buy EURUSD sl=1.08 tp=1.1",
    ),
    (
        r#"{"ticker":"EURUSD","action":"buy","quantity":1,"quantityType":"risk_percent","sl_pips":20}"#,
        "buy EURUSD risk_pct=1 sl_pips=20",
    ),
    (
        r#"{"ticker":"EURUSD","action":"buy","quantity":10,"quantityType":"percent_of_equity"}"#,
        "! unsupported_field",
    ),
    (
        r#"{"ticker":"EURUSD","action":"exit","quantity":50,"quantityType":"percent_of_position"}"#,
        "! unsupported_field",
    ),
    (r#"{"ticker":"EURUSD","action":"cancel"}"#, "! unsupported_command"),
    (r#"{"ticker":"EURUSD","action":"add"}"#, "! unsupported_command"),
    (
        r#"{"ticker":"EURUSD","action":"buy","orderType":"limit","limitPrice":1.08}"#,
        "! unsupported_command",
    ),
    (
        r#"{"ticker":"EURUSD","action":"buy","orderType":"market"}"#,
        "buy EURUSD",
    ),
    // 6
    (
        r#"{"secret":"s3cr3t","max_lag":"300","timestamp":"2026-01-31T09:30:00Z","trigger_price":"1.0850","tv_exchange":"OANDA","tv_instrument":"EURUSD","action":"sell","bot_uuid":"b","strategy_info":{"market_position":"flat","market_position_size":"0","prev_market_position":"long","prev_market_position_size":"2"},"order":{"amount":"2","currency_type":"base"}}"#,
        "close EURUSD of=long price=1.085 time=2026-01-31T09:30:00Z position=flat",
    ),
    (
        r#"{"tv_instrument":"EURUSD","action":"buy","strategy_info":{"market_position":"long"},"order":{"amount":"100","currency_type":"base"}}"#,
        "! unsupported_field",
    ),
    // 8
    (
        "BUY, EURUSD, VOL=0.1, SL=20, TP=40, TPSLType=PIPS",
        "buy EURUSD volume=0.1 sl_pips=20 tp_pips=40",
    ),
    (
        "BUY, EURUSD, VOL=0.1, SL=1.08, TP=1.10, TPSLType=PRICE",
        "buy EURUSD volume=0.1 sl=1.08 tp=1.1",
    ),
    (
        "BUY, EURUSD, VOL=0.1, SL=20, TP=40, TPSLType=POINTS",
        "! unsupported_field",
    ),
    ("CLOSE, EURUSD, SIDE=BUY", "close EURUSD of=long"),
    ("CLOSE, EURUSD, SIDE=SELL", "close EURUSD of=short"),
    ("CLOSE, {{ticker}}, SIDE=BUY", "! placeholder_left"),
    ("CLOSE, EURUSD\nBUY, EURUSD, VOL=0.1", "! several_commands"),
    ("BUY, EURUSD, VOL=0.1\r\n\r\n# the end\r\n", "buy EURUSD volume=0.1"),
    ("BUY, BINANCE:ETHUSDT, VOL=0.1", "buy ETHUSDT volume=0.1"),
    // 11
    ("LICENSE_ID,BUY,EURUSD,secret=WEBHOOK_SECRET", "buy EURUSD"),
    ("LICENSE_ID,BUY", "! no_symbol"),
    // 12
    (
        "signal=long,symbol=EURUSD,qty=100000,entry_price=1.0850,sl_price=1.0800,tp_price=1.0950,strategy=sflow-v2,secret=abc",
        "! volume_out_of_range",
    ),
    (
        "signal=long,symbol=EURUSD,lots=0.1,entry_price=1.0850,sl_price=1.0800,tp_price=1.0950,strategy=sflow-v2,secret=abc,tv_price=1.0851,tv_time=2026-01-31T09:30:00Z",
        "buy EURUSD price=1.085 volume=0.1 sl=1.08 tp=1.095 time=2026-01-31T09:30:00Z",
    ),
    (
        "{{strategy.order.alert_message}},tv_price=1.08,tv_time=2026-01-31T09:30:00Z",
        "! unknown_action",
    ),
    // 13
    (
        r#"{"ticker":"EURUSD","price": 1.0850,"strategy":{"order_action":"buy"},"long SL": 1.0800,"long TP": 1.10,"short SL": NaN,"passphrase":"abcdefg"}"#,
        "buy EURUSD price=1.085 sl=1.08 tp=1.1",
    ),
    (
        "{\"ticker\": OANDA:EURUSD,\n \"action\": sell, \"price\": 1.0850, \"short SL\": 1.09, \"long SL\": 1.08, \"passphrase\":\"abcdefg\"}",
        "sell EURUSD price=1.085 sl=1.09",
    ),
    (r#"{"ticker": {{ticker}}, "action":"buy"}"#, "! placeholder_left"),
    (
        r#"{"ticker": "EURUSD", "action":"buy", "price": {{strategy.order.price}}, "long SL": {{plot("Long SL")}}}"#,
        "! placeholder_left",
    ),
    (
        r#"{"ticker": "EURUSD", "action":"buy", "price": {{close}}, "long TP": {{plot("Long TP")}}}"#,
        "buy EURUSD",
    ),
    (r#"{"ticker": EUR"USD, "action":"buy"}"#, "! bad_json"),
    (r#"{"ticker": "EURUSD", "action":"buy",}"#, "buy EURUSD"),
    // 15
    (
        r#"{"key":"9T2q394M92","telegram":"-100123","msg":"Long *#BTCUSDT* at `50000`"}"#,
        "! not_an_alert",
    ),
    // 17
    ("mykey|strategy name|buy|BTCUSDT", "buy BTCUSDT"),
    (
        "mykey|strategy name|{{strategy.order.action}}|BTCUSDT",
        "! unknown_action",
    ),
    ("mykey|strategy name|buy|{{ticker}}", "! placeholder_left"),
    // 18
    (
        "strategy_name:V2-RSI,strategy_params:(84, 12, close, 12),order_action:buy,contracts:1,ticker:BINANCE:BTCUSDT,position_size:1",
        "buy BTCUSDT volume=1 position=long",
    ),
    (
        "strategy_name:V2-RSI,strategy_params:(84, 12, close, 12),order_action:sell,contracts:1,ticker:BTCUSDT,position_size:0",
        "close BTCUSDT of=long position=flat",
    ),
    (
        "strategy_params:(84, 12,order_action:sell,ticker:BTCUSDT",
        "! not_an_alert",
    ),
    // 20
    ("ENTER-LONG_Bybit_ETHUSDT_BOT-NAME_1M_8b9f", "! not_an_alert"),
    (
        r#"{"code":"ENTER-LONG_Bybit_ETHUSDT_BOT-NAME_1M_8b9f"}"#,
        "! not_an_alert",
    ),
    // 21
    (
        r#"{"symbol":"EURUSD","type":"POSITION_TYPE_BUY","time":"2026-01-31T09:30:00.000Z","volume":0.01,"stopLoss":1.08,"takeProfit":1.1}"#,
        "buy EURUSD volume=0.01 sl=1.08 tp=1.1 time=2026-01-31T09:30:00Z",
    ),
    (
        r#"{"symbol":"EURUSD","type":"ORDER_TYPE_BUY_LIMIT","volume":0.01}"#,
        "! unsupported_command",
    ),
    // 24
    (
        r#"{"topic":"hbot/x/external/events/y","sequence":"2026-01-31T09:30:00Z","data":{"a":1}}"#,
        "! not_an_alert",
    ),
    // 25
    ("BUY RELIANCE 2950", "buy RELIANCE price=2950"),
    ("BUY EURUSD 0.1 lots", "buy EURUSD volume=0.1"),
    ("BUY EURUSD 0.1", "! ambiguous_value"),
    ("BUY EURUSD lots 0.1", "buy EURUSD volume=0.1"),
    ("CLOSE RELIANCE 2950", "! ambiguous_value"),
    ("BUY RELIANCE {{close}}", "! not_an_alert"),
    // 27
    (
        r#"{"type":"stop-loss","side":"sell","amount":"100","symbol":"BCH/EUR","price":"321","leverage":"2","key":"k"}"#,
        "! unsupported_command",
    ),
    (
        r#"{"type":"market","side":"sell","amount":"1","symbol":"BCH/EUR","price":"321","leverage":"2","key":"k"}"#,
        "sell BCHEUR price=321 volume=1",
    ),
    // The widespread nested template
    (
        r#"{"passphrase":"p","time":"2026-01-31T09:30:00Z","exchange":"OANDA","ticker":"EURUSD","bar":{"time":"2026-01-31T09:15:00Z","open":1.08,"high":1.09,"low":1.07,"close":1.085,"volume":12345},"strategy":{"position_size":1,"order_action":"buy","order_contracts":1,"order_price":1.0849,"order_id":"Long","market_position":"long","market_position_size":1,"prev_market_position":"short","prev_market_position_size":1}}"#,
        "buy EURUSD price=1.0849 volume=1 time=2026-01-31T09:30:00Z position=long",
    ),
    (
        r#"{"secret":"x","message":"BUY,EURUSD,sl_pips=20"}"#,
        "buy EURUSD sl_pips=20",
    ),
    (
        r#"{"message":"{\"symbol\":\"EURUSD\",\"action\":\"sell\"}"}"#,
        "sell EURUSD",
    ),
    (
        r#"{"data":{"order":{"action":"buy","symbol":"EURUSD","id":"Long"}}}"#,
        "buy EURUSD",
    ),
    (r#"[{"symbol":"EURUSD","action":"buy"}]"#, "buy EURUSD"),
    (
        r#"[{"symbol":"EURUSD","action":"buy"},{"symbol":"GBPUSD","action":"buy"}]"#,
        "! several_commands",
    ),
    (
        r#"{"orders":[{"symbol":"EURUSD","action":"buy"},{"symbol":"GBPUSD","action":"buy"}]}"#,
        "! several_commands",
    ),
    (
        r#"{"symbol":"EURUSD","action":"buy"} {"symbol":"GBPUSD","action":"buy"}"#,
        "! several_commands",
    ),
    (r#""BUY EURUSD""#, "buy EURUSD"),
    (r#""{\"symbol\":\"EURUSD\",\"action\":\"buy\"}""#, "buy EURUSD"),
    // Plain words and pairs
    ("buy EURUSD", "buy EURUSD"),
    (
        "ENTER LONG EURUSD @ 1.0850 SL 1.0800 TP 1.0950",
        "buy EURUSD price=1.085 sl=1.08 tp=1.095",
    ),
    (
        "BUY EURUSD\nSL: 1.0800\nTP: 1.0950\nPrice: 1.0850",
        "buy EURUSD price=1.085 sl=1.08 tp=1.095",
    ),
    ("symbol: EURUSD\naction: buy\nlots: 0.1", "buy EURUSD volume=0.1"),
    ("symbol=EURUSD&action=buy&volume=0.1", "buy EURUSD volume=0.1"),
    ("symbol = EURUSD action = buy", "buy EURUSD"),
    ("close long EURUSD", "close EURUSD of=long"),
    ("Buy the dip", "! not_an_alert"),
    ("sell everything", "! not_an_alert"),
    ("I would not buy EURUSD now", "! not_an_alert"),
    ("BUY EURUSD 1,0850", "! not_an_alert"),
    ("BUY,EURUSD,sl=1,0850", "! not_an_alert"),
    ("EURUSD crossed 1.0850", "! not_an_alert"),
    ("", "! empty"),
    ("\u{feff} \r\n\t", "! empty"),
    ("# nothing", "! empty"),
    ("{}", "! not_an_alert"),
    ("null", "! not_an_alert"),
    ("{", "! bad_json"),
];

#[test]
fn every_known_shape_is_read_right_or_refused_with_its_reason() {
    check(SHAPES);
}
