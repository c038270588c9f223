// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/sentencepiece_model.h"

#include <cmath>
#include <cstring>
#include <unordered_set>

#include "core/tokenize/charsmap.h"
#include "core/tokenize/json_fields.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {
namespace {

// Protobuf's wire format: a field is its number and kind, then the value.
class Message {
 public:
  void number(uint32_t field, uint64_t value) {
    varint(field << 3);
    varint(value);
  }
  void real(uint32_t field, float value) {
    varint(field << 3 | 5);
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof raw);
  }
  void text(uint32_t field, const std::string& value) {
    varint(field << 3 | 2);
    varint(value.size());
    bytes_ += value;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

struct Field {
  uint32_t number = 0;
  uint64_t value = 0;      // of a number
  std::string_view bytes;  // of anything else
};

// Calls `each` for every field until it returns false; false as well when the bytes make no sense.
template <class Each>
bool read_fields(std::string_view bytes, const Each& each) {
  size_t at = 0;
  const auto varint = [&](uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64 && at < bytes.size(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes[at++]);
      value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  };
  while (at < bytes.size()) {
    uint64_t key = 0, size = 0;
    if (!varint(key)) return false;
    Field field;
    field.number = static_cast<uint32_t>(key >> 3);
    switch (key & 7) {
      case 0:
        if (!varint(field.value)) return false;
        break;
      case 1:
        size = 8;
        break;
      case 2:
        if (!varint(size)) return false;
        break;
      case 5:
        size = 4;
        break;
      default:
        return false;
    }
    if (size > bytes.size() - at) return false;
    field.bytes = bytes.substr(at, size);
    at += size;
    if (!each(field)) return false;
  }
  return true;
}

// Field numbers of sentencepiece_model.proto.
namespace model_field {
constexpr uint32_t pieces = 1, trainer = 2, normalizer = 3;
}
namespace piece_field {
constexpr uint32_t name = 1, score = 2, kind = 3;
}
namespace trainer_field {
constexpr uint32_t model_type = 3, vocab_size = 4, byte_fallback = 35, unk_id = 40, bos_id = 41,
                   eos_id = 42, pad_id = 43, unk_piece = 45, bos_piece = 46, eos_piece = 47;
}
namespace normalizer_field {
constexpr uint32_t charsmap = 2, add_dummy_prefix = 3, remove_extra_whitespaces = 4,
                   escape_whitespaces = 5;
}

uint64_t id_or_none(std::optional<int32_t> id) {
  return static_cast<uint64_t>(static_cast<int64_t>(id.value_or(-1)));
}

Result<std::optional<int32_t>> read_piece_id(const io::GgufFile& file, const std::string& key,
                                             size_t pieces) {
  const auto id = file.get_int(key);
  if (!id || *id == -1 || *id == 0xFFFFFFFF) return std::optional<int32_t>();
  if (*id < 0 || static_cast<uint64_t>(*id) >= pieces) {
    return corrupt(key + " is " + std::to_string(*id) + ", outside the vocabulary", file.name());
  }
  return std::optional(static_cast<int32_t>(*id));
}

Result<std::vector<SentencePiece>> read_pieces(const io::GgufFile& file) {
  const auto* names = file.get_strings("tokenizer.ggml.tokens");
  const auto* scores = file.get_floats("tokenizer.ggml.scores");
  const auto* kinds = file.get_ints("tokenizer.ggml.token_type");
  if (!names || names->empty()) return corrupt("tokenizer.ggml.tokens is missing", file.name());
  if (!scores || scores->size() != names->size()) {
    return corrupt("tokenizer.ggml.scores does not have one score a token", file.name());
  }
  if (kinds && kinds->size() != names->size()) {
    return corrupt("tokenizer.ggml.token_type does not have one kind a token", file.name());
  }
  std::vector<SentencePiece> pieces;
  pieces.reserve(names->size());
  std::unordered_set<std::string_view> seen;
  seen.reserve(names->size());
  for (size_t i = 0; i < names->size(); ++i) {
    const int64_t kind = kinds ? (*kinds)[i] : 1;
    const auto bad = [&](const char* what) {
      return corrupt("token " + std::to_string(i) + " " + what, file.name());
    };
    if (kind < 1 || kind > 6) return bad("is of an unknown kind");
    if (!std::isfinite((*scores)[i])) return bad("has a score that is not finite");
    if ((*names)[i].empty()) return bad("has no name");
    if ((*names)[i].find('\0') != std::string::npos) return bad("has a zero byte in its name");
    if (!sanitise((*names)[i]).identity()) return bad("has a name that is no UTF-8");
    if (!seen.insert((*names)[i]).second) return bad("has the name of an earlier one");
    pieces.push_back({(*names)[i], static_cast<float>((*scores)[i]), static_cast<PieceKind>(kind)});
  }
  return pieces;
}

// sentencepiece wants exactly one unknown piece, and all 256 bytes or none.
Result<void> settle_kinds(const io::GgufFile& file, std::vector<SentencePiece>& pieces) {
  LOUPE_TRY(const auto stated,
            read_piece_id(file, "tokenizer.ggml.unknown_token_id", pieces.size()));
  std::optional<size_t> unknown;
  if (stated) unknown = static_cast<size_t>(*stated);
  size_t bytes = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    bytes += pieces[i].kind == PieceKind::byte;
    if (pieces[i].kind == PieceKind::unknown && !unknown) unknown = i;
  }
  if (!unknown) return corrupt("the vocabulary has no unknown token", file.name());
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].kind == PieceKind::unknown) pieces[i].kind = PieceKind::control;
  }
  pieces[*unknown].kind = PieceKind::unknown;
  if (bytes != 0 && bytes != 256) {
    return corrupt("the vocabulary has " + std::to_string(bytes) + " byte tokens, expected 256",
                   file.name());
  }
  return {};
}

}  // namespace

