// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/diverging_scale.h"

#include <algorithm>
#include <cmath>

namespace loupe::ui {
namespace {

// The ends are light enough for black text everywhere: a change to white text half way would put
// the worst contrast in the middle of the map.
constexpr double neutral_lightness = 0.965, end_lightness = 0.64;
constexpr double end_chroma = 0.145;
constexpr double blue_hue = 252, orange_hue = 45;  // degrees in OKLCH
constexpr double pi = 3.14159265358979323846;

double gamma_encode(double linear) {
  linear = std::clamp(linear, 0.0, 1.0);
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

double gamma_decode(double encoded) {
  return encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4);
}

// OKLCH (Ottosson 2020) to sRGB.
QColor from_oklch(double lightness, double chroma, double hue_degrees) {
  const double a = chroma * std::cos(hue_degrees * pi / 180);
  const double b = chroma * std::sin(hue_degrees * pi / 180);
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  const double red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const double green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const double blue = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
  return QColor::fromRgbF(static_cast<float>(gamma_encode(red)),
                          static_cast<float>(gamma_encode(green)),
                          static_cast<float>(gamma_encode(blue)));
}

}  // namespace

QColor diverging_colour(double t) {
  if (std::isnan(t)) return QColor(0xb0, 0xb0, 0xb0);
  t = std::clamp(t, -1.0, 1.0);
  const double distance = std::abs(t);
  return from_oklch(neutral_lightness + (end_lightness - neutral_lightness) * distance,
                    end_chroma * distance, t < 0 ? blue_hue : orange_hue);
}

double relative_luminance(const QColor& colour) {
  return 0.2126 * gamma_decode(colour.redF()) + 0.7152 * gamma_decode(colour.greenF()) +
         0.0722 * gamma_decode(colour.blueF());
}

QColor text_colour_on(const QColor& background) {
  const double luminance = relative_luminance(background);
  const double on_white_text = 1.05 / (luminance + 0.05);
  const double on_black_text = (luminance + 0.05) / 0.05;
  return on_black_text >= on_white_text ? Qt::black : Qt::white;
}

}  // namespace loupe::ui
