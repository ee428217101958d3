//+------------------------------------------------------------------+
//| ForexEliteBridge: puts Expert Advisors on charts and takes them  |
//| off again, as the ForexElite Pro agent asks it to.               |
//|                                                                  |
//| It never trades and imports no DLL. It opens charts of its own,  |
//| one for each deployment, and closes no other: a chart is closed  |
//| only while the expert it opened it for is the one on it.         |
//|                                                                  |
//| Not compiled where it was written, for want of a MetaEditor: the |
//| agent compiles it on the machine it is used on, and reports what |
//| MetaEditor says. Written against the MQL5 reference, line by     |
//| line. The other side of its files is `Bridge` in                 |
//| forexelite_agent.py.                                             |
//|                                                                  |
//| Files in MQL5\Files\forexelite, all `key=value` lines in UTF-8   |
//| that end with `end=1`, written beside and then renamed:          |
//|   cmd\<id>.txt      a request: command=ATTACH or DETACH          |
//|   res\<id>.txt      its answer: status=ok, or code= and detail=  |
//|   tpl\<dep>.tpl     the template an ATTACH applies               |
//|   tpl\bridge.tpl    the bridge's own chart, for its permissions  |
//|   charts.txt        which chart belongs to which deployment      |
//|   status.txt        the heartbeat, each second                   |
//+------------------------------------------------------------------+
#property copyright "ForexElite Pro"
#property version   "1.00"
#property description "Attaches and detaches Expert Advisors for the ForexElite Pro agent. Never trades, no DLL."

#define FOLDER         "forexelite\\"
#define OWNER          "forexelite_bridge"   // global variable: when the one bridge of this terminal was last alive
#define BEAT_MS        500
#define STALE_SECONDS  60                    // a bridge that was not alive for so long is gone
#define GRACE_MS       20000
#define LOAD_MS        10000                 // how long a template may take to bring its expert
#define CLOSE_MS       3000
#define MAX_LINES      300
#define MAX_TRIES      10

struct Placement
  {
   string            deployment;
   string            stamp;
   long              chart;
   string            symbol;
   string            period;
   string            expert;
  };

Placement placements[];
string    session;
ulong     started;
ulong     written;
double    alive;
bool      owner = false;
string    stuck = "";
int       unreadable = 0;

//+------------------------------------------------------------------+
//| One bridge at a time. The variable is temporary: it goes with    |
//| the terminal. A second bridge removes itself and leaves its      |
//| chart, which may be the user's.                                  |
//+------------------------------------------------------------------+
int OnInit()
  {
   if(!Own())
     {
      Print("ForexEliteBridge: another one is running in this terminal, this one ends");
      ExpertRemove();
      return(INIT_SUCCEEDED);
     }
   FolderCreate(FOLDER + "cmd");
   FolderCreate(FOLDER + "res");
   FolderCreate(FOLDER + "tpl");
   started = GetTickCount64();
   session = IntegerToString((long)TimeGMT()) + "-" + IntegerToString((long)started);
   ReadPlacements();
   // What the bridge may do is what its experts may do: the agent copies it from here.
   ChartSaveTemplate(0, "\\Files\\forexelite\\tpl\\bridge");
   if(!EventSetMillisecondTimer(BEAT_MS))
      return(INIT_FAILED);
   WriteStatus();
   return(INIT_SUCCEEDED);
  }

void OnDeinit(const int reason)
  {
   EventKillTimer();
   if(!owner)
      return;
   owner = false;
   FileDelete(FOLDER + "status.txt");
   GlobalVariableSetOnCondition(OWNER, 0, alive);
  }

void OnTick()
  {
  }

void OnTimer()
  {
   if(!owner)
      return;
   if(!StillOwn())
     {
      owner = false;
      ExpertRemove();
      return;
     }
   Adopt();
   if(GetTickCount64() - written >= 1000)
      WriteStatus();
   HandleOldest();
  }

//+------------------------------------------------------------------+
//| Ownership                                                        |
//+------------------------------------------------------------------+
double Seconds()
  {
   // Of the machine, not of the clock, which may be set.
   return(1.0 + (double)(GetTickCount64() / 1000));
  }

bool Own()
  {
   GlobalVariableTemp(OWNER);
   double last = GlobalVariableGet(OWNER);
   double now = Seconds();
   if(last > 0 && last <= now && now - last < STALE_SECONDS)
      return(false);
   // Fails when another one was faster.
   owner = GlobalVariableSetOnCondition(OWNER, now, last);
   alive = now;
   return(owner);
  }

bool StillOwn()
  {
   double now = Seconds();
   if(now == alive)
      return(GlobalVariableGet(OWNER) == alive);
   if(!GlobalVariableSetOnCondition(OWNER, now, alive))
      return(false);
   alive = now;
   return(true);
  }

