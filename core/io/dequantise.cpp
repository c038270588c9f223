// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/dequantise.h"

#include <bit>
#include <cstdint>
#include <cstring>

// The loops below are compiled twice, plain and for AVX2, and the processor chooses when the
// program starts. Inlined by force, so that the choice is made once a tensor.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define LOUPE_FOR_EVERY_CPU __attribute__((target_clones("avx2", "default")))
#else
#define LOUPE_FOR_EVERY_CPU
#endif
#define LOUPE_INLINE __attribute__((always_inline)) inline

namespace loupe::io {
namespace {

static_assert(std::endian::native == std::endian::little, "both formats are little-endian");

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

// Without branches, so that loops over it vectorise; exact for subnormals even where the CPU
// flushes them, because none appears: a subnormal half is rebuilt as (1.m * 2^-14) - 2^-14.
LOUPE_INLINE float half_to_float(uint16_t half) {
  const uint32_t magnitude = static_cast<uint32_t>(half & 0x7FFF) << 13;
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t exponent = magnitude & 0x0F800000;
  const uint32_t normal = magnitude + (112u << 23);
  const uint32_t special = magnitude + (224u << 23);
  const float shifted = std::bit_cast<float>(magnitude + (113u << 23));
  const uint32_t subnormal = std::bit_cast<uint32_t>(shifted - 0x1p-14f);
  uint32_t bits = exponent == 0 ? subnormal : normal;
  bits = exponent == 0x0F800000 ? special : bits;
  return std::bit_cast<float>(bits | sign);
}

LOUPE_INLINE float load_half(const std::byte* from) {
  return half_to_float(load<uint16_t>(from));
}

// The blocks below are laid out as bytes in the file; each function decodes one block.

struct Q4_0 {  // d (half), 16 bytes of two 4-bit values: y = d (q - 8)
  static constexpr size_t kElements = 32, kBytes = 18;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const float d = load_half(block);
    const auto* q = reinterpret_cast<const uint8_t*>(block + 2);
    for (int i = 0; i < 16; ++i) {
      to[i] = d * static_cast<float>((q[i] & 15) - 8);
      to[i + 16] = d * static_cast<float>((q[i] >> 4) - 8);
    }
  }
};

struct Q4_1 {  // d, m (halves), 16 bytes: y = d q + m
  static constexpr size_t kElements = 32, kBytes = 20;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const float d = load_half(block), m = load_half(block + 2);
    const auto* q = reinterpret_cast<const uint8_t*>(block + 4);
    for (int i = 0; i < 16; ++i) {
      to[i] = d * static_cast<float>(q[i] & 15) + m;
      to[i + 16] = d * static_cast<float>(q[i] >> 4) + m;
    }
  }
};

// Element i of a Q5 block: 4 low bits from a nibble, the fifth from bit i of `high`.
LOUPE_INLINE int fifth_bit(uint32_t high, int i) {
  return static_cast<int>((high >> i) & 1) << 4;
}

struct Q5_0 {  // d (half), 32 high bits, 16 bytes: y = d (q - 16)
  static constexpr size_t kElements = 32, kBytes = 22;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const float d = load_half(block);
    const auto high = load<uint32_t>(block + 2);
    const auto* q = reinterpret_cast<const uint8_t*>(block + 6);
    for (int i = 0; i < 16; ++i) {
      to[i] = d * static_cast<float>(((q[i] & 15) | fifth_bit(high, i)) - 16);
      to[i + 16] = d * static_cast<float>(((q[i] >> 4) | fifth_bit(high, i + 16)) - 16);
    }
  }
};

struct Q5_1 {  // d, m (halves), 32 high bits, 16 bytes: y = d q + m
  static constexpr size_t kElements = 32, kBytes = 24;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const float d = load_half(block), m = load_half(block + 2);
    const auto high = load<uint32_t>(block + 4);
    const auto* q = reinterpret_cast<const uint8_t*>(block + 8);
    for (int i = 0; i < 16; ++i) {
      to[i] = d * static_cast<float>((q[i] & 15) | fifth_bit(high, i)) + m;
      to[i + 16] = d * static_cast<float>((q[i] >> 4) | fifth_bit(high, i + 16)) + m;
    }
  }
};