std::string SentencePieceModel::serialized() const {
  Message model;
  std::optional<int32_t> unknown;
  bool has_bytes = false;
  for (size_t id = 0; id < pieces.size(); ++id) {
    const SentencePiece& piece = pieces[id];
    if (piece.kind == PieceKind::unknown) unknown = static_cast<int32_t>(id);
    has_bytes = has_bytes || piece.kind == PieceKind::byte;
    Message written;
    written.text(piece_field::name, piece.name);
    written.real(piece_field::score, piece.score);
    written.number(piece_field::kind, static_cast<uint64_t>(piece.kind));
    model.text(model_field::pieces, written.bytes());
  }
  const auto name_of = [&](std::optional<int32_t> id) {
    return id ? pieces[static_cast<size_t>(*id)].name : std::string();
  };
  Message trainer;
  trainer.number(trainer_field::model_type, unigram ? 1 : 2);
  trainer.number(trainer_field::vocab_size, pieces.size());
  trainer.number(trainer_field::byte_fallback, has_bytes);
  trainer.number(trainer_field::unk_id, id_or_none(unknown));
  trainer.number(trainer_field::bos_id, id_or_none(bos));
  trainer.number(trainer_field::eos_id, id_or_none(eos));
  trainer.number(trainer_field::pad_id, id_or_none(std::nullopt));
  trainer.text(trainer_field::unk_piece, name_of(unknown));
  if (bos) trainer.text(trainer_field::bos_piece, name_of(bos));
  if (eos) trainer.text(trainer_field::eos_piece, name_of(eos));
  model.text(model_field::trainer, trainer.bytes());
  Message normalizer;
  if (!charsmap.empty()) normalizer.text(normalizer_field::charsmap, charsmap);
  normalizer.number(normalizer_field::add_dummy_prefix, add_dummy_prefix);
  normalizer.number(normalizer_field::remove_extra_whitespaces, remove_extra_whitespaces);
  normalizer.number(normalizer_field::escape_whitespaces, 1);
  model.text(model_field::normalizer, normalizer.bytes());
  return model.bytes();
}

