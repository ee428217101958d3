//+------------------------------------------------------------------+
//| Channel breakout                                                 |
//+------------------------------------------------------------------+
#property version     "1.00"
#property description "Follows a close outside the range of the last bars, with a trailing stop."

#include <Trade/Trade.mqh>

input group "Signal"
input int    InpChannelBars = 20;     // Bars of the channel
input double InpConfirmAtr  = 0.1;    // How far outside a close must be, multiples of ATR
input int    InpTrailStep   = 10;     // The stop moves in steps of this many points

input group "Risk"
input double InpRiskPercent = 1.0;    // Risk per trade, % of equity
input int    InpAtrPeriod   = 14;     // ATR period
input double InpStopAtr     = 2.0;    // Stop loss, multiples of ATR
input double InpRewardRisk  = 1.5;    // Take profit, multiples of the stop
input int    InpMaxSpread   = 30;     // Largest spread, points

input group "Orders"
input ulong  MagicNumber       = 770103; // Magic number
input ulong  InpDeviation   = 20;     // Largest slippage, points

CTrade   trade;
int      atrHandle = INVALID_HANDLE;
datetime lastBar   = 0;

int OnInit()
{
   if(InpChannelBars < 2 || InpConfirmAtr < 0.0 || InpTrailStep < 1 ||
      InpRiskPercent <= 0.0 || InpRiskPercent > 10.0 || InpAtrPeriod < 1 ||
      InpStopAtr <= 0.0 || InpRewardRisk <= 0.0)
   {
      Print("These inputs make no sense");
      return INIT_PARAMETERS_INCORRECT;
   }
   atrHandle = iATR(_Symbol, _Period, InpAtrPeriod);
   if(atrHandle == INVALID_HANDLE)
   {
      PrintFormat("Indicators cannot be created, error %d", GetLastError());
      return INIT_FAILED;
   }
   trade.SetExpertMagicNumber(MagicNumber);
   trade.SetDeviationInPoints(InpDeviation);
   trade.SetTypeFillingBySymbol(_Symbol);
   // The bar that is open now has begun without us.
   lastBar = iTime(_Symbol, _Period, 0);
   return INIT_SUCCEEDED;
}

void OnDeinit(const int reason)
{
   IndicatorRelease(atrHandle);
}

void OnTick()
{
   if(!IsNewBar())
      return;
   if(!IsTradingAllowed())
      return;
   ulong ticket = SelectOwnPosition();
   if(ticket != 0)
   {
      TrailStop(ticket);
      return;
   }
   // The channel ends before the bar that may have broken out of it.
   int highest = iHighest(_Symbol, _Period, MODE_HIGH, InpChannelBars, 2);
   int lowest  = iLowest(_Symbol, _Period, MODE_LOW, InpChannelBars, 2);
   if(highest < 0 || lowest < 0)
      return;
   double top    = iHigh(_Symbol, _Period, highest);
   double bottom = iLow(_Symbol, _Period, lowest);
   double close  = iClose(_Symbol, _Period, 1);
   double atr[];
   if(top <= 0.0 || bottom <= 0.0 || close <= 0.0 || !ReadClosed(atrHandle, 1, atr))
      return;
   double margin = atr[0] * InpConfirmAtr;
   if(close > top + margin)
      Open(ORDER_TYPE_BUY);
   else if(close < bottom - margin)
      Open(ORDER_TYPE_SELL);
}

//--- Moves the stop after the price, never back, and only where the server takes it.
void TrailStop(const ulong ticket)
{
   double  atr[];
   MqlTick tick;
   if(IsFrozen() || !ReadClosed(atrHandle, 1, atr) || !SymbolInfoTick(_Symbol, tick))
      return;
   bool   isLong   = PositionGetInteger(POSITION_TYPE) == POSITION_TYPE_BUY;
   double old      = PositionGetDouble(POSITION_SL);
   double distance = MathMax(atr[0] * InpStopAtr, MinimumDistance());
   double sl       = NormalizePrice(isLong ? tick.bid - distance : tick.ask + distance);
   double gain     = isLong ? sl - old : old - sl;
   if(old > 0.0 && gain < InpTrailStep * _Point)
      return;
   Report(trade.PositionModify(ticket, sl, PositionGetDouble(POSITION_TP)), "trailing");
}

//--- Signals are read from closed bars only, once for each new bar.
bool IsNewBar()
{
   datetime bar = iTime(_Symbol, _Period, 0);
   if(bar == 0 || bar == lastBar)
      return false;
   lastBar = bar;
   return true;
}

bool IsTradingAllowed()
{
   return TerminalInfoInteger(TERMINAL_TRADE_ALLOWED) != 0 &&
          MQLInfoInteger(MQL_TRADE_ALLOWED) != 0 &&
          SymbolInfoInteger(_Symbol, SYMBOL_TRADE_MODE) == SYMBOL_TRADE_MODE_FULL;
}

//--- The last values of an indicator, newest first: [0] is the bar that closed last.
bool ReadClosed(const int handle, const int count, double &values[])
{
   ArraySetAsSeries(values, true);
   return CopyBuffer(handle, 0, 1, count, values) == count;
}