//+------------------------------------------------------------------+
//| Requests                                                         |
//+------------------------------------------------------------------+
void HandleOldest()
  {
   string name = "", oldest = "";
   long search = FileFindFirst(FOLDER + "cmd\\*.txt", name);
   if(search == INVALID_HANDLE)
      return;
   do
     {
      // Names begin with the time of the request, all of one length.
      if(oldest == "" || StringCompare(name, oldest) < 0)
         oldest = name;
     }
   while(FileFindNext(search, name));
   FileFindClose(search);
   Handle(StringSubstr(oldest, 0, StringLen(oldest) - 4));
  }

//| After a start the terminal is still opening the charts it had.
bool InGrace()
  {
   return(GetTickCount64() - started < GRACE_MS);
  }

void Handle(const string id)
  {
   string path = FOLDER + "cmd\\" + id + ".txt";
   string lines[];
   if(!ReadLines(path, lines))
     {
      // Something else may have it open for a moment. What stays unreadable must not keep all others waiting.
      unreadable = (id == stuck) ? unreadable + 1 : 1;
      stuck = id;
      if(unreadable >= MAX_TRIES)
         FileDelete(path);
      return;
     }
   string command = Value(lines, "command");
   string deployment = Value(lines, "deployment");
   bool changed = false;
   string code = "", detail = "";
   if(Value(lines, "forexelite") != "1" || Value(lines, "id") != id || StringLen(deployment) != 36)
      code = "unreadable";
   else if((long)TimeGMT() > StringToInteger(Value(lines, "expires")))
      code = "expired";
   else if(command == "ATTACH")
     {
      Placement wanted;
      wanted.deployment = deployment;
      wanted.stamp = Value(lines, "stamp");
      wanted.chart = 0;
      wanted.symbol = Value(lines, "symbol");
      wanted.period = Value(lines, "period");
      wanted.expert = Value(lines, "expert");
      // Its chart may be about to come back: a second one would trade twice.
      int known = Find(deployment);
      if(known >= 0 && !Holds(placements[known]) && InGrace())
         return;
      code = Attach(wanted, changed, detail);
     }
   else if(command == "DETACH")
     {
      int known = Find(deployment);
      if(known >= 0 && !Holds(placements[known]) && InGrace())
         return;
      code = Detach(deployment, changed, detail);
     }
   else
      code = "unknown_command";

   string answer[];
   Add(answer, "forexelite=1");
   Add(answer, "id=" + id);
   Add(answer, "status=" + (code == "" ? "ok" : "error"));
   Add(answer, "code=" + code);
   Add(answer, "detail=" + detail);
   Add(answer, "changed=" + (changed ? "1" : "0"));
   Add(answer, "end=1");
   // Who has the answer will look at the status next.
   WriteStatus();
   // The request stays until its answer is there: done twice it is done once.
   if(WriteLines(FOLDER + "res\\" + id + ".txt", answer))
      FileDelete(path);
   PrintFormat("ForexEliteBridge: %s %s: %s", command, deployment, code == "" ? "ok" : code + " " + detail);
  }

//+------------------------------------------------------------------+
//| Charts. The codes are words of the agent.                        |
//+------------------------------------------------------------------+
string Attach(const Placement &wanted, bool &changed, string &detail)
  {
   int known = Find(wanted.deployment);
   if(known >= 0 && Holds(placements[known]) && placements[known].stamp == wanted.stamp)
      return("");
   // charts.txt may have been lost. Two charts with one deployment's expert would trade twice.
   if(known < 0)
     {
      Placement stray;
      stray = wanted;
      stray.stamp = "";
      stray.chart = ChartWith(wanted.expert);
      if(stray.chart != 0)
         Append(stray);
     }
   string code = Detach(wanted.deployment, changed, detail);
   if(code != "")
      return(code);
   ENUM_TIMEFRAMES period = PERIOD_CURRENT;
   if(!ReadPeriod(wanted.period, period))
     {
      detail = wanted.period;
      return("unreadable");
     }
   ResetLastError();
   if(!SymbolSelect(wanted.symbol, true))
     {
      detail = IntegerToString(GetLastError());
      return("symbol_unknown");
     }
   // Noted before there is a chart: if the terminal dies in between, the chart is found again by its expert.
   int index = Append(wanted);
   if(!WritePlacements())
     {
      Remove(index);
      detail = "charts.txt";
      return("file_not_written");
     }
   changed = true;
   ResetLastError();
   long chart = ChartOpen(wanted.symbol, period);
   if(chart == 0)
     {
      detail = IntegerToString(GetLastError());
      Remove(index);
      WritePlacements();
      return("chart_not_opened");
     }
   placements[index].chart = chart;
   WritePlacements();
   ResetLastError();
   if(!ChartApplyTemplate(chart, "\\Files\\forexelite\\tpl\\" + wanted.deployment + ".tpl"))
     {
      detail = IntegerToString(GetLastError());
      Abandon(index, chart);
      return("template_refused");
     }
   // Applying is queued, and says nothing of the expert.
   ulong since = GetTickCount64();
   while(!Holds(placements[index]))
     {
      if(GetTickCount64() - since >= LOAD_MS || IsStopped())
        {
         detail = Expert(chart);
         Abandon(index, chart);
         return("expert_not_attached");
        }
      ChartRedraw(chart);
      Sleep(200);
      Beat();
     }
   return("");
  }

