# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversations that chat templates are rendered with, as the variables that transformers passes."""


def turn(role, content, **more):
    return {"role": role, "content": content, **more}


def call(name, arguments, **more):
    return {"type": "function", "function": {"name": name, "arguments": arguments}, **more}


WEATHER = {"type": "function", "function": {
    "name": "get_weather", "description": "The weather of a \"place\" <now> & later, in °C.",
    "parameters": {"type": "object", "properties": {
        "place": {"type": "string", "description": "A town"},
        "days": {"type": "integer", "description": "How many", "default": 1, "minimum": 0},
        "units": {"type": "string", "enum": ["metric", "imperial"], "nullable": True},
        "where": {"type": "object", "properties": {"lat": {"type": "number"}, "lon": {"type": ["number", "null"]}}, "required": ["lat"]},
        "tags": {"type": "array", "items": {"type": "string"}}},
        "required": ["place", "days"]},
    "return": {"type": "object", "description": "Weather", "properties": {"temperature": {"type": "number"}}}}}
CLOCK = {"type": "function", "function": {"name": "now", "description": "The time", "parameters": {"type": "object", "properties": {}}}}
NESTED = {"place": "Köln <b>", "days": 3, "ratio": 0.5, "big": 1e20, "tiny": 1e-7, "yes": True, "no": False, "nothing": None,
          "list": [1, "two", [3.0], {}], "dict": {"a": {"b": "c's \"q\""}}, "empty": "", "lines": "a\nb"}


def conversations():
    hello = turn("user", "Hello, who are you?")
    system = turn("system", "You are terse.")
    answer = turn("assistant", "A model.")
    tool_turns = [turn("user", "Weather in Köln?"),
                  turn("assistant", "I look.", tool_calls=[call("get_weather", NESTED, id="call12345"), call("now", {}, id="call12346")]),
                  turn("tool", "{\"temperature\": 21.5}", name="get_weather", tool_call_id="call12345"),
                  turn("tool", "12:30", name="now", tool_call_id="call12346")]
    thought = [turn("user", "2+2?"), turn("assistant", "4", reasoning_content="Two and two.\n"), turn("user", "3+3?"),
               turn("assistant", "6", reasoning_content="  Three\n\nand three. ")]
    parts = [turn("user", [{"type": "image"}, {"type": "text", "text": "What is this? "}, {"type": "text", "text": "And here?"}, {"type": "image", "image": "x.png"}]),
             turn("assistant", [{"type": "text", "text": " A cat.\n"}]), turn("user", [{"type": "video"}, {"type": "audio"}, {"type": "text", "text": "Sure?"}])]
    named = {
        "hello": [hello],
        "system": [system, hello],
        "turns": [system, hello, answer, turn("user", "Are you sure?"), turn("assistant", "Yes."), turn("user", "Why?"), turn("assistant", "Because.")],
        "spaces": [turn("system", "  Spaces around. \n"), turn("user", " leading and trailing  \n"), turn("assistant", "\n\nok\u00a0"), turn("user", "x\r\ny")],
        "unicode": [turn("user", "Überraschung 👩‍🚀 {{ not a tag }} {% raw %} {# c #} 'quotes' \"double\" \\ back\ttab"), turn("assistant", "<b>&amp;</b> 日本")],
        "thoughts": [turn("user", "2+2?"), turn("assistant", "<think>\nadd\n</think>\n\n4"), turn("user", "3+3?"), turn("assistant", "<think>again</think>6")],
        "reasoning": thought,
        "empty": [turn("system", ""), turn("user", ""), turn("assistant", "")],
        "assistant first": [turn("assistant", "I speak first."), hello],
        "two users": [hello, turn("user", "Again.")],
        "developer": [turn("developer", "Be kind."), hello],
        "other role": [hello, turn("critic", "Hm.")],
        "none": [],
        "no content": [hello, {"role": "assistant"}, turn("user", None)],
        "number": [turn("user", 7), turn("assistant", 0.25)],
        "parts": parts,
        "text parts": [turn("system", [{"type": "text", "text": "Be brief."}]), turn("user", [{"type": "text", "text": "Hi"}])],
        "tool call": tool_turns[:2],
        "tool turns": [system] + tool_turns + [turn("assistant", "21.5 °C at 12:30."), turn("user", "Thanks")],
        "text arguments": [hello, turn("assistant", None, tool_calls=[call("get_weather", "{\"place\": \"Köln\"}", id="123456789")]),
                           turn("tool", [{"type": "text", "text": "sunny"}], name="get_weather", tool_call_id="123456789")],
        "bare calls": [hello, turn("assistant", "", tool_calls=[{"name": "now", "arguments": {"a": 1}}]), turn("tool", {"time": "12:30", "ok": True})],
        "think and call": [hello, turn("assistant", "", reasoning_content="Look.", thinking="Look.", tool_calls=[call("now", {"zone": "UTC"})]), turn("tool", "12:30")],
    }
    made = [(name, {"messages": messages}) for name, messages in named.items()]
    made += [
        ("tools", {"messages": [hello], "tools": [WEATHER, CLOCK]}),
        ("tools and system", {"messages": [system] + tool_turns, "tools": [WEATHER]}),
        ("no tools", {"messages": [hello], "tools": []}),
        ("documents", {"messages": [hello], "documents": [{"title": "One", "text": "First."}, {"title": "Two", "text": "Second <2>."}]}),
        ("not thinking", {"messages": thought[:3], "enable_thinking": False}),
        ("thinking", {"messages": thought[:3], "enable_thinking": True, "reasoning_effort": "high", "preserve_thinking": True}),
        ("identity", {"messages": [hello], "model_identity": "You are a test.", "builtin_tools": ["python"], "date_string": "1 May 2020"}),
    ]
    return made
