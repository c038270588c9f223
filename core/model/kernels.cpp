// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/kernels.h"

namespace loupe::model::kernels {

namespace baseline {
extern const Table<float, float> f32;
extern const Table<float, bf16> mixed;
extern const Table<double, double> f64;
}  // namespace baseline
namespace v3 {
extern const Table<float, float> f32;
extern const Table<float, bf16> mixed;
extern const Table<double, double> f64;
}  // namespace v3
namespace v4 {
extern const Table<float, float> f32;
extern const Table<float, bf16> mixed;
extern const Table<double, double> f64;
}  // namespace v4

namespace {
enum class Set { baseline, v3, v4 };

Set best_set() {
  static const Set set = [] {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512cd"))
      return Set::v4;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("bmi2"))
      return Set::v3;
    return Set::baseline;
  }();
  return set;
}
}  // namespace

const Table<float, float>& table_f32() {
  return best_set() == Set::v4 ? v4::f32 : best_set() == Set::v3 ? v3::f32 : baseline::f32;
}
const Table<float, bf16>& table_bf16() {
  return best_set() == Set::v4 ? v4::mixed : best_set() == Set::v3 ? v3::mixed : baseline::mixed;
}
const Table<double, double>& table_f64() {
  return best_set() == Set::v4 ? v4::f64 : best_set() == Set::v3 ? v3::f64 : baseline::f64;
}
const char* instruction_set() {
  return best_set() == Set::v4 ? "x86-64-v4" : best_set() == Set::v3 ? "x86-64-v3" : "baseline";
}

}  // namespace loupe::model::kernels
