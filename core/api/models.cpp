// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/models.h"

#include "core/api/wire_fields.h"

namespace loupe::api {
namespace {

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, FileKind> {
  f("path", v.path);
  f("kind", v.kind);
  f("source", v.source);
  f("name", v.name);
  f("architecture", v.architecture);
  f("parameters", v.parameters);
  f("size", v.size);
  f("base", v.base);
  f("base_id", v.base_id);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, TensorRow> {
  f("name", v.name);
  f("dtype", v.dtype);
  f("shape", v.shape);
  f("parameters", v.parameters);
  f("bytes", v.bytes);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, PlayToken> {
  f("id", v.id);
  f("text", v.text);
  f("bytes", v.bytes);
  f("name", v.name);
  f("begin", v.begin);
  f("end", v.end);
  f("group", v.group);
  f("special", v.special);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, RenderedExample> {
  f("prompt", v.prompt);
  f("response", v.response);
  f("content_begin", v.content_begin);
  f("content_end", v.content_end);
  f("prompt_tokens", v.prompt_tokens);
  f("response_tokens", v.response_tokens);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, NamedValue> {
  f("name", v.name);
  f("value", v.value);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, ModelFile> {
  f("path", v.path);
  f("sha256", v.sha256);
  f("size", v.size);
  f("status", v.status);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, ModelDetail> {
  f("model", v.model);
  f("config", v.config);
  f("facts", v.facts);
  f("files", v.files);
  f("special_tokens", v.special_tokens);
  f("vocabulary", v.vocabulary);
  f("tokenizer", v.tokenizer);
  f("chat_template", v.chat_template);
  f("template_problem", v.template_problem);
  f("template_date", v.template_date);
  f("dtypes", v.dtypes);
  f("self_check", v.self_check);
  f("runs", v.runs);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, MemoryRow> {
  f("use", v.use);
  f("weights", v.weights);
  f("gradients", v.gradients);
  f("optimizer", v.optimizer);
  f("activations", v.activations);
  f("total", v.total);
  f("fits", v.fits);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, MemoryTable> {
  f("device", v.device);
  f("available", v.available);
  f("length", v.length);
  f("batch", v.batch);
  f("rows", v.rows);
}

template <class F, class T>
void fields(F&& f, T& v) requires std::is_same_v<std::remove_const_t<T>, Exported> {
  f("path", v.path);
  f("files", v.files);
  f("size", v.size);
  f("opens_with", v.opens_with);
}

}  // namespace

LOUPE_WIRE_VALUE(FileKind)
LOUPE_WIRE_VALUE(TensorRow)
LOUPE_WIRE_VALUE(PlayToken)
LOUPE_WIRE_VALUE(RenderedExample)
LOUPE_WIRE_VALUE(NamedValue)
LOUPE_WIRE_VALUE(ModelFile)
LOUPE_WIRE_VALUE(ModelDetail)
LOUPE_WIRE_VALUE(MemoryRow)
LOUPE_WIRE_VALUE(MemoryTable)
LOUPE_WIRE_VALUE(Exported)

}  // namespace loupe::api
