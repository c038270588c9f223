// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/recipe_fields.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <span>
#include <string_view>

#include "core/api/recipe.h"
#include "ui/client/text.h"
#include "ui/widgets/format.h"

namespace loupe::ui {
namespace {

QString said(std::string_view text) {
  return QCoreApplication::translate("loupe", std::string(text).c_str());
}

QStringList words(std::span<const std::string_view> list) {
  QStringList out;
  for (const auto& word : list) out << qstr(std::string(word));
  return out;
}

RecipeField::Group group_of(std::string_view group) {
  using Group = RecipeField::Group;
  if (group == "trained") return Group::trained;
  if (group == "optimiser") return Group::optimiser;
  return group == "main" ? Group::main : Group::limits;
}

RecipeField field_of(const api::FieldInfo& info) {
  using Kind = RecipeField::Kind;
  RecipeField field;
  field.key = info.key.c_str();
  field.kind = info.kind == api::FieldInfo::Kind::whole    ? Kind::whole
               : info.kind == api::FieldInfo::Kind::number ? Kind::number
               : info.kind == api::FieldInfo::Kind::flag   ? Kind::flag
                                                           : Kind::choice;
  field.group = group_of(info.doc.group);
  field.label = said(info.doc.title);
  field.why = said(info.doc.why);
  field.standard = info.standard;
  if (info.doc.least > 0) field.least = static_cast<int>(info.doc.least);
  if (info.doc.most < field.most) field.most = static_cast<int>(info.doc.most);
  field.choices = words(info.doc.choices.empty() ? info.doc.suggested : info.doc.choices);
  field.zero = info.kind == api::FieldInfo::Kind::whole && info.doc.unit == "tokens"
                   ? QString()
                   : said(info.doc.zero);
  // "type=IM", "tuning=lora": without meaning elsewhere.
  const std::string_view only = info.doc.only;
  const QString value = qstr(std::string(only.substr(only.find('=') + 1)));
  if (only.starts_with("type=")) field.only = value;
  if (only.starts_with("tuning=")) field.tuning = value;
  return field;
}

std::vector<RecipeField> make_fields() {
  std::vector<RecipeField> fields;
  for (const auto& info : api::infos<api::Recipe>())
    if (info.key != "type" && info.key != "seed") fields.push_back(field_of(info));
  return fields;
}

}  // namespace

const std::vector<RecipeField>& recipe_fields() {
  static const std::vector<RecipeField> fields = make_fields();
  return fields;
}

api::json whole_recipe(const api::json& given) {
  const api::json changes = api::with_present_keys(api::infos<api::Recipe>(), given);
  api::json recipe = api::json::object();
  for (const RecipeField& field : recipe_fields()) {
    const auto it = changes.is_object() ? changes.find(field.key) : changes.end();
    const bool fits =
        changes.is_object() && it != changes.end() &&
        (field.standard.is_number() ? it->is_number() : it->type() == field.standard.type());
    recipe[field.key] = fits ? *it : field.standard;
  }
  return recipe;
}

bool same_value(const api::json& a, const api::json& b) {
  if (a.is_number() && b.is_number()) return a.get<double>() == b.get<double>();
  return a == b;
}

QString recipe_number(double value) {
  static const QRegularExpression exponent(QStringLiteral("e([+-])0*(\\d)"));
  QString text = full_precision(value);
  text.replace(exponent, QStringLiteral("e\\1\\2"));
  return text.replace(QLatin1String("e+"), QLatin1String("e"));
}

}  // namespace loupe::ui
