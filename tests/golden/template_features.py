# SPDX-License-Identifier: GPL-3.0-or-later
"""Small templates, each about one feature of the language, and what they see."""

INPUT = {
    "messages": [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "Hällo {{ x }}"}, {"role": "assistant", "content": ""},
                 {"role": "user", "content": "b", "n": 2, "tags": ["x", "Y"]}],
    "add_generation_prompt": True,
    "numbers": [3, -1, 2.5, 0, 10],
    "words": ["pear", "Apple", "fig", "apple", "Fig"],
    "nested": {"b": {"c": [1, {"d": "deep"}]}, "a": None, "z": False, "items": "shadow", "10": "ten"},
    "people": [{"name": "Bo", "age": 3, "home": {"town": "Ulm"}}, {"name": "al", "age": 5, "home": {"town": "Bonn"}}, {"name": "Cy", "age": 3, "home": {"town": "Ulm"}}, {"name": "di"}],
    "text": "añb Straße ǆ 日本 👩‍🚀",
    "lines": "one\n  two\r\n\nthree\x0bfour\u2028five\n",
    "html": "<a href=\"x\">'&'</a>",
    "flag": True,
    "empty": [],
    "real": 0.1,
}

WHITE_SPACE = r"""
a {%- if true %} b {%- endif -%} c
a {{- 'x' }} b {{ 'y' -}} c
a {#- c -#} b
a  {%+ if true %}b{% endif %}
{{ 'a' }} ¶{{ 'b' }}¶
¶¶  {% if true %}¶  x¶  {% endif %}¶y¶
  {# c #}¶x
x {# c #}¶y
  {% if true %}  ¶x{% endif +%}¶y
{% if true +%}¶x{% endif %}¶y
  {{ 'a' }}  ¶  {% set x = 1 %}  ¶b
{%- for i in [1, 2] -%}  ¶ {{ i }} ¶ {%- endfor -%} z
{% raw %}  {{ x }} {% if %} {# #}  {% endraw %}¶z
  {% raw -%}  a {%- endraw %}  b
  {% raw %}¶  b¶  {% endraw %}¶c
{% raw %}{% endraw %}x
a¶¶
¶
{{ '¶' }}
a
{{ "a" }}{{- " b " -}}{{ "c" }}
x¶	{%- set a = 1 -%}	¶y
x　{%- set a = 1 %}y
{% if true %}a{% endif %}  {% if true %}b{% endif %}¶  {% if true %}c{% endif %}
{#- -#}x{##}y{#-#}z
{{ 1 }}{# a {{ b }} {% c %} #}{{ 2 }}
{{-1}}{{ -1}}{{+1}}{{ 1-}}
{%if true%}a{%else%}b{%endif%}
"""

