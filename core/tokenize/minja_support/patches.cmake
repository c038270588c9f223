# SPDX-License-Identifier: GPL-3.0-or-later
# loupe_patch_minja(INPUT OUTPUT): minja.hpp with calls to hooks.h where it would crash, run without end, or render
# something else than Jinja2. The pinned release is expected; where it reads otherwise, configuring stops.

# Replaces `anchor` in the caller's `source`.
function(loupe_patch reason anchor replacement)
  string(FIND "${source}" "${anchor}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "minja.hpp is not the pinned release: no place for \"${reason}\"")
  endif()
  string(REPLACE "${anchor}" "${replacement}" patched "${source}")
  set(source "${patched}" PARENT_SCOPE)
endfunction()

function(loupe_patch_minja input output)
  file(READ ${input} source)
  set(hook "loupe::tokenize::jinja::")
  loupe_patch("hooks" [=[#include <json.hpp>]=]
    "#include <json.hpp>\n#include \"core/tokenize/minja_support/hooks.h\"")

  # Bounds.
  loupe_patch("evaluation" [=[return do_evaluate(context);]=]
    "${hook}Guard guard; return ${hook}counted(do_evaluate(context));")
  loupe_patch("rendering" "            do_render(out, context);"
    "${hook}Guard guard; do_render(out, context); ${hook}check_size(static_cast<size_t>(out.tellp()));")
  foreach(level LogicalOr LogicalNot LogicalAnd MathMulDiv ValueExpression)
    loupe_patch("parsing ${level}" "std::shared_ptr<Expression> parse${level}() {"
      "std::shared_ptr<Expression> parse${level}() { ${hook}Guard guard;")
  endforeach()
  loupe_patch("nesting" "bool fully = false) const {"
    "bool fully = false) const { ${hook}Guard guard;")
  loupe_patch("printing" "bool to_json = false) const {\n    auto print_indent"
    "bool to_json = false) const {\n    ${hook}Guard guard; ${hook}check_size(static_cast<size_t>(out.tellp()));\n    auto print_indent")
  loupe_patch("comparison" "bool operator==(const Value & other) const {"
    "bool operator==(const Value & other) const { ${hook}Guard guard;")
  loupe_patch("a token at the cursor only" "match, regex) && match.position() == 0"
    "match, regex, std::regex_constants::match_continuous)")

  # The place of an error is told once, by a mark that messages do not hold, and without the source's lines.
  loupe_patch("place of an error" [=[out << " at row " << line << ", column " << col << ":\n";]=]
    [=[out << "\x1Frow " << line << ", column " << col;
  return out.str();]=])
  loupe_patch("place of an expression" "if (location.source) out <<"
    "if (location.source && out.str().find('\\x1F') == std::string::npos) out <<")
  loupe_patch("place of a node" "if (location_.source) err <<"
    "if (location_.source && err.str().find('\\x1F') == std::string::npos) err <<")

  # References that would outlive what they refer to, and values changed while they are walked.
  loupe_patch("recursive loops" "auto iterable_value = iterable->evaluate(context);"
    "if (recursive) throw std::runtime_error(\"recursive loops are not supported\");
      auto iterable_value = iterable->evaluate(context);")
  loupe_patch("cycle's counter" "size_t cycle_index = 0;"
    "auto cycle_index = std::make_shared<size_t>(0);")
  loupe_patch("cycle's capture" [=[loop.set("cycle", Value::callable([&](]=]
    [=[loop.set("cycle", Value::callable([cycle_index](]=])
  loupe_patch("cycle's item" "auto item = args.args[cycle_index];"
    "return args.args[(*cycle_index)++ % args.args.size()];")
  loupe_patch("cycle's step" "cycle_index = (cycle_index + 1) % args.args.size();\n                  return item;" "")
  loupe_patch("macros" "auto callable = Value::callable([&](const std::shared_ptr<Context> & context, ArgumentsValue & args) {\n            auto call_context = macro_context;"
    "std::weak_ptr<Context> defined_in = macro_context;
        auto callable = Value::callable([this, defined_in](const std::shared_ptr<Context> & context, ArgumentsValue & args) {
            auto scope = defined_in.lock();
            if (!scope) throw std::runtime_error(\"macro called outside of its scope\");
            auto call_context = Context::make(Value::object(), scope);
            for (const auto & param : params) call_context->set(param.first, Value());")
  # Values are counted references: a circle would never be freed.
  loupe_patch("identity" "  bool is_object() const {"
    "  bool same_object(const Value & other) const { return object_ && object_ == other.object_; }
  bool is_object() const {")
  loupe_patch("no circles" "ns_value.set(name, this->value->evaluate(context));"
    "auto new_value = this->value->evaluate(context);
        ${hook}refuse_circle(new_value, ns_value);
        ns_value.set(name, new_value);")
  loupe_patch("operators on functions" "if (l.is_callable()) {"
    "if (l.is_callable() && op != Op::Is && op != Op::IsNot) {
          throw std::runtime_error(\"operator on a function\");")
  loupe_patch("no changing of lists" "if (method->get_name() == \"append\") {"
    "throw std::runtime_error(\"a list has no usable method '\" + method->get_name() + \"'\");
          if (method->get_name() == \"append\") {")
  loupe_patch("no changing of mappings" "return obj.pop(vargs.args[0]);\n          } else if (method->get_name() == \"get\")"
    "throw std::runtime_error(\"a mapping cannot be changed\");
          } else if (method->get_name() == \"keys\") {
            return Value::array(obj.keys());
          } else if (method->get_name() == \"values\") {
            auto result = Value::array();
            for (const auto & key : obj.keys()) result.push_back(obj.at(key));
            return result;
          } else if (method->get_name() == \"get\")")

  # What Jinja2 renders.
  loupe_patch("a scope for the condition of a loop" "destructuring_assign(var_names, context, item);\n                if (!condition || condition->evaluate(context).to_bool()) {"
    "auto item_context = Context::make(Value::object(), context);
                destructuring_assign(var_names, item_context, item);
                if (!condition || condition->evaluate(item_context).to_bool()) {")
  loupe_patch("a scope for each round" "destructuring_assign(var_names, loop_context, item);"
    "loop_context = Context::make(Value::object(), context);
                  loop_context->set(\"loop\", loop);
                  destructuring_assign(var_names, loop_context, item);")
  loupe_patch("tests" "              const auto & name = t->get_name();"
    "              const auto & name = t->get_name();
              return ${hook}test(name, l);")
  loupe_patch("and" "if (!l.to_bool()) return Value(false);\n            return right->evaluate(context).to_bool();"
    "if (!l.to_bool()) return l;\n            return right->evaluate(context);")
  loupe_patch("operators" "          switch (op) {\n              case Op::StrConcat:"
    "          return ${hook}binary(static_cast<int>(op), l, r);
          switch (op) {\n              case Op::StrConcat:")
  loupe_patch("strength of ~" "auto right = parseLogicalAnd();\n            if (!right) throw std::runtime_error(\"Expected right side of 'string concat'"
    "auto right = parseStringConcat();\n            if (!right) throw std::runtime_error(\"Expected right side of 'string concat'")
  loupe_patch("string methods" "auto str = obj.get<std::string>();\n          if (method"
    "auto str = obj.get<std::string>();
          Value method_result;
          if (${hook}string_method(method->get_name(), str, vargs.args, method_result)) return method_result;
          if (method")
  loupe_patch("subscripts" "return target_value.get(index_value);"
    "return ${hook}subscript(target_value, index_value);")
  loupe_patch("steps of slices" "std::shared_ptr<Expression> start, end;\n    SliceExpr"
    "std::shared_ptr<Expression> start, end, step;\n    SliceExpr")
  loupe_patch("slices" "auto start = slice->start ?"
    "const auto part = [&](const std::shared_ptr<Expression> & e) { return e ? e->evaluate(context) : Value(); };
          return ${hook}slice(target_value, part(slice->start), part(slice->end), part(slice->step));
          auto start = slice->start ?")
  loupe_patch("parsing slices" "if (!consumeToken(\":\").empty()) {\n              auto slice_end = parseExpression();"
    "auto parsePart = [&]() -> std::shared_ptr<Expression> {
              consumeSpaces();
              return peekSymbols({ \":\", \"]\" }) ? nullptr : parseExpression();
            };
            index = parsePart();
            if (!consumeToken(\":\").empty()) {
              auto slice = std::make_shared<SliceExpr>(get_location(), std::move(index), parsePart());
              if (!consumeToken(\":\").empty()) slice->step = parsePart();
              index = std::move(slice);
            } else if (index) {
            } else if (!consumeToken(\":\").empty()) {
              auto slice_end = parseExpression();")
  loupe_patch("characters" "for (char c : primitive_.get<std::string>()) {\n        auto val = Value(std::string(1, c));"
    "for (const auto & c : ${hook}characters(primitive_.get<std::string>())) {\n        auto val = Value(c);")
  loupe_patch("length of strings" "return primitive_.get<std::string>().length();"
    "return ${hook}length(primitive_.get<std::string>());")
  loupe_patch("truth of mappings" "if (is_array()) return !empty();"
    "if (is_array() || (is_object() && !callable_)) return !empty();")
  loupe_patch("equality of lists" "if (!(*array_)[i].to_bool() || !(*other.array_)[i].to_bool() || (*array_)[i]"
    "if ((*array_)[i]")
  loupe_patch("equality of mappings" "if (!item.second.to_bool() || !other.object_->count"
    "if (object_->size() != other.object_->size() || !other.object_->count")
  loupe_patch("membership" "if (item.to_bool() && item == value) return true;"
    "if (item == value) return true;")
  loupe_patch("None in lists" "if (is_null()) out << \"null\";"
    "if (is_null()) out << (to_json ? \"null\" : \"None\");")
  loupe_patch("stripped in front of a tag" "text = std::regex_replace(text, trailing_space_regex, \"\");"
    "text = ${hook}strip(text, false, true);")
  loupe_patch("stripped behind a tag" "text = std::regex_replace(text, leading_space_regex, \"\");"
    "text = ${hook}strip(text, true, false);")
  loupe_patch("lstrip_blocks spares expressions" "options.lstrip_blocks && it != end"
    "options.lstrip_blocks && it != end && (*it)->type != TemplateToken::Type::Expression")

  file(CONFIGURE OUTPUT ${output} CONTENT "@source@" @ONLY)
endfunction()
