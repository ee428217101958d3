"""MetaEditor's log as it is written by real builds, and the simulated terminal's checker that writes one like it."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

import forexelite_agent as agent
from ea_support import BAD_SOURCE, GOOD_SOURCE

DATA = r"C:\Users\John Doe\AppData\Roaming\MetaQuotes\Terminal\3CA1B4AB7DFED5C81B1C7F1007926D06"
SOURCE = DATA + r"\MQL5\Experts\ForexElite\build\9b1c.mq5"
INSTALL = r"C:\Program Files\MetaTrader 5"
NAMES = {SOURCE: "Trend_v3.mq5", "9b1c.mq5": "Trend_v3.mq5", DATA + "\\": "", INSTALL + "\\": ""}

LOG = rf"""

{SOURCE} : information: compiling {SOURCE}
{SOURCE} : information: including {DATA}\MQL5\Include\Trade\Trade.mqh
{DATA}\MQL5\Include\Trade\Trade.mqh : information: including {INSTALL}\MQL5\Include\Object.mqh
{SOURCE}(12,8) : error 256: undeclared identifier
{SOURCE}(13,4) : error 154: '}}' - semicolon expected
{SOURCE}(30,14) : warning 43: possible loss of data due to type conversion from 'double' to 'int'
{SOURCE}(31,2) : error 149: 'f(1,2)' - some operator expected
{SOURCE} : error 106: file 'Missing.mqh' not found
{DATA}\MQL5\Include\Trade\Trade.mqh(7,1) : error 109: '#propert' - invalid preprocessor command
 : information: generating code 0%
Result: 5 errors, 1 warnings, 12 ms elapsed, cpu='X64 Regular'
"""


def read(text: str, encoding: str = "utf-16-le", bom: bytes = codecs.BOM_UTF16_LE) -> agent.CompilerLog:
    return agent.CompilerLog.read(bom + text.replace("\n", "\r\n").encode(encoding), "Trend_v3.mq5", NAMES)


def test_each_diagnostic_has_its_place_code_and_words() -> None:
    said = read(LOG)
    assert said.errors == 5
    assert said.diagnostics == (
        agent.Diagnostic(12, 8, "error", 256, "undeclared identifier"),
        agent.Diagnostic(13, 4, "error", 154, "'}' - semicolon expected"),
        agent.Diagnostic(30, 14, "warning", 43, "possible loss of data due to type conversion from 'double' to 'int'"),
        agent.Diagnostic(31, 2, "error", 149, "'f(1,2)' - some operator expected"),
        agent.Diagnostic(None, None, "error", 106, "file 'Missing.mqh' not found"),
        agent.Diagnostic(
            None,
            None,
            "error",
            109,
            r"MQL5\Include\Trade\Trade.mqh(7,1): '#propert' - invalid preprocessor command",
        ),
    )
    assert said.included == (r"MQL5\Include\Trade\Trade.mqh", r"MQL5\Include\Object.mqh")


def test_what_is_shown_names_the_users_file_and_no_folder_of_the_machine() -> None:
    said = read(LOG.replace("C:\\Users", "c:\\users"))
    assert "John Doe" not in said.text
    assert said.text.splitlines()[0] == "Trend_v3.mq5 : information: compiling Trend_v3.mq5"


@pytest.mark.parametrize(
    ("line", "errors"),
    [
        ("Result: 0 errors, 0 warnings, 887 msec elapsed, cpu='X64 Regular'", 0),
        ("Result: 0 errors, 0 warnings, 12 ms elapsed", 0),
        ("result 1 error, 0 warnings", 1),
        (" : information: result 3 errors, 2 warnings", 3),
        ("Result: 0 errors, 2 warnings, 143 msec elapsed", 0),
        ("", None),
        (" : information: generating code 100%", None),
        (r"C:\x.mq5(1,1) : error 1: result: 0 errors, 0 warnings", None),
    ],
)
def test_how_it_ended_is_what_its_last_line_says(line: str, errors: int | None) -> None:
    assert read(f"{SOURCE} : information: compiling\n{line}\n").errors == errors


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
    ],
)
def test_other_encodings_are_read_as_well(encoding: str, bom: bytes) -> None:
    said = read(LOG.lstrip(), encoding, bom)
    assert (said.errors, len(said.diagnostics)) == (5, 6)


def test_a_log_that_is_being_written_has_no_end_yet() -> None:
    raw = codecs.BOM_UTF16_LE + LOG.encode("utf-16-le")
    for length in range(0, len(raw) - 120, 7):
        assert agent.CompilerLog.read(raw[:length], "Trend_v3.mq5", NAMES).errors is None


def test_a_file_named_like_a_diagnostic_is_none() -> None:
    said = read(rf"{SOURCE} : information: including C:\x\error : warning 1: odd.mqh" + "\n")
    assert said.diagnostics == ()
    assert said.included == (r"C:\x\error : warning 1: odd.mqh",)


# The simulated terminal's checker


RICH_SOURCE = r"""
//+------------------------------------------------------------------+
//| (unbalanced in a comment: { ( [                                  |
//+------------------------------------------------------------------+
#property copyright "somebody" // "quoted
#property version   "1.00"
#include <Trade\Trade.mqh>
#include <Indicators/Trend.mqh> /* and
                                   more */