EXPRESSIONS = r"""
{{ 1, 2 }} {{ (1,) }} {{ () }} {{ (1) }}
{{ 1 + 2 * 3 - 4 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 // -2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }}
{{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ 2 ** -1 }} {{ 2 ** 0.5 }} {{ 4 / 2 }} {{ 1 / 3 }}
{{ 1_000 }} {{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 1.5e3 }} {{ 1e16 }} {{ 1e-5 }} {{ 0.0001 }} {{ 123456789012345.0 }} {{ 1e22 }} {{ 100.0 }}
{{ 0.1 + 0.2 }} {{ 1e308 * 10 }} {{ 3.0 }} {{ -0.0 }} {{ 5e-324 }}
{{ true + 1 }} {{ true and 2 }} {{ 0 or 'x' }} {{ not 1 }} {{ not not [] }} {{ none or false }}
{{ 1 < 2 < 3 }} {{ 1 < 2 > 5 }} {{ 1 == 1.0 == true }} {{ 'a' < 'b' }} {{ [1, 2] < [1, 3] }} {{ 'Z' < 'a' }} {{ 'é' > 'z' }}
{{ 1 in [1] }} {{ 'a' in 'cat' }} {{ 'a' not in 'cat' }} {{ 'b' in nested }} {{ not 'b' in nested }} {{ 1.0 in [1] }} {{ none in [none] }}
{{ 'x' if flag else 'y' }} {{ 'x' if not flag }}| {{ 'a' if false else 'b' if false else 'c' }}
{{ 'a' ~ 1 ~ none ~ true ~ 1.0 ~ [1] ~ nothing }} {{ 1 ~ 2 + 3 }}
{{ 'a' 'b' "c" }} {{ 'it''s' }}
{{ 'a\tb\x41\u00e9\U0001F600\101\\\'\"\q' }}
{{ "é\n€" }} {{ '\é' }}
{{ [1, 'a', "it's", 'q"', 'both\'"', none, true, 1.5, (1,), {'k': 'v'}, 'é', '\n\x00\x7f\u200b\ud7ff'] }}
{{ {'a': 1, 2: 'b', none: [], 1.5: (), true: false} }} {{ {} }} {{ {'a': 1, 'a': 2} }} {{ {1: 'a', true: 'b', 1.0: 'c'} }}
{{ [1, 2] + [3] }} {{ (1,) + (2, 3) }} {{ [0] * 3 }} {{ 3 * 'ab' }} {{ 'ab' * -1 }} {{ true * 'x' }}
{{ [[1, 2], [3]][0][1] }} {{ nested.b.c[1].d }} {{ nested['b']['c'][1]['d'] }} {{ nested.b['c'].1.d }}
{{ text[0] }}{{ text[1] }}{{ text[-1] }}{{ text[99] is defined }} {{ text[1:4] }} {{ text[::-1] }} {{ text[::3] }} {{ text[-3:] }} {{ text[5:2:-1] }} {{ text[:-20] }}
{{ [1,2,3,4,5][1:-1] }} {{ [1,2,3][::-1] }} {{ [1,2,3][5:] }} {{ [1,2,3][-9:2] }} {{ (1,2,3)[1:] }} {{ 'abc'[true] }} {{ [1,2,3][none:none:2] }}
{{ range(3) }} {{ range(1, 10, 3) | list }} {{ range(3, 0, -1) | list }} {{ range(0) | list }} {{ range(10)[2:8:2] }} {{ range(5)[-1] }} {{ 3 in range(5) }}
{{ nothing }}|{{ nothing is defined }}|{{ nested.missing }}|{{ nested['missing'] is undefined }}|{{ none.x is defined }}|{{ 5.x is defined }}
{{ nothing == nothing2 }} {{ nothing == none }} {{ nothing or 'x' }} {{ not nothing }} {{ nothing in [1] }} {{ 'x' in nothing }} {{ nothing | length }} {{ nothing | list }}
{{ nested.items() | list | length }} {{ nested['items'] }} {{ nested.get('a', 1) }} {{ nested.get('q', 1) }} {{ nested.get('q') }} {{ nested['get']('z') }}
{{ nested.keys() }} {{ nested.values() | list }} {{ {'a': 1}.items() }} {{ {'a': 1}.keys() | list }} {{ 'a' in {'a': 1}.keys() }}
{{ -1 | abs }} {{ (-1) | abs }} {{ -'1' | int }}
{{ 'a' | upper ~ 'b' }} {{ 'abc' | length + 1 }} {{ 2 * '3' | int }} {{ not flag | string }}
{{ 1 if 0 }}{{ (1 if 0) is defined }}
{{ 1 is odd and 2 is even }} {{ 3 is not odd }} {{ 1 is number is defined }}
{{ 9223372036854775807 }} {{ -9223372036854775807 - 1 }}
{{ +5 }} {{ +true }} {{ - 5 }} {{ 1 - -1 }}
{{ [1,] }} {{ {'a': 1,} }} {{ (1, 2,) }}
{{ numbers.0 }} {{ words.1 }} {{ words.index('fig') }} {{ words.count('fig') }} {{ (1, 1).count(1) }}
{{ {'a': {'b': 1}}.a.b }} {{ {'get': 1}.get('get') }}
{{ 'a.b'.split('.')[0] }} {{ 'ab'['upper']() }} {{ 'x'['y'] is defined }}
{{ (1 == 1) and ('a' == 'a') or false }} {{ 1 != 2 }} {{ [] == () }} {{ {} == {} }} {{ {'a':1,'b':2} == {'b':2,'a':1} }}
{{ real + 0.2 }} {{ real * 3 }} {{ 1.1 * 1.1 }} {{ 1e100 }} {{ 10 // 3.0 }} {{ 7 / 7 }}
{{ true }} {{ True }} {{ false }} {{ none }} {{ None }} {{ [True, none] }}
{{ dict(a=1, b='x') }} {{ dict([('k', 1)]) }} {{ dict({'a': 1}, b=2) }} {{ dict() }}
{{ namespace(a=1).a }} {{ namespace({'x': 2}).x }} {{ namespace(a=1) }} {{ namespace().q is defined }}
{{ strftime_now('%d %B %Y') }}
{{ '%s is %d and %5.2f|%-5s|%05d|%x|%%' % ('a', 3, 1.5, 'l', 42, 255) }} {{ '%s' % 'x' }} {{ '%r' % ('x',) }} {{ 'a%sb' % none }}
{{ '{} {}'.format(1, 'a') }} {{ '{1}{0}{{}}'.format('a', 'b') }} {{ '{x}'.format(x=[1]) }}
{{ [1, 2, 3] | first }} {{ [] | first is defined }} {{ 'é€' | last }}
{{ 'a' in ['a'] and 'b' not in ['a'] }} {{ (not 1) in [false] }}
{{ nested.b.c | length }} {{ messages | length }} {{ messages[-1].tags[0] }} {{ messages[0]['role'] == 'system' }} {{ messages[1:] | length }}
{{ 'abc' > 'abd' }} {{ 'abc' >= 'abc' }} {{ 2 >= 1.5 }} {{ (1, 2) <= (1, 2) }}
{{ loop is defined }} {{ caller is defined }} {{ tools is none }} {{ tools is defined }} {{ custom_tools is defined }}
{{ (text | safe) + '<' }} {{ '<' + ('>' | safe) }} {{ ('<' | e) ~ '<' }} {{ ('<b>' | safe) * 2 }} {{ ['<' | safe] }} {{ ('<' | safe) == '<' }}
"""

