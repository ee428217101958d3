/** What somebody who writes by hand begins with: it compiles and does nothing. */
export const SKELETON = `#property version "1.00"

#include <Trade/Trade.mqh>

input ulong MagicNumber = 770001; // Magic number

CTrade trade;

int OnInit()
{
   trade.SetExpertMagicNumber(MagicNumber);
   return INIT_SUCCEEDED;
}

void OnDeinit(const int reason)
{
}

void OnTick()
{
}
`;