//| Closing the chart is what removes its expert; nothing else removes another chart's expert.
string Detach(const string deployment, bool &changed, string &detail)
  {
   int index = Find(deployment);
   if(index < 0)
      return("");
   // Gone, or somebody put another expert on it: then it is not ours to close.
   if(Holds(placements[index]))
     {
      long chart = placements[index].chart;
      changed = true;
      ResetLastError();
      if(!ChartClose(chart) || !Closed(chart))
        {
         detail = IntegerToString(GetLastError());
         return("chart_not_closed");
        }
     }
   Remove(index);
   WritePlacements();
   return("");
  }

//| The chart was opened a moment ago and has no expert: left open, each new try would leave another one.
void Abandon(const int index, const long chart)
  {
   // One that does not close stays noted, for its expert may come late.
   if(!ChartClose(chart) || !Closed(chart))
      return;
   Remove(index);
   WritePlacements();
  }

bool Closed(const long chart)
  {
   ulong since = GetTickCount64();
   while(IsOpen(chart))
     {
      if(GetTickCount64() - since >= CLOSE_MS)
         return(false);
      Sleep(100);
     }
   return(true);
  }

bool IsOpen(const long chart)
  {
   for(long next = ChartFirst(); next >= 0; next = ChartNext(next))
      if(next == chart)
         return(true);
   return(false);
  }

//| NULL, not "", when there is none; both have no length.
string Expert(const long chart)
  {
   string name = ChartGetString(chart, CHART_EXPERT_NAME);
   return(StringLen(name) > 0 ? name : "");
  }

bool Holds(const Placement &placement)
  {
   return(placement.chart != 0 && placement.expert != "" && IsOpen(placement.chart) && Expert(placement.chart) == placement.expert);
  }

//| Charts have new ids after the terminal was started again. Experts are named after their deployment, so the chart with that
//| expert is the one, also when the user has changed its symbol or period since.
void Adopt()
  {
   bool changed = false;
   for(int index = 0; index < ArraySize(placements); index++)
     {
      if(Holds(placements[index]))
         continue;
      long chart = ChartWith(placements[index].expert);
      if(chart == 0)
         continue;
      placements[index].chart = chart;
      changed = true;
     }
   if(changed)
      WritePlacements();
  }

long ChartWith(const string expert)
  {
   for(long chart = ChartFirst(); chart >= 0; chart = ChartNext(chart))
      if(Expert(chart) == expert)
         return(chart);
   return(0);
  }

string PeriodName(const ENUM_TIMEFRAMES period)
  {
   return(StringSubstr(EnumToString(period), 7));
  }

bool ReadPeriod(const string name, ENUM_TIMEFRAMES &period)
  {
   ENUM_TIMEFRAMES all[] =
     {
      PERIOD_M1, PERIOD_M2, PERIOD_M3, PERIOD_M4, PERIOD_M5, PERIOD_M6, PERIOD_M10, PERIOD_M12, PERIOD_M15, PERIOD_M20, PERIOD_M30,
      PERIOD_H1, PERIOD_H2, PERIOD_H3, PERIOD_H4, PERIOD_H6, PERIOD_H8, PERIOD_H12, PERIOD_D1, PERIOD_W1, PERIOD_MN1
     };
   for(int index = 0; index < ArraySize(all); index++)
      if(PeriodName(all[index]) == name)
        {
         period = all[index];
         return(true);
        }
   return(false);
  }

//+------------------------------------------------------------------+
//| Which chart belongs to which deployment                          |
//+------------------------------------------------------------------+
int Find(const string deployment)
  {
   for(int index = 0; index < ArraySize(placements); index++)
      if(placements[index].deployment == deployment)
         return(index);
   return(-1);
  }

int Append(const Placement &placement)
  {
   int index = ArraySize(placements);
   ArrayResize(placements, index + 1);
   placements[index] = placement;
   return(index);
  }