FILTERS = r"""
{{ '  a b ' | trim }}|{{ 'xxaxx' | trim('x') }}|{{ 5 | trim }}|{{ none | trim }}|{{ nothing | trim }}
{{ text | length }} {{ words | count }} {{ nested | length }}
{{ nested | tojson }} {{ html | tojson }} {{ text | tojson }} {{ text | tojson(ensure_ascii=true) }}
{{ people | tojson(indent=2) }}
{{ [] | tojson(indent=4) }} {{ {'a': [], 'b': {}} | tojson(indent=1) }} {{ [1, [2]] | tojson(indent='--') }}
{{ nested | tojson(sort_keys=true) }} {{ [1, {'a': 2}] | tojson(separators=(',', ':')) }} {{ {1: 2, none: 3, true: 4, 1.5: 5} | tojson }}
{{ 1.0 | tojson }} {{ 1e20 | tojson }} {{ 0.1 | tojson }} {{ true | tojson }} {{ none | tojson }} {{ (1, 2) | tojson }} {{ 'a\u2028\x7f\x01' | tojson }} {{ 1e400 | tojson }}
{{ words | join }} {{ words | join(', ') }} {{ people | join('|', attribute='name') }} {{ numbers | join(1) }} {{ 'abc' | join('-') }} {{ nested | join(',') }}
{{ 'aaa' | replace('a', 'b') }} {{ 'aaa' | replace('a', 'b', 2) }} {{ 123 | replace(2, 'x') }} {{ 'ab' | replace('', '-') }}
{{ 'straße ǆ i' | upper }} {{ 'ÀÉΣ' | lower }} {{ 'ΑΣ' | lower }} {{ "it's a wOrd (x) foo-bar [y" | title }} {{ 'hELLO wORLD' | capitalize }} {{ 'ǆ' | capitalize }} {{ 'éa' | capitalize }}
{{ numbers | first }} {{ numbers | last }} {{ nested | first }} {{ 'ab' | first }} {{ empty | last is defined }}
{{ nothing | default('d') }} {{ none | default('d') }} {{ '' | default('d', true) }} {{ '' | d('x', boolean=true) }} {{ nothing | d }}|{{ nested.q | default([]) }}
{{ nested | items | list }} {{ nothing | items | list }}
{{ 'abc' | list }} {{ nested | list }} {{ range(3) | list }} {{ (1, 2) | list }}
{{ 5 | string + 'x' }} {{ none | string }} {{ [1] | string }} {{ 1.0 | string }}
{{ '42' | int }} {{ ' 42 ' | int }} {{ '4.9' | int }} {{ 'x' | int }} {{ 'x' | int(7) }} {{ 'ff' | int(base=16) }} {{ '0x1f' | int(0, 16) }} {{ -3.9 | int }} {{ none | int }} {{ true | int }} {{ '1_0' | int }} {{ [] | int(2) }}
{{ '1.5' | float }} {{ '1e3' | float }} {{ 'x' | float }} {{ 2 | float }} {{ 'inf' | float }} {{ 'x' | float(1) }}
{{ words | map('upper') | list }} {{ people | map(attribute='name') | list }} {{ people | map(attribute='home.town', default='?') | list }} {{ people | map(attribute='age') | list }} {{ words | map('replace', 'p', 'P') | join(' ') }} {{ [[1,2],[3,4]] | map(attribute=1) | list }}
{{ words | map('length') | sum }} {{ empty | map('upper') | list }} {{ none | map('upper') | list }}
{{ numbers | select | list }} {{ numbers | select('gt', 1) | list }} {{ numbers | select('odd') | list }} {{ words | select('in', ['fig']) | list }} {{ numbers | select('>', 2) | list }}
{{ [1, 2, 3, 4] | reject('even') | list }} {{ words | reject('equalto', 'fig') | list }} {{ [0, 1, ''] | reject | list }}
{{ people | selectattr('age') | map(attribute='name') | list }} {{ people | selectattr('age', 'eq', 3) | list | length }} {{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | list }} {{ people | selectattr('home.town', 'eq', 'Ulm') | map(attribute='name') | join }}
{{ people | rejectattr('age') | list }} {{ people | rejectattr('age', 'lt', 4) | map(attribute='name') | list if false else 'n' }} {{ people[:3] | rejectattr('age', 'lt', 4) | map(attribute='name') | list }}
{{ words | sort }} {{ words | sort(case_sensitive=true) }} {{ words | sort(reverse=true) }} {{ numbers | sort }} {{ people[:3] | sort(attribute='age') | map(attribute='name') | list }} {{ people[:3] | sort(attribute='age,name') | map(attribute='name') | list }} {{ nested | sort }}
{{ words | unique | list }} {{ words | unique(true) | list }} {{ people[:3] | unique(attribute='age') | map(attribute='name') | list }} {{ [1, 1.0, true, 2] | unique | list }}
{{ words | reverse | list }} {{ 'añ' | reverse }} {{ nested | reverse | list }}
{{ nested | dictsort | map(attribute=0) | list }} {{ {'b': 1, 'A': 2, 'c': 0} | dictsort }} {{ {'b': 1, 'A': 2} | dictsort(true) }} {{ {'b': 1, 'a': 2} | dictsort(by='value', reverse=true) }}
{{ 'a\nb\n\nc' | indent }}|{{ 'a\nb' | indent(2, true) }}|{{ 'a\n\nb' | indent(2, blank=true) }}|{{ 'a\nb' | indent('>> ') }}|{{ 'a\nb\n' | indent(1) }}|{{ '' | indent(1, true) }}
{{ 2.5 | round }} {{ 3.5 | round }} {{ 2.675 | round(2) }} {{ 2.1 | round(0, 'ceil') }} {{ 2.9 | round(method='floor') }} {{ 7 | round }} {{ 1.005 | round(2) }} {{ -2.5 | round }} {{ 7 | round(1, 'floor') }}
{{ numbers | min }} {{ numbers | max }} {{ words | min }} {{ words | max(case_sensitive=true) }} {{ people[:3] | max(attribute='age') }} {{ empty | min is defined }}
{{ numbers | sum }} {{ people[:3] | sum(attribute='age') }} {{ [[1], [2]] | sum(start=[]) }} {{ [0.1, 0.2] | sum }}
{{ html | e }} {{ html | escape | e }} {{ html | safe }} {{ 5 | e }} {{ (html | e) | upper }} {{ (html | safe | trim)[0:2] }} {{ ('a<b' | safe).split('<') }}
{{ numbers | batch(2) | list }} {{ numbers | batch(3, 'x') | list }}
{{ people[:3] | groupby('age') }} {% for age, group in people[:3] | groupby('age') %}{{ age }}:{{ group | map(attribute='name') | join(',') }};{% endfor %}{% for g in people | groupby('home.town', default='-') %}{{ g.grouper }}={{ g.list | length }} {% endfor %}
{{ "it's one two-three 4" | wordcount }}
{{ '%s-%s' | format(1, 'b') }}
{{ -5 | abs }} {{ -5.5 | abs }} {{ true | abs }}
{{ text | list | length }} {{ text | upper }} {{ text | capitalize }} {{ text | title }}
{% filter upper %}a{{ 'b' }}{% endfilter %}{% filter trim | replace('x', 'y') %} x {% endfilter %}
{{ messages | map(attribute='role') | unique | list | length }} {{ messages | map(attribute='content') | select('string') | list }} {{ (messages | last).n }}
{{ words | map('first') | join }} {{ [[3, 1], [2]] | map('sort') | list }} {{ [[3, 1], [2]] | map('join', '+') | list }} {{ ['a', nothing] | map('default', 'z') | list }}
"""