#define PI_HALF 1.5707963
#define TWICE(x) ((x) * 2 + \
                  0)
#ifdef __MQL5__
#define HOST "mql5"
#endif

enum ENUM_SIDE
  {
   SIDE_LONG = 1,  // long only
   SIDE_SHORT,
   SIDE_BOTH
  };

input group "Entries"
input double    InpLots   = 0.10;
input ENUM_SIDE InpSide   = SIDE_BOTH;
sinput string   InpNote   = "a \"quoted\" note; with { and (";
input group "Colours"
input color     InpColor  = C'255,128,0';
input datetime  InpFrom   = D'2024.01.01 00:00';

const double LEVELS[] = {0.236, 0.382,
                         0.618};
int table[2][2] = {{1, 2}, {3, 4}};

class CBase
  {
protected:
   int               m_count;
   string            m_name;
public:
                     CBase(void) : m_count(0), m_name("x") {}
   virtual          ~CBase(void) {}
   virtual double    Value(const int shift) const { return(0.0); }
   bool              operator==(const CBase &other) const
     {
      return(m_count == other.m_count);
     }
  };

class CRule : public CBase
  {
public:
   double            Value(const int shift) const override;
  };

double CRule::Value(const int shift) const
  {
   double sum = shift > 0 ? iClose(_Symbol, PERIOD_CURRENT, shift)
                : iOpen(_Symbol, PERIOD_CURRENT, 0);
   return sum / 2.0;
  }

struct SState { int a; double b; } state;
template<typename T>
T Largest(const T &values[])
  {
   T best = values[0];
   for(int i = 1; i < ArraySize(values); i++)
      if(values[i] > best)
         best = values[i];
   return best;
  }

int OnInit()
  {
   CRule *rule = new CRule();
   if(rule == NULL)
      return INIT_FAILED;
   delete rule;
   return INIT_SUCCEEDED;
  }

void OnTick(void)
  {
   static datetime last = 0;
   datetime now = iTime(_Symbol, _Period, 0);
   if(now == last) return;
   last = now;
   string text = "first "
                 "second";
   Print("spread ", SymbolInfoInteger(_Symbol, SYMBOL_SPREAD),
         " of ",
         text);
   int tries = 0;
   do
     {
      tries++;
     }
   while(tries < 3);
   while(tries-- > 0)
      Sleep(1);
   switch(InpSide)
     {
      case SIDE_LONG:
         Comment("long");
         break;
      case SIDE_SHORT: Comment("short"); break;
      default:
         break;
     }
   if(tries > 1)
      state.a = 1;
   else
      state.a = 0x1F + (int)1.5e-3 + '\n' + '\'';
   for(;;)
      break;
   ushort letter = 'a';
   bool odd = (tries & 1) != 0 &&
              letter != 'b' ||
              !IsStopped();
   if(odd) { state.b = .5; }
  }
