//+------------------------------------------------------------------+
//| A grid written as people write: classes, templates, macros, and  |
//| names that MQL4 had as well. "Unbalanced ( { [" in comments.     |
//+------------------------------------------------------------------+
#property copyright "ForexElite Pro"
#property version   "1.00"
#property description "A grid around the opening price; \"quoted\" and \\escaped\\"
#include <Trade\Trade.mqh>
#include <Arrays/ArrayObj.mqh>
#include "GridParts.mqh"
#import "GridMath.ex5"
double GridStep(const double atr, const int level);
#import

#define OP_BUY   ORDER_TYPE_BUY      // a habit from MQL4, with a meaning of its own
#define LEVELS(n) ((n) > 0 ? (n) : 1)
/* WebRequest("GET", ...) is not called; FileDelete("x") neither } */

enum ENUM_SIDE { SIDE_LONG = '(', SIDE_SHORT = '\'', SIDE_BOTH = '{' };

input group "Grid"
input ENUM_SIDE InpSide = SIDE_LONG;  // Side
input int       InpLevels = 0x0A;     // Levels
input double    InpStep = 1.5e-3;     // Step
input group "Risk"
input ulong     MagicNumber = 770003; // Magic number

template<typename T> T Clamp(const T value, const T low, const T high) { return value < low ? low : value > high ? high : value; }

class CLevel : public CObject
  {
   double            m_price;
   ulong             m_ticket;
public:
                     CLevel(const double price = 0.0) : m_price(price), m_ticket(0) {}
                    ~CLevel(void) { }
   double            OrderOpenPrice(void) const { return(m_price); }
   double            OrderLots(void) const;
   bool              operator<(const CLevel &other) const { return m_price < other.m_price; }
   static string     FileDelete(const string name) { return "kept " + name; }
  };
double CLevel::OrderLots(void) const { return Clamp<double>(0.1, SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_MIN), 1.0); }

struct SGrid { CLevel levels[]; datetime since; };

CTrade trade;
SGrid  grid;
int    handle = INVALID_HANDLE;
datetime last_bar = D'2026.01.01 00:00';
color  line = C'255,128,0';

int OnInit()
  {
   trade.SetExpertMagicNumber(MagicNumber);
   handle = iATR(_Symbol, PERIOD_CURRENT, 14);
   if(handle == INVALID_HANDLE || InpStep <= 0)
      return(INIT_PARAMETERS_INCORRECT);
   ArrayResize(grid.levels, LEVELS(InpLevels));
   return(INIT_SUCCEEDED);
  }

void OnDeinit(const int reason) { if(handle != INVALID_HANDLE) IndicatorRelease(handle); }

void OnTick(void)
  {
   const datetime bar = iTime(_Symbol, PERIOD_CURRENT, 0);
   if(bar == last_bar) return;
   last_bar = bar;
   double Ask = SymbolInfoDouble(_Symbol, SYMBOL_ASK), Bid = SymbolInfoDouble(_Symbol, SYMBOL_BID);
   for(int i = ArraySize(grid.levels) - 1; i >= 0; i--)
     {
      CLevel *level = GetPointer(grid.levels[i]);
      if(CheckPointer(level) == POINTER_INVALID) continue;
      PrintFormat("level %d at %s: \"%s\" {%s", i, DoubleToString(level.OrderOpenPrice(), _Digits), CLevel::FileDelete("a.txt"), EnumToString(InpSide));
     }
   if(Ask - Bid > GridStep(0.001, 1)) Print("too wide (", Ask - Bid, ")");
  }

double OnTester() { return TesterStatistics(STAT_PROFIT) / MathMax(1.0, TesterStatistics(STAT_EQUITY_DD)); }
//+------------------------------------------------------------------+