TESTS = r"""
{{ none is none }} {{ nothing is none }} {{ 'a' is string }} {{ 1 is string }} {{ 1 is number }} {{ true is number }} {{ 1.0 is number }} {{ 'a' is number }}
{{ 1 is integer }} {{ true is integer }} {{ 1.0 is integer }} {{ 1.0 is float }} {{ 1 is float }} {{ true is boolean }} {{ 1 is boolean }} {{ none is boolean }}
{{ nested is mapping }} {{ [] is mapping }} {{ [] is sequence }} {{ 'a' is sequence }} {{ nested is sequence }} {{ 5 is sequence }} {{ nothing is sequence }} {{ none is sequence }} {{ range(2) is sequence }}
{{ [] is iterable }} {{ 'a' is iterable }} {{ 5 is iterable }} {{ none is iterable }} {{ nothing is iterable }} {{ nested is iterable }} {{ nested.items() is iterable }} {{ (words | map('upper')) is iterable }}
{{ true is true }} {{ 1 is true }} {{ false is false }} {{ 0 is false }} {{ nothing is false }} {{ 'true' is true }}
{{ 4 is even }} {{ 3 is odd }} {{ 0 is even }} {{ -1 is odd }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ 2.0 is even }}
{{ 1 is equalto 1 }} {{ 1 is eq 1.0 }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 1 is gt 2 }} {{ 2 is ge 2 }} {{ 2 is le 1 }} {{ 1 is lessthan 2 }} {{ 1 is greaterthan(0) }}
{{ 'a' is in ['a'] }} {{ 'a' is in 'cat' }} {{ none is sameas none }} {{ [] is sameas [] }} {{ true is sameas true }} {{ 1 is sameas 1 }} {{ words is sameas words }}
{{ 'abc' is lower }} {{ 'aBc' is lower }} {{ 'ABC' is upper }} {{ '1' is upper }} {{ 'É' is upper }}
{{ raise_exception is callable }} {{ 'a'.upper is callable }} {{ 5 is callable }} {{ range is callable }} {{ words.index is callable }}
{{ nested.a is defined }} {{ nested.q is not defined }} {{ nested.b.q is undefined }} {{ namespace(a=1) is mapping }} {{ ('a' | e) is string }} {{ ('a' | e) is escaped }}
{{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }}
{{ 5 is not none and 5 is number }} {{ not 5 is string }} {{ (5 is string) == false }}
"""

