# SPDX-License-Identifier: GPL-3.0-or-later
"""Chat templates in the styles that models ship with, and conversations to render them with."""

LLAMA3 = """{{- bos_token }}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "26 Jul 2024" %}
    {%- endif %}
{%- endif %}
{#- The system turn comes first. -#}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{{- "Cutting Knowledge Date: December 2023\\n" }}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

MISTRAL = """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + content + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + content + eos_token }}{% endif %}{% endfor %}"""

GEMMA = """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- set first_user_prefix = messages[0]['content'] + '

' -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}
    {%- endif -%}
    {%- if (message['role'] == 'assistant') -%}
        {%- set role = "model" -%}
    {%- else -%}
        {%- set role = message['role'] -%}
    {%- endif -%}
    {{ '<start_of_turn>' + role + '
' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {{ raise_exception("Only text") }}
    {%- endif -%}
    {{ '<end_of_turn>
' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model
'}}
{%- endif -%}
"""

# Reasoning models: content searched, split and stripped; a backward walk over the turns.
REASONING = """{%- set ns = namespace(last_user=-1, seen=false) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if not ns.seen and message.role == "user" and not(message.content.startswith('<tool>') and message.content.endswith('</tool>')) %}
        {%- set ns.seen = true %}
        {%- set ns.last_user = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content %}
    {%- set reasoning = '' %}
    {%- if message.reasoning_content is string %}
        {%- set reasoning = message.reasoning_content %}
    {%- elif '</think>' in content %}
        {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
    {%- endif %}
    {%- if message.role == 'assistant' and loop.index0 > ns.last_user %}
        {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}"""

ZEPHYR = """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>\\n' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>\\n' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\\n'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}
"""

# Tests, filters, operators and string methods, over whatever the turns hold.
KITCHEN_SINK = """  {# comment #}
{%- macro turn(role, text, end='<end>') -%}
[{{ role|upper }}] {{ text }}{{ end }}
{%- endmacro -%}
{% set roles = messages | map(attribute='role') | list %}
{{ roles | join(', ') }} / {{ roles | length }} / {{ roles | unique | list | length }}
{% for message in messages if message.role != 'system' %}
  {{- turn(message.role, message.content[:5]) }}
  {{ turn(message['role'], message.content[-3:], end='') -}}
  {% if not loop.first %} after {{ loop.previtem.role }}{% endif %}
  {{ loop.index }}:{{ loop.revindex0 }} {{ loop.cycle('odd', 'even') }} {{ 'x' in message.content }} {{ 'ü' not in message.content }}
  {%- if message.content is not none and message.content | length > 3 %} long{{ message.content|length }} {%- endif %}
{% else %}
no turns
{% endfor %}
{% set a = 7 %}{% set b = 2 %}
{{ a // b }} {{ a % b }} {{ a * b + 1 }} {{ -a }} {{ a / b }} {{ 2 ** 3 }} {{ a > b and not a == b }} {{ [1, 'two', true, none] }} {{ {'k': 1.5} }}
{{ 'a-b-c'.replace('-', '+') }} {{ ' padded '.strip() }}| {{ 'MiXed'.lower() }} {{ 'MiXed'.upper() }} {{ 'word' | capitalize }} {{ 'two words'.title() }}
{{ messages[0] | tojson }} {{ 'q"uo\\'te' | tojson }} {{ undefined_name | default('fallback') }} {{ undefined_name is defined }}{{ undefined_name }}
{{ (messages | selectattr('role', 'equalto', 'user') | list | first).content if messages | selectattr('role', 'equalto', 'user') | list else 'nobody' }}
{{ messages | last == messages[-1] }} {{ range(3) | list }} {{ 'ab' ~ 1 }} {{ '%s' }} {{ "é" * 3 }} {{ 3 is odd }} {{ 4 is even }} {{ true is true }}
{%- for c in 'añ' %} <{{ c }}>{% endfor %}
{%- set block %}

 block {{ a }}
{% endset %}{{ block | trim }}
{%- if messages[5] is defined %}six{% endif %}
  {%- for key, value in messages[0].items() %} {{ key }}={{ value }}{% if loop.last %};{% endif %}{% endfor %}
{% for m in messages %}{% if m.role == 'assistant' %}{% continue %}{% endif %}{{ m.role }}{% if loop.index > 1 %}{% break %}{% endif %}{% endfor %}

"""

# What an assistant turn holds is marked for training; the mark itself writes nothing.
GENERATION = """{% for message in messages %}{% if message.role == 'assistant' %}{% generation %}{{ 'A: ' + message.content + eos_token }}{% endgeneration %}{% else %}{{ message.role | title + ': ' + message.content + '\\n' }}{% endif %}{% endfor %}"""


def templates():
    return [("llama3", LLAMA3), ("mistral", MISTRAL), ("gemma", GEMMA), ("reasoning", REASONING), ("zephyr", ZEPHYR),
            ("kitchen_sink", KITCHEN_SINK), ("generation", GENERATION)]


def conversations():
    turn = lambda role, content: {"role": role, "content": content}
    hello = turn("user", "Hello, who are you?")
    return [
        [hello],
        [turn("system", "You are terse."), hello],
        [hello, turn("assistant", "A model."), turn("user", "Are you sure?")],
        [turn("system", "  Spaces around. \n"), turn("user", " leading and trailing  \n"), turn("assistant", "\n\nok\u00a0"), turn("user", "x")],
        [turn("user", "Überraschung 👩‍🚀 {{ not a tag }} {% raw %} 'quotes' \"double\" \\ backslash\ttab"), turn("assistant", "<b>&amp;</b>")],
        [turn("user", "2+2?"), turn("assistant", "<think>\nadd\n</think>\n\n4"), turn("user", "3+3?"), turn("assistant", "<think>again</think>6")],
        [turn("user", ""), turn("assistant", "")],
        [turn("assistant", "I speak first."), hello],
    ]