Result<SentencePieceModel> sentencepiece_from_gguf(const io::GgufFile& file) {
  SentencePieceModel model;
  model.unigram = file.get_string("tokenizer.ggml.model").value_or("") == "t5";
  LOUPE_TRY(model.pieces, read_pieces(file));
  LOUPE_CHECK(settle_kinds(file, model.pieces));
  const size_t size = model.pieces.size();
  LOUPE_TRY(model.bos, read_piece_id(file, "tokenizer.ggml.bos_token_id", size));
  LOUPE_TRY(model.eos, read_piece_id(file, "tokenizer.ggml.eos_token_id", size));
  model.add_dummy_prefix = file.get_bool("tokenizer.ggml.add_space_prefix").value_or(true);
  model.remove_extra_whitespaces =
      file.get_bool("tokenizer.ggml.remove_extra_whitespaces").value_or(false);
  if (const auto* map = file.get_ints("tokenizer.ggml.precompiled_charsmap")) {
    model.charsmap.reserve(map->size());
    for (const int64_t byte : *map) model.charsmap += static_cast<char>(byte);
    LOUPE_CHECK(Charsmap::parse(model.charsmap, file.name()));
  }
  return model;
}

Result<SentencePieceModel> parse_sentencepiece(std::string_view serialized,
                                               const std::string& where) {
  SentencePieceModel model;
  // The format's defaults.
  model.remove_extra_whitespaces = true;
  std::optional<std::string> bos = "<s>", eos = "</s>";
  bool sound = read_fields(serialized, [&](const Field& field) {
    if (field.number == model_field::pieces) {
      SentencePiece piece;
      const bool read = read_fields(field.bytes, [&](const Field& part) {
        if (part.number == piece_field::name) piece.name = part.bytes;
        if (part.number == piece_field::kind) piece.kind = static_cast<PieceKind>(part.value);
        if (part.number == piece_field::score && part.bytes.size() == sizeof piece.score)
          std::memcpy(&piece.score, part.bytes.data(), sizeof piece.score);
        return true;
      });
      model.pieces.push_back(std::move(piece));
      return read;
    }
    if (field.number == model_field::trainer) {
      return read_fields(field.bytes, [&](const Field& part) {
        if (part.number == trainer_field::model_type) model.unigram = part.value == 1;
        if (part.number == trainer_field::bos_piece) bos = part.bytes;
        if (part.number == trainer_field::eos_piece) eos = part.bytes;
        return true;
      });
    }
    if (field.number == model_field::normalizer) {
      return read_fields(field.bytes, [&](const Field& part) {
        if (part.number == normalizer_field::charsmap) model.charsmap = part.bytes;
        if (part.number == normalizer_field::add_dummy_prefix)
          model.add_dummy_prefix = part.value != 0;
        if (part.number == normalizer_field::remove_extra_whitespaces)
          model.remove_extra_whitespaces = part.value != 0;
        return true;
      });
    }
    return true;
  });
  if (!sound || model.pieces.empty()) return corrupt("not a sentencepiece model", where);
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    if (model.pieces[id].kind != PieceKind::control) continue;
    if (model.pieces[id].name == bos) model.bos = static_cast<int32_t>(id);
    if (model.pieces[id].name == eos) model.eos = static_cast<int32_t>(id);
  }
  return model;
}

std::string without_dummy_prefix(std::string serialized) {
  // A message field that comes again is merged into the first: its values win.
  Message normalizer, change;
  normalizer.number(normalizer_field::add_dummy_prefix, 0);
  change.text(model_field::normalizer, normalizer.bytes());
  return serialized + change.bytes();
}

}  // namespace loupe::tokenize