struct Q8_0 {  // d (half), 32 signed bytes: y = d q
  static constexpr size_t kElements = 32, kBytes = 34;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const float d = load_half(block);
    const auto* q = reinterpret_cast<const int8_t*>(block + 2);
    for (int i = 0; i < 32; ++i) to[i] = d * static_cast<float>(q[i]);
  }
};

// Eight 6-bit scales and eight 6-bit minima packed into 12 bytes: the first four of each in the low
// six bits of bytes 0-3 and 4-7, the last four as nibbles of bytes 8-11 with their top two bits in
// those of bytes 0-7.
struct ScaleMin {
  uint8_t scale, min;
};
LOUPE_INLINE ScaleMin scale_min(const uint8_t* packed, int i) {
  if (i < 4)
    return {static_cast<uint8_t>(packed[i] & 63), static_cast<uint8_t>(packed[i + 4] & 63)};
  return {static_cast<uint8_t>((packed[i + 4] & 15) | ((packed[i - 4] >> 6) << 4)),
          static_cast<uint8_t>((packed[i + 4] >> 4) | ((packed[i] >> 6) << 4))};
}

struct Q4_K {  // d, dmin (halves), scales, 128 bytes: y = (d scale) q - (dmin min), 32 values a
               // scale
  static constexpr size_t kElements = 256, kBytes = 144;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const float d = load_half(block), dmin = load_half(block + 2);
    const auto* scales = reinterpret_cast<const uint8_t*>(block + 4);
    const auto* q = reinterpret_cast<const uint8_t*>(block + 16);
    for (int group = 0; group < 8; group += 2, q += 32, to += 64) {
      const ScaleMin low = scale_min(scales, group), high = scale_min(scales, group + 1);
      const float d0 = d * low.scale, m0 = dmin * low.min;
      const float d1 = d * high.scale, m1 = dmin * high.min;
      for (int i = 0; i < 32; ++i) {
        to[i] = d0 * static_cast<float>(q[i] & 15) - m0;
        to[i + 32] = d1 * static_cast<float>(q[i] >> 4) - m1;
      }
    }
  }
};

struct Q5_K {  // as Q4_K, with 32 bytes of fifth bits (bit g of byte i: group g, element i) before
               // the nibbles
  static constexpr size_t kElements = 256, kBytes = 176;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const float d = load_half(block), dmin = load_half(block + 2);
    const auto* scales = reinterpret_cast<const uint8_t*>(block + 4);
    const auto* high_bits = reinterpret_cast<const uint8_t*>(block + 16);
    const auto* q = reinterpret_cast<const uint8_t*>(block + 48);
    for (int group = 0; group < 8; group += 2, q += 32, to += 64) {
      const ScaleMin low = scale_min(scales, group), high = scale_min(scales, group + 1);
      const float d0 = d * low.scale, m0 = dmin * low.min;
      const float d1 = d * high.scale, m1 = dmin * high.min;
      for (int i = 0; i < 32; ++i) {
        to[i] = d0 * static_cast<float>((q[i] & 15) | fifth_bit(high_bits[i], group)) - m0;
        to[i + 32] = d1 * static_cast<float>((q[i] >> 4) | fifth_bit(high_bits[i], group + 1)) - m1;
      }
    }
  }
};

