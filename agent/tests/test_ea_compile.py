"""A `compile` job: from the link to the source to the uploaded expert, and all that keeps it from getting there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest

import forexelite_agent as agent
from ea_support import BAD_SOURCE, GOOD_SOURCE, EaDesk, answer, compile_job, refuse


def test_a_good_source_is_compiled_uploaded_and_reported_with_its_checksum(ea_desk: EaDesk) -> None:
    given = compile_job(ea_desk.storage)
    result = ea_desk.run(given)
    uploaded = ea_desk.storage.uploaded(given["input"]["upload_url"])
    assert uploaded is not None
    assert uploaded.startswith(b"EX5")
    assert result["status"] == "completed"
    log = result["output"].pop("log")
    assert result["output"] == {
        "checksum": hashlib.sha256(uploaded).hexdigest(),
        "file_size": len(uploaded),
        "diagnostics": [],
    }
    assert log.splitlines()[0] == "Trend_v3.mq5 : information: compiling Trend_v3.mq5"
    assert log.splitlines()[-1] == "Result: 0 errors, 0 warnings, 1 ms elapsed, cpu='Simulated'"


def test_the_upload_is_a_raw_body_of_bytes(ea_desk: EaDesk) -> None:
    ea_desk.compile()
    [(_, _, headers)] = [request for request in ea_desk.storage.requests if request[0] == "PUT"]
    assert headers["Content-Type"] == "application/octet-stream"


def test_the_same_source_gives_the_same_simulated_expert(ea_desk: EaDesk) -> None:
    checksums = {ea_desk.compile()["output"]["checksum"] for _ in range(2)}
    other = ea_desk.compile(GOOD_SOURCE.replace("0.10", "0.20"))["output"]["checksum"]
    assert len(checksums) == 1
    assert other not in checksums


def test_an_error_is_reported_with_its_line_and_column(ea_desk: EaDesk) -> None:
    given = compile_job(ea_desk.storage, BAD_SOURCE)
    result = ea_desk.run(given)
    assert (result["status"], result["reason_code"]) == ("failed", "compile_failed")
    assert result["error_message"] == "(16,3) '}' - semicolon expected"
    assert result["output"]["diagnostics"] == [
        {"line": 16, "column": 3, "severity": "error", "code": 154, "message": "'}' - semicolon expected"}
    ]
    assert "Trend_v3.mq5(16,3) : error 154: '}' - semicolon expected" in result["output"]["log"]
    assert "Result: 1 errors, 0 warnings" in result["output"]["log"]
    assert ea_desk.storage.uploaded(given["input"]["upload_url"]) is None


def test_a_log_tells_nothing_of_this_machines_folders(ea_desk: EaDesk) -> None:
    assert str(ea_desk.folder) not in agent.to_json(ea_desk.compile(BAD_SOURCE))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_source_in_any_encoding_of_metaeditor_is_read(ea_desk: EaDesk, encoding: str) -> None:
    source = GOOD_SOURCE.replace("somebody", "Jürgen Müller, 東京")
    assert ea_desk.compile(source.encode(encoding))["status"] == "completed"


@pytest.mark.parametrize("raw", [b"", b"  \r\n", b"\xff\xfe\x00", b"void OnTick() {} // \xe4", b"EX5\0\1\2"])
def test_what_is_no_text_is_not_compiled(ea_desk: EaDesk, raw: bytes) -> None:
    assert ea_desk.compile(raw)["reason_code"] == "unreadable_source"


@pytest.mark.parametrize("source", [GOOD_SOURCE, BAD_SOURCE])
def test_the_whole_log_is_uploaded_whether_it_compiled_or_not(ea_desk: EaDesk, source: str) -> None:
    link = ea_desk.storage.room()
    output = ea_desk.compile(source, log_upload_url=link)["output"]
    uploaded = ea_desk.storage.uploaded(link)
    assert uploaded is not None
    assert uploaded.decode() == output["log"]
    assert (output["log_checksum"], output["log_size"]) == (hashlib.sha256(uploaded).hexdigest(), len(uploaded))


def test_a_log_that_cannot_be_kept_fails_no_compilation(ea_desk: EaDesk) -> None:
    expired = ea_desk.storage.room().replace("SECRETTOKEN", "OLDTOKEN")
    result = ea_desk.compile(log_upload_url=expired)
    assert result["status"] == "completed"
    assert "log_checksum" not in result["output"]


# What it refuses


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd.mq5",
        "C:\\Windows\\evil.mq5",
        "C:evil.mq5",
        "\\\\server\\share\\evil.mq5",
        "//server/share/evil.mq5",
        "..\\evil.mq5",
        "../evil.mq5",
        "folder/evil.mq5",
        "a..b.mq5",
        ".mq5",
        "nul.mq5",
        "COM1.x.mq5",
        "name.mq5:stream.mq5",
        "name.mq5\n.mq5",
        "na me.mq5",
        "name.ex5",
        "name.exe",
        "name",
        "x" * 81 + ".mq5",
    ],
)
def test_a_file_name_that_is_more_than_a_name_is_refused(ea_desk: EaDesk, name: str) -> None:
    assert ea_desk.compile(file_name=name)["reason_code"] == "unsafe_file_name"
    assert ea_desk.storage.requests == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('#import "user32.dll"', "dll_refused"),
        ('#import "USER32.DLL"', "dll_refused"),
        ('#import "kernel32"', "dll_refused"),
        ('   #  import "user32.dll"', "dll_refused"),
        ('int a; #import "user32.dll"', "dll_refused"),
        ('#import /* harmless */ "user32.dll"', "dll_refused"),
        ('string quote = "\\""; #import "user32.dll"', "dll_refused"),
        ('char quote = \'"\';\n#import "user32.dll"', "dll_refused"),
        ('#import "..\\Libraries\\x.ex5"', "unsafe_source"),
        ('#include "C:\\secrets.mqh"', "unsafe_source"),
        ('#include "\\\\server\\share\\x.mqh"', "unsafe_source"),
        ('#include "//server/share/x.mqh"', "unsafe_source"),
        ('#include "\\x.mqh"', "unsafe_source"),
        ("#include <..\\..\\..\\x.mqh>", "unsafe_source"),
        ('#include "sub/../../x.mqh"', "unsafe_source"),
        ('#include "sub\\.. \\x.mqh"', "unsafe_source"),
        ("#include SOMEWHERE", "unsafe_source"),
        ('#resource "\\\\\\\\server\\\\share\\\\x.bmp"', "unsafe_source"),
        ('#resource "C:\\\\x.bmp"', "unsafe_source"),
        ('#resource "\\\\..\\\\..\\\\x.bmp"', "unsafe_source"),
        ('#property icon "\\\\\\\\server\\\\x.ico"', "unsafe_source"),
        ('#property tester_file "..\\\\x.csv"', "unsafe_source"),
    ],
)
def test_a_source_that_reaches_out_of_its_folders_is_not_compiled(ea_desk: EaDesk, line: str, reason: str) -> None:
    result = ea_desk.compile(GOOD_SOURCE + line + "\n")
    assert result["reason_code"] == reason
    [diagnostic] = result["output"]["diagnostics"]
    assert diagnostic["severity"] == "error"
    assert diagnostic["line"] >= len(GOOD_SOURCE.splitlines()) + 1


@pytest.mark.parametrize(
    "line",
    [
        '// #import "user32.dll"',
        '/* #import "user32.dll"\n#include "C:\\x.mqh" */',
        'string text = "#import \\"user32.dll\\"";',
        '#property icon "\\\\Files\\\\EF-Icon-64x64px.ico"',
        '#resource "\\\\Images\\\\euro.bmp"',
        '#property link "https://www.mql5.com/../.."',
        '#import "Library.ex5"\nint f();\n#import // back to our own',
        "#include <Trade/PositionInfo.mqh> // see ../readme",
    ],
)
def test_what_only_looks_like_it_is_compiled(ea_desk: EaDesk, line: str) -> None:
    assert ea_desk.compile(GOOD_SOURCE + line + "\n")["status"] == "completed"


@pytest.mark.parametrize(
    ("field", "link"),
    [
        ("source_url", "http://storage.example.com/x"),
        ("source_url", "file:///etc/passwd"),
        ("source_url", "ftp://127.0.0.1/x"),
        ("source_url", "https://"),
        ("source_url", "https://exa mple.com/\x7f"),
        ("upload_url", "http://storage.example.com/x"),
    ],
)
def test_a_link_that_anybody_could_listen_to_is_refused(ea_desk: EaDesk, field: str, link: str) -> None:
    result = ea_desk.compile(**{field: link})
    assert (result["reason_code"], f"input.{field}" in result["error_message"]) == ("invalid_input", True)
    assert ea_desk.storage.requests == []


# The way from and to the storage


def sends(*replies: Callable[[BaseHTTPRequestHandler], None] | None, method: str) -> Callable[[Any], bool]:
    """The first requests of a method meet these; None is the storage's own answer."""
    left: Iterator[Callable[[BaseHTTPRequestHandler], None] | None] = iter(replies)

    def interrupt(request: BaseHTTPRequestHandler) -> bool:
        reply = next(left, None) if request.command == method else None
        if reply is not None:
            reply(request)
        return reply is not None

    return interrupt