METHODS = r"""
{{ ' a '.strip() }}|{{ 'xax'.strip('x') }}|{{ 'xyaxy'.lstrip('yx') }}|{{ 'a\n\n'.rstrip('\n') }}|{{ '\u3000a\u00a0'.strip() }}|{{ 'éaé'.strip('é') }}|{{ 'a'.strip(none) }}
{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a b c'.split(' ', 1) }} {{ 'a  b c '.split(none, 1) }} {{ ''.split() }} {{ ''.split(',') }} {{ 'a<t>b<t>c'.split('<t>')[-1] }} {{ 'abc'.split(sep='b', maxsplit=1) }}
{{ 'a b c'.rsplit(' ', 1) }} {{ 'a  b  c '.rsplit(none, 1) }} {{ 'a,b'.rsplit(',') }} {{ ' a b '.rsplit() }}
{{ lines.splitlines() }} {{ lines.splitlines(true) }} {{ ''.splitlines() }} {{ 'a\r\rb'.splitlines() }}
{{ 'Abc'.startswith('A') }} {{ 'abc'.startswith(('x', 'a')) }} {{ 'abc'.endswith('bc') }} {{ 'abc'.startswith('b', 1) }} {{ 'añc'.endswith('ñ', 0, 2) }} {{ 'abc'.startswith('') }} {{ 'a'.startswith('', 5) }}
{{ 'aBc'.upper() }} {{ 'ABC'.lower() }} {{ 'heLLo wORLD'.title() }} {{ "they're ok".title() }} {{ 'hELLO'.capitalize() }} {{ 'ﬁn'.title() }} {{ 'ﬁn'.upper() }} {{ 'ΑΣ ΑΣΑ'.lower() }} {{ 'ΑΣ'.title() }} {{ '3d x2y'.title() }} {{ 'ŉa'.capitalize() }}
{{ 'aaa'.replace('a', 'b', 2) }} {{ 'abc'.replace('', '-') }} {{ 'abc'.replace('z', 'x') }} {{ 'añb'.replace('', '-', 2) }}
{{ 'añbñ'.find('ñ') }} {{ 'añbñ'.rfind('ñ') }} {{ 'abc'.find('z') }} {{ 'abc'.find('') }} {{ 'abcabc'.find('a', 1) }} {{ 'abcabc'.find('c', 0, 2) }} {{ 'abc'.index('c') }} {{ 'abc'.rindex('a') }} {{ 'abc'.find('a', -1) }}
{{ 'banana'.count('an') }} {{ 'aaa'.count('aa') }} {{ 'abc'.count('') }} {{ 'banana'.count('a', 2) }}
{{ ', '.join(['a', 'b']) }} {{ ''.join('añ') }} {{ '-'.join({'a': 1, 'b': 2}) }} {{ '-'.join([]) }}
{{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }} {{ 'x'.removeprefix('y') }}
{{ '12'.isdigit() }} {{ '1.2'.isdigit() }} {{ '²'.isdigit() }} {{ '٣'.isdigit() }} {{ ''.isdigit() }} {{ ' \t'.isspace() }} {{ ''.isspace() }} {{ 'abc'.islower() }} {{ 'ABC1'.isupper() }} {{ 'é'.isascii() }}
{{ '7'.zfill(3) }} {{ '-7'.zfill(4) }} {{ 'abc'.zfill(2) }} {{ 'é'.zfill(3) }}
{{ messages[1].content.split(' ')[0].upper().lower().strip('h') }} {{ messages[1]['content'].startswith('H') }}
{{ nested.get('b').get('c')[0] }} {{ nested.b.get('c', [])[1].get('d') }} {{ {'a': 1}.items() | list }} {{ {'a': 1}.values() | list }}
{{ text.upper() }} {{ text.lower() }} {{ text.title() }} {{ text.split(' ') }}
"""