//--- Selects our own position on this symbol and returns its ticket, 0 if there is none.
ulong SelectOwnPosition()
{
   for(int i = PositionsTotal() - 1; i >= 0; i--)
   {
      ulong ticket = PositionGetTicket(i);
      if(ticket != 0 &&
         PositionGetString(POSITION_SYMBOL) == _Symbol &&
         PositionGetInteger(POSITION_MAGIC) == (long)MagicNumber)
         return ticket;
   }
   return 0;
}

double NormalizePrice(const double price)
{
   double tickSize = SymbolInfoDouble(_Symbol, SYMBOL_TRADE_TICK_SIZE);
   if(tickSize <= 0.0)
      return NormalizeDouble(price, _Digits);
   return NormalizeDouble(MathRound(price / tickSize) * tickSize, _Digits);
}

//--- How near a stop may be to the price.
double MinimumDistance()
{
   long level = MathMax(SymbolInfoInteger(_Symbol, SYMBOL_TRADE_STOPS_LEVEL),
                        SymbolInfoInteger(_Symbol, SYMBOL_TRADE_FREEZE_LEVEL));
   return level * _Point;
}

//--- A position whose stop or target is about to be reached is frozen: the server refuses to change or close it.
bool IsFrozen()
{
   double freeze = SymbolInfoInteger(_Symbol, SYMBOL_TRADE_FREEZE_LEVEL) * _Point;
   if(freeze <= 0.0)
      return false;
   double price = PositionGetDouble(POSITION_PRICE_CURRENT);
   double sl    = PositionGetDouble(POSITION_SL);
   double tp    = PositionGetDouble(POSITION_TP);
   return (sl > 0.0 && MathAbs(price - sl) <= freeze) || (tp > 0.0 && MathAbs(price - tp) <= freeze);
}

int VolumeDigits(double step)
{
   int digits = 0;
   while(digits < 8 && MathAbs(step - MathRound(step)) > 1e-8)
   {
      step *= 10.0;
      digits++;
   }
   return digits;
}

//--- The volume that loses the wanted share of the equity at the stop; 0 when that is less than the smallest volume.
double VolumeFor(const ENUM_ORDER_TYPE type, const double entry, const double stop)
{
   double lossPerLot = 0.0;
   if(!OrderCalcProfit(type, _Symbol, 1.0, entry, stop, lossPerLot) || lossPerLot >= 0.0)
      return 0.0;
   double step     = SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_STEP);
   double smallest = SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_MIN);
   double largest  = SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_MAX);
   double limit    = SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_LIMIT);
   if(step <= 0.0)
      return 0.0;
   double risk   = AccountInfoDouble(ACCOUNT_EQUITY) * InpRiskPercent / 100.0;
   double volume = MathMin(risk / -lossPerLot, largest);
   if(limit > 0.0)
      volume = MathMin(volume, limit);
   volume = NormalizeDouble(MathFloor(volume / step + 1e-9) * step, VolumeDigits(step));
   return volume < smallest ? 0.0 : volume;
}

bool HasMargin(const ENUM_ORDER_TYPE type, const double volume, const double price)
{
   double margin = 0.0;
   return OrderCalcMargin(type, _Symbol, volume, price, margin) &&
          margin <= AccountInfoDouble(ACCOUNT_MARGIN_FREE);
}

void Open(const ENUM_ORDER_TYPE type)
{
   double  atr[];
   MqlTick tick;
   if(!ReadClosed(atrHandle, 1, atr) || !SymbolInfoTick(_Symbol, tick) || tick.bid <= 0.0 || tick.ask <= 0.0)
      return;
   double spread = tick.ask - tick.bid;
   if(spread > InpMaxSpread * _Point)
   {
      PrintFormat("No entry: the spread is %.1f points", spread / _Point);
      return;
   }
   bool   isBuy    = type == ORDER_TYPE_BUY;
   double entry    = isBuy ? tick.ask : tick.bid;
   double distance = MathMax(atr[0] * InpStopAtr, MinimumDistance() + spread);
   double sl       = NormalizePrice(isBuy ? entry - distance : entry + distance);
   double target   = MathMax(distance * InpRewardRisk, MinimumDistance() + spread);
   double tp       = NormalizePrice(isBuy ? entry + target : entry - target);
   double volume   = VolumeFor(type, entry, sl);
   if(volume <= 0.0)
   {
      Print("No entry: the risk allows less than the smallest volume");
      return;
   }
   if(!HasMargin(type, volume, entry))
   {
      PrintFormat("No entry: not enough free margin for %.2f lots", volume);
      return;
   }
   bool sent = isBuy ? trade.Buy(volume, _Symbol, entry, sl, tp) : trade.Sell(volume, _Symbol, entry, sl, tp);
   Report(sent, isBuy ? "buy" : "sell");
}

void Close(const ulong ticket)
{
   if(!IsFrozen())
      Report(trade.PositionClose(ticket, InpDeviation), "close");
}

//--- CTrade says whether the request was well formed; only the server's answer says whether it was carried out.
void Report(const bool sent, const string what)
{
   uint code = trade.ResultRetcode();
   if(!sent || (code != TRADE_RETCODE_DONE && code != TRADE_RETCODE_DONE_PARTIAL && code != TRADE_RETCODE_PLACED))
      PrintFormat("%s failed: %u %s", what, code, trade.ResultRetcodeDescription());
}
//+------------------------------------------------------------------+