def with_status(status: int, body: bytes = b"{}") -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda request: answer(request, status, body)


def truncated(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(GOOD_SOURCE.encode()[:100])


def reset(request: BaseHTTPRequestHandler) -> None:
    request.connection.close()


TROUBLES = [with_status(500), with_status(503, b"<html>"), with_status(429), truncated, reset]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_with_the_download_is_waited_out(
    ea_desk: EaDesk, trouble: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    ea_desk.storage.interrupt = sends(trouble, trouble, method="GET")
    assert ea_desk.compile()["status"] == "completed"
    assert [request[0] for request in ea_desk.storage.requests] == ["GET", "GET", "GET", "PUT"]


@pytest.mark.parametrize("trouble", [with_status(500), with_status(503, b"<html>"), with_status(429), reset])
def test_trouble_with_the_upload_is_waited_out(
    ea_desk: EaDesk, trouble: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    ea_desk.storage.interrupt = sends(trouble, trouble, method="PUT")
    assert ea_desk.compile()["status"] == "completed"
    assert [request[0] for request in ea_desk.storage.requests] == ["GET", "PUT", "PUT", "PUT"]


@pytest.mark.parametrize(("method", "reason"), [("GET", "download_failed"), ("PUT", "upload_failed")])
def test_a_storage_that_stays_down_fails_the_job_before_its_lease_ends(
    ea_desk: EaDesk, method: str, reason: str
) -> None:
    ea_desk.storage.interrupt = sends(*[with_status(500)] * 1000, method=method)
    began = ea_desk.clock.monotonic()
    result = ea_desk.compile()
    assert (result["reason_code"], "500" in result["error_message"]) == (reason, True)
    assert 180 < ea_desk.clock.monotonic() - began < 300


def test_a_storage_that_says_nothing_is_trouble_like_any_other(ea_desk: EaDesk) -> None:
    ea_desk.client._client.timeout = httpx.Timeout(0.05)
    heard = ea_desk.storage.changed

    def silent(_request: BaseHTTPRequestHandler) -> None:
        with heard:
            assert heard.wait_for(lambda: len(ea_desk.storage.requests) > 1, timeout=20)

    ea_desk.storage.interrupt = sends(silent, method="GET")
    assert ea_desk.compile()["status"] == "completed"


def test_an_upload_that_arrived_without_an_answer_is_not_a_failure(ea_desk: EaDesk) -> None:
    def stored_but_unanswered(request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        ea_desk.storage.files[request.path.partition("?")[0].partition("/sign/")[2]] = body
        request.connection.close()

    ea_desk.storage.interrupt = sends(stored_but_unanswered, method="PUT")
    given = compile_job(ea_desk.storage)
    result = ea_desk.run(given)
    uploaded = ea_desk.storage.uploaded(given["input"]["upload_url"])
    assert uploaded is not None
    assert result["output"]["checksum"] == hashlib.sha256(uploaded).hexdigest()


def test_a_place_that_somebody_else_took_is_not_reported_as_ours(ea_desk: EaDesk) -> None:
    given = compile_job(ea_desk.storage)
    ea_desk.storage.files[given["input"]["upload_url"].partition("?")[0].partition("/sign/")[2]] = b"EX5 of another"
    assert ea_desk.run(given)["reason_code"] == "upload_refused"


def refused(status: int) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda request: refuse(request, str(status), "refused", "no")


@pytest.mark.parametrize("reply", [with_status(403), refused(403), refused(404), refused(400), with_status(404)])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_refused_link_is_left_to_whoever_knows_the_lease(
    ea_desk: EaDesk, method: str, reply: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    ea_desk.storage.interrupt = sends(reply, method=method)
    with pytest.raises(agent.LinkRefused) as raised:
        ea_desk.compile()
    assert raised.value.failure.reason_code == {"GET": "download_refused", "PUT": "upload_refused"}[method]


@pytest.mark.parametrize(
    ("status", "method", "reason"),
    [
        (413, "PUT", "file_too_large"),
        (415, "PUT", "upload_refused"),
        (422, "GET", "download_refused"),
        (307, "PUT", "upload_refused"),
    ],
)
def test_other_refusals_are_final(ea_desk: EaDesk, status: int, method: str, reason: str) -> None:
    def reply(request: BaseHTTPRequestHandler) -> None:
        answer(request, status, b"{}", Location="/elsewhere")

    ea_desk.storage.interrupt = sends(reply, method=method)
    assert ea_desk.compile()["reason_code"] == reason


def test_a_file_that_says_it_is_too_large_is_not_read(ea_desk: EaDesk) -> None:
    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(2 * 2**20 + 1))
        request.end_headers()

    ea_desk.storage.interrupt = sends(reply, method="GET")
    result = ea_desk.compile()
    assert (result["reason_code"], result["error_message"]) == ("file_too_large", "the file is larger than 2 MiB")


def test_a_file_that_does_not_say_its_size_is_read_up_to_the_limit(ea_desk: EaDesk) -> None:
    sent = 0

    def reply(request: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        request.send_response(200)
        request.end_headers()
        for _ in range(1000):
            sent += request.wfile.write(b"/" * 2**16)

    ea_desk.storage.interrupt = sends(reply, method="GET")
    assert ea_desk.compile()["reason_code"] == "file_too_large"
    assert sent < 1000 * 2**16


def test_a_source_of_exactly_the_limit_is_read(ea_desk: EaDesk) -> None:
    source = GOOD_SOURCE.encode()
    padding = b"//" + b"x" * (2 * 2**20 - len(source) - 2)
    assert ea_desk.compile(source + padding)["status"] == "completed"


def test_packed_files_are_not_unpacked(ea_desk: EaDesk) -> None:
    def reply(request: BaseHTTPRequestHandler) -> None:
        answer(request, 200, b"packed", Content_Encoding="gzip")

    ea_desk.storage.interrupt = sends(reply, method="GET")
    assert ea_desk.compile()["reason_code"] == "download_refused"
    assert ea_desk.storage.requests[0][2]["Accept-Encoding"] == "identity"


def test_a_redirect_within_the_storage_is_followed(ea_desk: EaDesk) -> None:
    target = ea_desk.storage.source()

    def reply(request: BaseHTTPRequestHandler) -> None:
        answer(request, 302, b"", Location=target.removeprefix(ea_desk.storage.url.removesuffix("/storage/v1")))

    ea_desk.storage.interrupt = sends(reply, method="GET")
    assert ea_desk.compile()["status"] == "completed"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://example.com/x", "https://127.0.0.1/x", "ftp://x", ""])
def test_a_redirect_to_elsewhere_is_not_followed(ea_desk: EaDesk, target: str) -> None:
    def reply(request: BaseHTTPRequestHandler) -> None:
        answer(request, 302, b"", Location=target)

    ea_desk.storage.interrupt = sends(*[reply] * 10, method="GET")
    assert ea_desk.compile()["reason_code"] == "download_refused"


def test_links_and_their_tokens_are_in_no_message_and_no_log(ea_desk: EaDesk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "forexelite")
    for trouble in TROUBLES:
        ea_desk.storage.interrupt = sends(trouble, method="GET")
        ea_desk.compile()
    ea_desk.storage.interrupt = sends(*[with_status(500)] * 1000, method="PUT")
    said = agent.to_json(ea_desk.compile())
    assert caplog.records
    assert "SECRETTOKEN" not in said + caplog.text


# Size of what is reported


def test_a_result_stays_below_what_the_backend_takes(ea_desk: EaDesk) -> None:
    """256 KiB, although each character may take six bytes in JSON."""
    build = agent.Build(
        tuple(agent.Diagnostic(99999, 99999, "error", 99999, "\u6771" * 1000) for _ in range(5000)),
        "\u6771" * 100_000,
        None,
    )
    assert len(agent.to_json(build.dump())) < 240 * 1024


def test_of_many_diagnostics_the_errors_are_kept_and_of_a_long_log_both_ends(ea_desk: EaDesk) -> None:
    warnings = [agent.Diagnostic(line, 1, "warning", 43, "lossy") for line in range(500)]
    errors = [agent.Diagnostic(line, 1, "error", 256, "undeclared") for line in range(1000, 1003)]
    dump: Any = agent.Build((*warnings, *errors), "begin" + "x" * 50_000 + "Result", None).dump()
    assert [diagnostic["severity"] for diagnostic in dump["diagnostics"]] == ["warning"] * 97 + ["error"] * 3
    assert dump["log"].startswith("begin")
    assert dump["log"].endswith("Result")
    assert len(dump["log"]) <= 16_000