STATEMENTS = r"""
{% if a %}a{% elif flag %}b{% else %}c{% endif %}{% if 0 %}{% elif [] %}{% else %}d{% endif %}
{% for x in numbers %}{{ loop.index }}/{{ loop.length }} {{ loop.index0 }} {{ loop.revindex }} {{ loop.revindex0 }} {{ loop.first }} {{ loop.last }} {{ x }};{% endfor %}
{% for x in words if 'p' in x %}{{ loop.index }}{{ loop.last }}{{ loop.length }}{{ x }} {{ loop.previtem }} {{ loop.nextitem }};{% else %}none{% endfor %}
{% for x in empty %}x{% else %}nothing{% endfor %}{% for x in numbers if x > 99 %}x{% else %}none{% endfor %}{% for x in nothing %}x{% else %}u{% endfor %}
{% for a, b in [(1, 2), [3, 4]] %}{{ a }}{{ b }} {% endfor %}{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}{% for a, b in ['xy'] %}{{ b }}{% endfor %}
{% for k, v in nested.items() %}{{ k }}={{ v }};{% endfor %}{% for k in nested %}{{ k }} {% endfor %}{% for k, v in nested | dictsort %}{{ k }} {% endfor %}{% for k, v in nested | items %}{{ loop.last }}{% endfor %}
{% for x in [1, 2, 3, 4] %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}
{% for x in [1, 2] %}{% for y in 'ab' %}{{ loop.index }}{{ x }}{{ y }}{{ loop.first }} {% endfor %}{{ loop.index }};{% endfor %}
{% for x in [1, 1, 2] %}{{ loop.changed(x) }}{{ loop.cycle('a', 'b') }}{% if loop.previtem is defined %}{{ loop.previtem }}{% endif %}{{ loop.nextitem }}{{ loop.depth }}{{ loop.depth0 }} {% endfor %}
{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = i + 10 %}{{ x }} {% endfor %}{{ x }}
{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}{% if false %}{% set y = 1 %}{% endif %}{{ y }}{{ y is defined }}
{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set (c, d) = [3, 4] %}{{ c }}{{ d }}{% set e = 1, 2 %}{{ e }}
{% set ns = namespace(n=0, list=[]) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% set ns.list = ns.list + [i] %}{% endfor %}{{ ns.n }} {{ ns.list }}{% set ns.a, x = 1, 2 %}{{ ns.a }}{{ x }}{{ ns['n'] }}
{% set x %} a {{ 1 }} b {% endset %}[{{ x }}]{% set y | upper | trim %} abc {% endset %}[{{ y }}]{{ x is string }}
{% set z = 1 %}{% set x %}{% set z = 2 %}{{ z }}{% endset %}{{ x }}{{ z }}
{% macro m(a, b='d', c=none) %}{{ a }}-{{ b }}-{{ c }};{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(1, c=3) }}{{ m(b=1, a=2) }}{{ m() }}{{ m.name }}
{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}
{% macro a() %}{{ x }}{{ flag }}{{ loop is defined }}{% endmacro %}{% set x = 5 %}{{ a() }}{% for i in [1] %}{{ a() }}{% endfor %}
{% macro a(x=y) %}{{ x }}{% endmacro %}{% set y = 1 %}{{ a() }}{% set y = 2 %}{{ a() }}{% macro b(p, q=p) %}{{ q }}{% endmacro %}{{ b(7) }}
{% macro wrap(t) %}<{{ t }}>{{ caller() }}</{{ t }}>{% endmacro %}{% call wrap('b') %}in{{ flag }}{% endcall %}
{% macro each(l) %}{% for i in l %}{{ caller(i, i * 2) }}{% endfor %}{% endmacro %}{% call(a, b='x') each([1, 2]) %}{{ a }}{{ b }};{% endcall %}
{% macro has() %}{{ caller is defined }}{% endmacro %}{{ has() }}{% call has() %}{% endcall %}
{% macro t() %} x {% endmacro %}{{ t() | trim }}{{ t() ~ 'y' }}{{ t() is string }}{{ (t() | length) }}{% set v = t() %}{{ v }}
{% generation %}a{% set q = 1 %}{{ q }}{% endgeneration %}{{ q is defined }}{% for m in messages %}{% generation %}{{ m.role }}{{ loop.index }}{% endgeneration %}{% endfor %}
{% for m in messages %}{% set messages = 1 %}{{ messages }}{% endfor %}{{ messages | length }}
{% set messages = messages[1:] %}{{ messages | length }}{{ messages[0].role }}
{% set range = 5 %}{{ range }}
{% for i in range(3) %}{% set j = i %}{% endfor %}{{ j is defined }}{{ i is defined }}
{% set g = words | map('upper') %}{{ g | first }}{{ g | list }}{{ g | list }}
{% set g = words | map('upper') %}{% for x in g %}{{ x }}{% if loop.index == 2 %}{% break %}{% endif %}{% endfor %}{{ g | join(',') }}
{% set g = words | select('string') %}{{ 'Apple' in g }}{{ g | list }}{{ g is iterable }}{{ 1 if g else 2 }}
{% set ns = namespace(stop=false) %}{% for x in numbers if not ns.stop %}{{ x }}{% if x < 0 %}{% set ns.stop = true %}{% endif %}{% endfor %}
{% set ns = namespace(stop=false) %}{% for x in numbers if not ns.stop %}{{ x }}{{ loop.index }}{% if x < 0 %}{% set ns.stop = true %}{% endif %}{% endfor %}
{% for x in numbers %}{% if loop.last %}end{% else %}{{ loop.nextitem }},{% endif %}{% endfor %}
{% for c in text %}{{ c }}.{% endfor %}{% for x in range(2, 4) %}{{ x }}{% endfor %}{% for x in (1, 2) %}{{ x }}{% endfor %}{% for x in 1, 2 %}{{ x }}{% endfor %}
{% for m in messages[::-1] %}{{ m.role[0] }}{{ (messages | length - 1) - loop.index0 }} {% endfor %}
{% for m in messages %}{% if m.role == 'user' and loop.index0 > 0 and not m.tags is defined %}{{ m.content }}{% elif m.tags is defined and m.tags is iterable and m.tags is not string %}{% for t in m.tags %}{{ t }}{% if not loop.last %}+{% endif %}{% endfor %}{% endif %}{% endfor %}
{% set ns = namespace(d={}) %}{% set ns.d = dict(ns.d, a=1) %}{{ ns.d }}
{% set a = namespace() %}{% set a.x = a %}{{ a == a }}{{ [a] == [a] }}
{% for a in [1, 2] %}{% for b in [3] %}{% set c = a + b %}{{ c }}{% endfor %}{{ c is defined }}{% endfor %}
{% if true %}{% for i in [1] %}{% if true %}{{ i }}{% endif %}{% endfor %}{% endif %}
{% for item in [1,2,3] %}{{ item }}{{ ", " if not loop.last }}{% endfor %}
{% set x = 'a' if flag else 'b' %}{% set y = x | upper ~ '!' %}{{ x }}{{ y }}
{% for l in [[1, 2], [3]] %}{% for loop_item in l %}{{ loop.length }}{% endfor %}{{ loop.length }}{% endfor %}
{% macro outer() %}{% macro inner(x) %}[{{ x }}]{% endmacro %}{{ inner(1) }}{{ inner(2) }}{% endmacro %}{{ outer() }}{{ inner is defined }}
"""