void Remove(const int index)
  {
   int last = ArraySize(placements) - 1;
   for(int next = index; next < last; next++)
      placements[next] = placements[next + 1];
   ArrayResize(placements, last);
  }

void ReadPlacements()
  {
   string lines[];
   ArrayResize(placements, 0);
   if(!ReadLines(FOLDER + "charts.txt", lines))
      return;
   for(int line = 0; line < ArraySize(lines); line++)
     {
      if(StringFind(lines[line], "chart=") != 0)
         continue;
      string parts[];
      if(StringSplit(StringSubstr(lines[line], 6), '|', parts) != 6)
         continue;
      Placement noted;
      noted.deployment = parts[0];
      noted.stamp = parts[1];
      noted.chart = StringToInteger(parts[2]);
      noted.symbol = parts[3];
      noted.period = parts[4];
      noted.expert = parts[5];
      Append(noted);
     }
  }

bool WritePlacements()
  {
   string lines[];
   Add(lines, "forexelite=1");
   for(int index = 0; index < ArraySize(placements); index++)
      Add(lines, "chart=" + placements[index].deployment + "|" + placements[index].stamp + "|" +
          IntegerToString(placements[index].chart) + "|" + placements[index].symbol + "|" + placements[index].period + "|" +
          placements[index].expert);
   Add(lines, "end=1");
   return(WriteLines(FOLDER + "charts.txt", lines));
  }

//+------------------------------------------------------------------+
//| The heartbeat                                                    |
//+------------------------------------------------------------------+
void WriteStatus()
  {
   string lines[];
   Add(lines, "forexelite=1");
   Add(lines, "session=" + session);
   Add(lines, "time=" + IntegerToString((long)TimeGMT()));
   Add(lines, "build=" + IntegerToString(TerminalInfoInteger(TERMINAL_BUILD)));
   Add(lines, "terminal_trade=" + IntegerToString(TerminalInfoInteger(TERMINAL_TRADE_ALLOWED) ? 1 : 0));
   Add(lines, "bridge_trade=" + IntegerToString(MQLInfoInteger(MQL_TRADE_ALLOWED) ? 1 : 0));
   for(int index = 0; index < ArraySize(placements); index++)
      Add(lines, "chart=" + placements[index].deployment + "|" + placements[index].stamp + "|" +
          IntegerToString(placements[index].chart) + "|" + (Holds(placements[index]) ? "running" : "lost"));
   Add(lines, "end=1");
   WriteLines(FOLDER + "status.txt", lines);
   written = GetTickCount64();
  }

//| While a request takes long, nobody may think the bridge dead.
void Beat()
  {
   if(GetTickCount64() - written < 1000)
      return;
   StillOwn();
   WriteStatus();
  }

//+------------------------------------------------------------------+
//| Files                                                            |
//+------------------------------------------------------------------+
void Add(string &lines[], const string line)
  {
   int index = ArraySize(lines);
   ArrayResize(lines, index + 1);
   lines[index] = line;
  }

string Value(const string &lines[], const string key)
  {
   for(int index = 0; index < ArraySize(lines); index++)
      if(StringFind(lines[index], key + "=") == 0)
         return(StringSubstr(lines[index], StringLen(key) + 1));
   return("");
  }

//| False unless it is there as a whole.
bool ReadLines(const string path, string &lines[])
  {
   ArrayResize(lines, 0);
   int file = FileOpen(path, FILE_READ | FILE_TXT | FILE_ANSI | FILE_SHARE_READ | FILE_SHARE_WRITE, '\t', CP_UTF8);
   if(file == INVALID_HANDLE)
      return(false);
   while(!FileIsEnding(file) && ArraySize(lines) < MAX_LINES)
     {
      string line = FileReadString(file);
      if(StringLen(line) > 0)
         Add(lines, line);
     }
   FileClose(file);
   int count = ArraySize(lines);
   return(count > 0 && lines[count - 1] == "end=1");
  }

bool WriteLines(const string path, const string &lines[])
  {
   string draft = path + ".new";
   int file = FileOpen(draft, FILE_WRITE | FILE_TXT | FILE_ANSI, '\t', CP_UTF8);
   if(file == INVALID_HANDLE)
      return(false);
   for(int index = 0; index < ArraySize(lines); index++)
      FileWriteString(file, lines[index] + "\r\n");
   FileClose(file);
   // Refused while the agent reads the old one, which takes it a moment.
   for(int attempt = 0; attempt < 10; attempt++)
     {
      if(FileMove(draft, 0, path, FILE_REWRITE))
         return(true);
      Sleep(20);
     }
   PrintFormat("ForexEliteBridge: %s cannot be written (%d)", path, GetLastError());
   FileDelete(draft);
   return(false);
  }
//+------------------------------------------------------------------+
