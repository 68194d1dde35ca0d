#include "runtime/base/farm_hash.hpp"

#include <bit>
#include <cstring>
#include <utility>

// After the published description of FarmHash (farmhashna): mixing of 64-bit words by rotations,
// additions and multiplications with odd constants.

namespace keraunos {
namespace {

using U64 = std::uint64_t;

constexpr U64 k0 = 0xc3a5c85c97cb3127U;
constexpr U64 k1 = 0xb492b66fbe98f273U;
constexpr U64 k2 = 0x9ae16a3b2f90404fU;

template <typename Word>
U64 fetch(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

U64 word(const char* at) { return fetch<U64>(at); }
U64 half(const char* at) { return fetch<std::uint32_t>(at); }
U64 byte(char c) { return static_cast<unsigned char>(c); }

U64 rotate(U64 value, int bits) { return std::rotr(value, bits); }
U64 shift_mix(U64 value) { return value ^ (value >> 47); }

U64 mix(U64 u, U64 v, U64 multiplier) {
  const U64 a = shift_mix((u ^ v) * multiplier);
  return shift_mix((v ^ a) * multiplier) * multiplier;
}

U64 up_to_16(const char* s, U64 length) {
  const U64 multiplier = k2 + length * 2;
  if (length >= 8) {
    const U64 a = word(s) + k2;
    const U64 b = word(s + length - 8);
    return mix(rotate(b, 37) * multiplier + a, (rotate(a, 25) + b) * multiplier, multiplier);
  }
  if (length >= 4) {
    return mix(length + (half(s) << 3), half(s + length - 4), multiplier);
  }
  if (length == 0) return k2;
  const U64 y = byte(s[0]) + (byte(s[length >> 1]) << 8);
  const U64 z = length + (byte(s[length - 1]) << 2);
  return shift_mix((y * k2) ^ (z * k0)) * k2;
}

U64 up_to_32(const char* s, U64 length) {
  const U64 multiplier = k2 + length * 2;
  const U64 a = word(s) * k1;
  const U64 b = word(s + 8);
  const U64 c = word(s + length - 8) * multiplier;
  const U64 d = word(s + length - 16) * k2;
  return mix(rotate(a + b, 43) + rotate(c, 30) + d, a + rotate(b + k2, 18) + c, multiplier);
}

U64 up_to_64(const char* s, U64 length) {
  const U64 multiplier = k2 + length * 2;
  const U64 a = word(s) * k2;
  const U64 b = word(s + 8);
  const U64 c = word(s + length - 8) * multiplier;
  const U64 d = word(s + length - 16) * k2;
  const U64 y = rotate(a + b, 43) + rotate(c, 30) + d;
  const U64 z = mix(y, a + rotate(b + k2, 18) + c, multiplier);
  const U64 e = word(s + 16) * multiplier;
  const U64 f = word(s + 24);
  const U64 g = (y + word(s + length - 32)) * multiplier;
  const U64 h = (z + word(s + length - 24)) * multiplier;
  return mix(rotate(e + f, 43) + rotate(g, 30) + h, e + rotate(f + a, 18) + g, multiplier);
}

using Pair = std::pair<U64, U64>;

// 32 bytes and two seeds to two words.
Pair mix_32(const char* s, U64 a, U64 b) {
  const U64 z = word(s + 24);
  a += word(s);
  b = rotate(b + a + z, 21);
  const U64 c = a;
  a += word(s + 8) + word(s + 16);
  b += rotate(a, 44);
  return {a + z, b + c};
}

/// What goes through blocks of 64 bytes.
struct State {
  U64 x;
  U64 y;
  U64 z;
  Pair v = {0, 0};
  Pair w = {0, 0};

  // `factor` is 1 within the text and 9 for its last 64 bytes.
  void add(const char* s, U64 multiplier, U64 factor) {
    x = rotate(x + y + v.first + word(s + 8), 37) * multiplier;
    y = rotate(y + v.second + word(s + 48), 42) * multiplier;
    x ^= w.second * factor;
    y += v.first * factor + word(s + 40);
    z = rotate(z + w.first, 33) * multiplier;
    v = mix_32(s, v.second * multiplier, x + w.first);
    w = mix_32(s + 32, z + w.second, y + word(s + 16));
    std::swap(z, x);
  }
};

U64 long_text(const char* s, U64 length) {
  constexpr U64 seed = 81;
  State state = {seed * k2 + word(s), seed * k1 + 113, 0};
  state.z = shift_mix(state.y * k2 + 113) * k2;
  const U64 blocks = (length - 1) / 64;
  const U64 rest = (length - 1) % 64;
  for (U64 i = 0; i < blocks; ++i) state.add(s + i * 64, k1, 1);

  const U64 multiplier = k1 + ((state.z & 0xffU) << 1);
  state.w.first += rest;
  state.v.first += state.w.first;
  state.w.first += state.v.first;
  state.add(s + length - 64, multiplier, 9);
  return mix(mix(state.v.first, state.w.first, multiplier) + shift_mix(state.y) * k0 + state.z,
             mix(state.v.second, state.w.second, multiplier) + state.x, multiplier);
}

}  // namespace

std::uint64_t farm_fingerprint(std::string_view bytes) {
  const char* const s = bytes.data();
  const U64 length = bytes.size();
  if (length <= 16) return up_to_16(s, length);
  if (length <= 32) return up_to_32(s, length);
  if (length <= 64) return up_to_64(s, length);
  return long_text(s, length);
}

std::uint64_t combine_fingerprints(std::uint64_t first, std::uint64_t second) {
  constexpr U64 multiplier = 0xc6a4a7935bd1e995U;
  const U64 mixed =
      (first ^ multiplier ^ (shift_mix(second * multiplier) * multiplier)) * multiplier;
  return shift_mix(shift_mix(mixed) * multiplier);
}

}  // namespace keraunos