ERRORS = r"""
{{ raise_exception('no: ' ~ 1) }}
{{ nothing.x }}
{{ nothing['x'] }}
{{ nested.q.r }}
{{ nothing() }}
{{ nothing + 1 }}
{{ 'a' + 1 }}
{{ 'a' + nothing }}
{{ 1 + none }}
{{ [1] + (2,) }}
{{ 1 < 'a' }}
{{ none < 1 }}
{{ nothing < 1 }}
{{ nothing > nothing }}
{{ -'a' }}
{{ -nothing }}
{{ 1 / 0 }}
{{ 1 // 0 }}
{{ 1 % 0 }}
{{ 0 ** -1 }}
{{ 1.0 / 0 }}
{{ 1 in 5 }}
{{ 1 in 'a' }}
{{ 1 in none }}
{{ [1] in {} }}
{{ {[1]: 2} }}
{{ 5() }}
{{ 'a'() }}
{{ none() }}
{{ nested.b.c() }}
{{ 'a'.nope() }}
{{ [].append(1) }}
{{ nested.update({'a': 1}) }}
{{ nested.pop('a') }}
{{ [1, 2].sort() }}
{{ 5 | length }}
{{ none | length }}
{{ words | map('upper') | length }}
{{ (words | map('upper')) | last }}
{{ 5 | list }}
{{ none | join(',') }}
{{ 5 | first }}
{{ 5 | items | list }}
{{ none | items | list }}
{% set f, = [9] %}
{{ nothing | tojson }}
{{ [nothing] | tojson }}
{{ (words | map('upper')) | tojson }}
{{ namespace() | tojson }}
{{ {(1, 2): 3} | tojson }}
{{ [1, 'a'] | sort }}
{{ [1, none] | min }}
{{ [[1], 2] | sum }}
{{ ['a'] | sum }}
{{ [[1]] | unique | list }}
{{ 'a' | indent(none) }}
{{ 5 | indent }}
{{ 'x' | round }}
{{ none | abs }}
{{ nothing | int }}
{{ words | map('nope') | list }}
{{ words | select('nope') | list }}
{{ words | map | list }}
{{ 'abc' | replace('a') }}
{{ 'abc' | trim('a', 'b') }}
{{ 'abc' | upper(1) }}
{{ 'abc' | upper(x=1) }}
{{ 'abc' is divisibleby 2 }}
{{ none is odd }}
{{ 1 is divisibleby }}
{{ 1 is defined(1) }}
{{ 'a'.split('') }}
{{ 'a'.join([1]) }}
{{ 'a'.replace('a') }}
{{ 'a'.startswith(1) }}
{{ 'abc'.index('z') }}
{{ [1].index(2) }}
{{ 'a'.strip(1) }}
{{ 'a'.upper(1) }}
{{ 'abc'[1:2:0] }}
{{ range(1, 2, 0) | list }}
{{ range(1000000) | list }}
{{ range('a') }}
{{ range() }}
{{ '%d' % 'a' }}
{{ '%s %s' % ('a',) }}
{{ '%s' % (1, 2) }}
{{ '{}'.format() }}
{{ '{x}'.format(1) }}
{% for a, b in [1] %}{% endfor %}
{% for a, b in [(1, 2, 3)] %}{% endfor %}
{% for x in 5 %}{% endfor %}
{% for x in none %}{% endfor %}
{% set a, b = 1 %}
{% set x = {} %}{% set x.y = 1 %}
{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}
{% macro m(a) %}{% endmacro %}{{ m(b=2) }}
{% macro m(a) %}{% endmacro %}{{ m(1, a=2) }}
{% macro m() %}{% endmacro %}{% call m() %}{% endcall %}
{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}
{% macro m(a=1, b) %}{% endmacro %}
{% call 5 %}{% endcall %}
{% set true = 1 %}
{% for none in [1] %}{% endfor %}
{% break %}
{% continue %}
{% if true %}
{% endif %}
{% endfor %}
{% else %}
{% for x in [1] %}{% endif %}
{% if x %}{% endfor %}
{{ }}
{{ 1 2 }}
{{ 1 + }}
{{ (1 }}
{{ [1 }}
{{ {1} }}
{{ {'a' 1} }}
{{ a..b }}
{{ a.'b' }}
{{ a[] }}
{{ a | }}
{{ a is }}
{{ a if }}
{{ 1 if true else }}
{{ 'abc
{{ "abc' }}
{{ a ? b }}
{{ a && b }}
{{ a = 1 }}
{{ f(a=1, 2) }}
{{ f(,) }}
{{ 007 }}
{{ 1_ }}
{{ 'x' | nope }}
{{ 'x' is nope }}
{{ 'a' | upper.lower }}
{{ not }}
{{ and }}
{% set %}
{% set x %}
{% set x = %}
{% set 5 = 1 %}
{% set x.y.z = 1 %}
{% for %}
{% for x %}{% endfor %}
{% for x in %}{% endfor %}
{% if %}{% endif %}
{% macro %}{% endmacro %}
{% macro m %}{% endmacro %}
{% nope %}
{% %}
{% 5 %}
{# open
{#
{{
{%
x {#-
x
{{ nested[:1] }}
{{ nested.a[:1] }}
{{ numbers[0][1:] }}
{% raw %}
{% raw %}{% endraw
{{ 'a' is defined is defined }}
{{ '\x4' }}
{{ '\U00110000' }}
{{ x | default(1, 2, 3) }}
{{ strftime_now() }}
{{ strftime_now(5) }}
{{ raise_exception() }}
{{ dict(1) }}
{{ dict([1]) }}
{{ namespace(1) }}
{{ 1 is in 5 }}
{{ loop.index }}
{% for x in [1] %}{{ loop.cycle() }}{% endfor %}
{{ ([1, 2] | first).x.y }}
{{ people | rejectattr('age', 'lt', 4) | list }}
{{ people | sum(attribute='age') }}
{{ people | sort(attribute='age') }}
{{ people | groupby('age') }}
"""