"""


def found(
    source: str, folder: Path = Path("/data/MQL5/Experts/ForexElite")
) -> list[tuple[int | None, int | None, int | None]]:
    return [(one.line, one.column, one.code) for one in agent.Mql5Checker(source, folder).found]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_sound_source_is_found_sound(line_end: str) -> None:
    assert found(RICH_SOURCE.replace("\n", line_end)) == []


def test_the_bridge_ea_is_found_sound() -> None:
    source = agent.MetaTraderExperts.SOURCE.read_text("ascii")
    assert found(source) == []
    agent.refuse_unsafe_source(source)
    assert not [line for line in source.splitlines() if line.startswith("#import")]


@pytest.mark.parametrize(
    ("before", "after", "at", "code"),
    [
        ("int               m_count;", "int               m_count", "string            m_name", 154),
        ("return sum / 2.0;", "return sum / 2.0", "}\n\nstruct", 154),
        ("best = values[i];", "best = values[i]", "return best", 154),
        ("last = now;", "last = now", "string text", 154),
        ("tries++;", "tries++", "}\n   while(tries < 3)", 154),
        ("Sleep(1);", "Sleep(1)", "switch(", 154),
        ('Comment("long");', 'Comment("long")', "break;\n      case SIDE_SHORT", 154),
        ("state.b = .5; }", "state.b = .5 }//", "}//", 154),
        ("return(0.0);", "return(0.0)", "}\n   bool ", 154),
        ("int tries = 0;", "int tries = 0 int more;", "int more", 154),
        ("if(now == last)", "if(now == last", "}\n", 131),
        ("if(tries > 1)", "if(tries > 1))", ")\n      state.a = 1", 131),
        ("values[i] > best", "values[i > best", ")\n         best", 131),
        ("if(odd) {", "if(odd)", "}\n", 131),
        ("if(odd) {", "if(odd) {{", "{\n   static datetime", 133),
        ('"long"', '"long', '"long', 112),
        ("letter = 'a'", "letter = 'a", "'a;", 114),
        ("state.b = .5;", "state.b = $;", "$", 110),
        ("   tries++;", "   /* tries++;", "/* tries", 161),
        ("more */", "more", "/* and", 161),
        ("<Indicators/Trend.mqh>", "<Mine/Trend.mqh>", "#include <Mine", 106),
    ],
)
def test_an_error_is_found_where_it_is(before: str, after: str, at: str, code: int) -> None:
    assert RICH_SOURCE.count(before) == 1
    source = RICH_SOURCE.replace(before, after)
    # A closing bracket is missed by the next one that does not fit, the last of its text.
    index = source.rindex(at) if at == "}\n" else source.index(at)
    line = source.count("\n", 0, index) + 1
    assert found(source)[:1] == [(line, index - source.rindex("\n", 0, index), code)]


def test_a_program_without_any_handler_is_none() -> None:
    assert found("int twice(int x) { return x * 2; }\n") == [(None, None, 356)]


def test_a_header_beside_the_source_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "MQL5" / "Experts" / "ForexElite"
    folder.mkdir(parents=True)
    source = '#include "Mine.mqh"\n#include <Own\\Other.mqh>\nvoid OnTick() {}\n'
    assert [place[2] for place in found(source, folder)] == [106, 106]
    (folder / "Mine.mqh").touch()
    (tmp_path / "MQL5" / "Include" / "Own").mkdir(parents=True)
    (tmp_path / "MQL5" / "Include" / "Own" / "Other.mqh").touch()
    assert found(source, folder) == []


def test_the_samples_of_the_other_tests_are_what_they_say() -> None:
    assert found(GOOD_SOURCE) == []
    assert found(BAD_SOURCE) == [(16, 3, 154)]


@pytest.mark.parametrize("piece", ["/*x", '"', "'", "#", "\\", "(", "#/*", "#define x \\\n", "1e", '\\"', "x"])
def test_what_is_opened_and_never_closed_does_not_make_it_look_again_and_again(piece: str) -> None:
    """It would take hours."""
    source = piece * (200_000 // len(piece))
    assert sum(len(token.text) for token in agent.mql5_tokens(source)) == len(source)
