// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/train_setup.h"

#include <QRegularExpression>

#include "ui/client/text.h"

namespace loupe::ui {
namespace {

using api::json;

std::string text_at(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::vector<std::string> texts(const QStringList& list) {
  std::vector<std::string> out;
  for (const QString& text : list) out.push_back(stdstr(text));
  return out;
}

QStringList texts_at(const json& array) {
  QStringList out;
  if (!array.is_array()) return out;
  for (const json& entry : array) {
    if (entry.is_string()) out << qstr(entry.get<std::string>());
  }
  return out;
}

// The part that a request and a place have in common.
json data_part(const TrainSetup& setup) {
  json part = json::object();
  switch (setup.source.kind) {
    case TrainSource::Kind::none:
      break;
    case TrainSource::Kind::project:
      part["project"] = stdstr(setup.source.path);
      break;
    case TrainSource::Kind::file:
      part["data"] = stdstr(setup.source.path);
      break;
    case TrainSource::Kind::dataset:
      part["dataset"] = setup.source.dataset;
      break;
  }
  if (setup.sets && setup.source.kind == TrainSource::Kind::project) {
    part["sets"] = texts(*setup.sets);
  }
  if (!setup.eval_files.isEmpty()) {
    part["eval"] = json::object();
    for (const auto& [name, path] : setup.eval_files) part["eval"][stdstr(name)] = stdstr(path);
  }
  if (!setup.eval_datasets.isEmpty()) {
    part["eval_datasets"] =
        std::vector<qint64>(setup.eval_datasets.begin(), setup.eval_datasets.end());
  }
  return part;
}

}  // namespace

json train_request(const TrainSetup& setup, const QString& type, quint64 seed) {
  json request = data_part(setup);
  request["model"] = stdstr(setup.model);
  request["recipe"] = setup.recipe;
  request["recipe"]["type"] = stdstr(type);
  request["recipe"]["seed"] = seed;
  if (!setup.name.isEmpty()) {
    QString name = setup.name;
    if (setup.types.size() > 1) name += QLatin1Char('-') + type.toLower();
    if (setup.seeds.size() > 1) name += QStringLiteral("-s%1").arg(seed);
    request["name"] = stdstr(name);
  }
  return request;
}

json train_place(const TrainSetup& setup) {
  json place = data_part(setup);
  if (!setup.model.isEmpty()) place["model"] = stdstr(setup.model);
  place["types"] = texts(setup.types);
  if (!setup.seeds.isEmpty()) {
    place["seeds"] = std::vector<quint64>(setup.seeds.begin(), setup.seeds.end());
  }
  place["recipe"] = setup.recipe;
  if (!setup.name.isEmpty()) place["name"] = stdstr(setup.name);
  return place;
}

void read_train_place(const json& place, TrainSetup& setup) {
  if (!place.is_object()) return;
  if (place.contains("model")) setup.model = qstr(text_at(place, "model"));
  const TrainSource before = setup.source;
  if (const std::string path = text_at(place, "project"); !path.empty()) {
    setup.source = {TrainSource::Kind::project, qstr(path), 0};
  } else if (const std::string file = text_at(place, "data"); !file.empty()) {
    setup.source = {TrainSource::Kind::file, qstr(file), 0};
  } else if (const auto id = place.find("dataset"); id != place.end() && id->is_number_integer()) {
    setup.source = {TrainSource::Kind::dataset, {}, id->get<qint64>()};
  }
  // Sets belong to the data they were chosen for.
  const bool names_data =
      place.contains("project") || place.contains("data") || place.contains("dataset");
  if (names_data || setup.source != before) {
    setup.sets.reset();
    setup.eval_files.clear();
    setup.eval_datasets.clear();
  }
  if (const auto sets = place.find("sets"); sets != place.end()) setup.sets = texts_at(*sets);
  if (const auto files = place.find("eval"); files != place.end() && files->is_object()) {
    setup.eval_files.clear();
    for (const auto& [name, path] : files->items()) {
      if (path.is_string()) setup.eval_files.append({qstr(name), qstr(path.get<std::string>())});
    }
  }
  if (const auto ids = place.find("eval_datasets"); ids != place.end() && ids->is_array()) {
    setup.eval_datasets.clear();
    for (const json& id : *ids) {
      if (id.is_number_integer()) setup.eval_datasets.append(id.get<qint64>());
    }
  }
  if (const auto types = place.find("types"); types != place.end()) {
    QStringList known;
    for (const QString& type : texts_at(*types)) {
      if ((type == QLatin1String("EX") || type == QLatin1String("IM")) && !known.contains(type)) {
        known << type;
      }
    }
    if (!known.isEmpty()) setup.types = known;
  }
  if (const auto seeds = place.find("seeds"); seeds != place.end() && seeds->is_array()) {
    QList<quint64> read;
    for (const json& seed : *seeds) {
      const bool whole = seed.is_number_unsigned() || (seed.is_number_integer() && seed >= 0);
      if (whole) read.append(seed.get<quint64>());
    }
    if (!read.isEmpty()) setup.seeds = read;
  }
  if (const auto recipe = place.find("recipe"); recipe != place.end() && recipe->is_object()) {
    setup.recipe = *recipe;
    setup.recipe.erase("type");
    setup.recipe.erase("seed");
  }
  if (place.contains("name")) setup.name = qstr(text_at(place, "name"));
}

std::optional<QList<quint64>> seeds_from_text(const QString& text) {
  static const QRegularExpression between(QStringLiteral("[,;\\s]+"));
  QList<quint64> seeds;
  for (const QString& word : text.split(between, Qt::SkipEmptyParts)) {
    bool whole = false;
    const quint64 seed = word.toULongLong(&whole);
    if (!whole) return std::nullopt;
    if (!seeds.contains(seed)) seeds.append(seed);
  }
  if (seeds.isEmpty()) return std::nullopt;
  return seeds;
}

QString seeds_text(const QList<quint64>& seeds) {
  QStringList words;
  for (const quint64 seed : seeds) words << QString::number(seed);
  return words.join(QStringLiteral(", "));
}

}  // namespace loupe::ui