// 128 bytes of low nibbles, 64 bytes of two high bits, 16 signed scales, d (half): y = (d scale) (q
// - 32), 16 values a scale.
struct Q6_K {
  static constexpr size_t kElements = 256, kBytes = 210;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const auto* low = reinterpret_cast<const uint8_t*>(block);
    const auto* high = reinterpret_cast<const uint8_t*>(block + 128);
    const auto* scales = reinterpret_cast<const int8_t*>(block + 192);
    const float d = load_half(block + 208);
    for (int half = 0; half < 2; ++half, low += 64, high += 32, scales += 8, to += 128) {
      for (int part = 0; part < 2; ++part) {
        const float d0 = d * scales[part], d1 = d * scales[part + 2];
        const float d2 = d * scales[part + 4], d3 = d * scales[part + 6];
        for (int i = 16 * part; i < 16 * part + 16; ++i) {
          const int bits = high[i];
          to[i] = d0 * static_cast<float>(((low[i] & 15) | ((bits & 3) << 4)) - 32);
          to[i + 32] = d1 * static_cast<float>(((low[i + 32] & 15) | ((bits & 12) << 2)) - 32);
          to[i + 64] = d2 * static_cast<float>(((low[i] >> 4) | (bits & 48)) - 32);
          to[i + 96] = d3 * static_cast<float>(((low[i + 32] >> 4) | ((bits & 192) >> 2)) - 32);
        }
      }
    }
  }
};

// 16 bytes of (scale, minimum) nibbles, 64 bytes of 2-bit values, d, dmin (halves): y = (d scale) q
// - (dmin min), 16 values a scale. A run of 32 bytes holds four runs of 32 values, two bits each.
struct Q2_K {
  static constexpr size_t kElements = 256, kBytes = 84;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const auto* scales = reinterpret_cast<const uint8_t*>(block);
    const auto* q = reinterpret_cast<const uint8_t*>(block + 16);
    const float d = load_half(block + 80), dmin = load_half(block + 82);
    for (int half = 0; half < 2; ++half, q += 32) {
      for (int shift = 0; shift < 8; shift += 2, scales += 2, to += 32) {
        for (int part = 0; part < 2; ++part) {
          const float scale = d * static_cast<float>(scales[part] & 15);
          const float min = dmin * static_cast<float>(scales[part] >> 4);
          for (int i = 16 * part; i < 16 * part + 16; ++i)
            to[i] = scale * static_cast<float>((q[i] >> shift) & 3) - min;
        }
      }
    }
  }
};

// 32 bytes of third bits (bit g of byte i: group g of 32, element i; set means "no 4 taken off"),
// 64 bytes of 2-bit values as in Q2_K, 12 bytes of sixteen 6-bit scales, d (half): y = (d (scale -
// 32)) (q - 4 + 4 bit), 16 values a scale.
struct Q3_K {
  static constexpr size_t kElements = 256, kBytes = 110;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const auto* high = reinterpret_cast<const uint8_t*>(block);
    const auto* q = reinterpret_cast<const uint8_t*>(block + 32);
    const auto* packed = reinterpret_cast<const uint8_t*>(block + 96);
    const float d = load_half(block + 108);
    float scales[16];
    // Low nibbles: of scale i in byte i % 8; top two bits: two bits of byte 8 + i % 4.
    for (int i = 0; i < 16; ++i) {
      const int low = (packed[i & 7] >> (i < 8 ? 0 : 4)) & 15;
      const int top = (packed[8 + (i & 3)] >> (2 * (i >> 2))) & 3;
      scales[i] = d * static_cast<float>((low | top << 4) - 32);
    }
    for (int group = 0; group < 8; ++group, to += 32) {
      const uint8_t* bits = q + 32 * (group / 4);
      const int shift = 2 * (group & 3);
      for (int part = 0; part < 2; ++part) {
        const float scale = scales[2 * group + part];
        for (int i = 16 * part; i < 16 * part + 16; ++i) {
          const int value = ((bits[i] >> shift) & 3) + (((high[i] >> group) & 1) << 2) - 4;
          to[i] = scale * static_cast<float>(value);
        }
      }
    }
  }
};

// What the sixteen codes of the IQ4 types stand for.
constexpr float kIq4Values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                  1,    13,   25,  38,  53,  69,  89,  113};