# Jinja2 renders these; here they are outside the subset, or unsafe.
REFUSED = r"""
{% include 'x' ignore missing %}
{% with a = 1 %}{{ a }}{% endwith %}
{% autoescape true %}{% endautoescape %}
{% block a %}{% endblock %}
{% for a in [[1]] recursive %}{{ a if a is number else loop(a) }}{% endfor %}
{{ cycler('a', 'b').next() }}
{{ joiner(',')() }}
{{ range(*[1, 2]) | list }}
{{ dict(**{'a': 1}) }}
{{ 2 ** 100 }}
{{ 'a'.center(5) }}
{{ 'a'.encode() }}
{{ 'abc' | truncate(2) }}
{{ 'a' | center }}
{{ [1, 2] | random | string | replace('1', '') | replace('2', '') }}
{{ [1] | slice(1) | list }}
{{ 'x' | urlencode }}
{{ 'x' | pprint }}
{{ '{:>5}'.format(1) }}
{{ [1].copy() }}
{{ nested.copy() }}
{{ 'ab'.partition('a') }}
{{ 5 .bit_length() }}
{{ 1.5.is_integer() }}
{{ 15 | round(-1) }}
{{ 'é' ~ '\N{BULLET}' }}
{{ nested.items }}
{{ 'x'.__class__ is defined }}
"""


def lines(block):
    return [line.replace("¶", "\n") for line in block.strip("\n").split("\n")]


def features():
    return [line for block in (WHITE_SPACE, EXPRESSIONS, FILTERS, TESTS, METHODS, STATEMENTS, ERRORS) for line in lines(block)]


def refused():
    return lines(REFUSED)