// 16 bytes of two codes, the first 16 values in the low nibbles: y = scale value.
LOUPE_INLINE void decode_iq4(const uint8_t* q, float scale, float* to) {
  float values[16];
  for (int i = 0; i < 16; ++i) values[i] = scale * kIq4Values[i];
  for (int i = 0; i < 16; ++i) {
    to[i] = values[q[i] & 15];
    to[i + 16] = values[q[i] >> 4];
  }
}

struct IQ4_NL {  // d (half), 16 bytes of codes
  static constexpr size_t kElements = 32, kBytes = 18;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    decode_iq4(reinterpret_cast<const uint8_t*>(block + 2), load_half(block), to);
  }
};

// d (half), the top two bits of eight scales, their low nibbles, 128 bytes of codes: y = (d (scale
// - 32)) value, 32 values a scale.
struct IQ4_XS {
  static constexpr size_t kElements = 256, kBytes = 136;
  static LOUPE_INLINE void decode(const std::byte* block, float* to) {
    const float d = load_half(block);
    const auto top = load<uint16_t>(block + 2);
    const auto* low = reinterpret_cast<const uint8_t*>(block + 4);
    const auto* q = reinterpret_cast<const uint8_t*>(block + 8);
    for (int group = 0; group < 8; ++group, q += 16, to += 32) {
      const int scale =
          ((low[group / 2] >> (4 * (group & 1))) & 15) | (((top >> (2 * group)) & 3) << 4);
      decode_iq4(q, d * static_cast<float>(scale - 32), to);
    }
  }
};

template <class Block>
LOUPE_INLINE void decode_blocks(const std::byte* from, size_t count, float* to) {
  const size_t blocks = count / Block::kElements;
  for (size_t i = 0; i < blocks; ++i)
    Block::decode(from + i * Block::kBytes, to + i * Block::kElements);
}

}  // namespace

LOUPE_FOR_EVERY_CPU void convert_to_f32(DType dtype, const std::byte* from, size_t count,
                                        float* to) {
  switch (dtype) {
    case DType::f64:
      for (size_t i = 0; i < count; ++i) to[i] = static_cast<float>(load<double>(from + 8 * i));
      return;
    case DType::f32:
      if (count > 0) std::memcpy(to, from, count * sizeof(float));
      return;
    case DType::f16:
      for (size_t i = 0; i < count; ++i) to[i] = load_half(from + 2 * i);
      return;
    case DType::bf16:
      for (size_t i = 0; i < count; ++i) {
        const uint32_t bits = static_cast<uint32_t>(load<uint16_t>(from + 2 * i)) << 16;
        to[i] = std::bit_cast<float>(bits);
      }
      return;
    case DType::q4_0:
      return decode_blocks<Q4_0>(from, count, to);
    case DType::q4_1:
      return decode_blocks<Q4_1>(from, count, to);
    case DType::q5_0:
      return decode_blocks<Q5_0>(from, count, to);
    case DType::q5_1:
      return decode_blocks<Q5_1>(from, count, to);
    case DType::q8_0:
      return decode_blocks<Q8_0>(from, count, to);
    case DType::q4_k:
      return decode_blocks<Q4_K>(from, count, to);
    case DType::q5_k:
      return decode_blocks<Q5_K>(from, count, to);
    case DType::q6_k:
      return decode_blocks<Q6_K>(from, count, to);
    case DType::q2_k:
      return decode_blocks<Q2_K>(from, count, to);
    case DType::q3_k:
      return decode_blocks<Q3_K>(from, count, to);
    case DType::iq4_nl:
      return decode_blocks<IQ4_NL>(from, count, to);
    case DType::iq4_xs:
      return decode_blocks<IQ4_XS>(from, count, to);
    case DType::i64:
    case DType::i32:
    case DType::i16:
    case DType::i8:
    case DType::u8:
    case DType::boolean:
      return;
  }
}

bool is_convertible(DType dtype) {
  switch (dtype) {
    case DType::i64:
    case DType::i32:
    case DType::i16:
    case DType::i8:
    case DType::u8:
    case DType::boolean:
      return false;
    default:
      return true;
  }
}

}  // namespace loupe::io
