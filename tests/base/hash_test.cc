#include <gtest/gtest.h>

#include <string>

#include "runtime/base/farm_hash.hpp"
#include "runtime/base/sip_hash.hpp"

namespace keraunos {
namespace {

struct HashCase {
  std::size_t length;
  std::uint64_t farm;  // modulo 2^62, as TensorFlow's to_hash_bucket_fast gives it
  std::uint64_t sip;   // and to_hash_bucket_strong with the key (133, 137)
};

std::string text_of(std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    text += static_cast<char>('a' + static_cast<int>((i * 7 + length) % 26));
  }
  return text;
}

class Hashes : public testing::TestWithParam<HashCase> {};

TEST_P(Hashes, AreTensorFlows) {
  constexpr std::uint64_t buckets = std::uint64_t{1} << 62;
  const std::string text = text_of(GetParam().length);
  EXPECT_EQ(farm_fingerprint(text) % buckets, GetParam().farm);
  EXPECT_EQ(sip_hash({133, 137}, text) % buckets, GetParam().sip);
}

INSTANTIATE_TEST_SUITE_P(Lengths, Hashes,
                         testing::Values(HashCase{0, 1936946117179621455U, 316627932347062996U},
                                         HashCase{1, 2572224033622389014U, 3857520718555332738U},
                                         HashCase{3, 4005143679207164395U, 4438043893802009223U},
                                         HashCase{7, 2326968938742419854U, 639634467545319273U},
                                         HashCase{8, 3108481165009398553U, 2263706448675786054U},
                                         HashCase{15, 3632411994760604304U, 4287334076638306998U},
                                         HashCase{16, 3820547438670371201U, 2057814588662106302U},
                                         HashCase{17, 2489787730139383239U, 3483545164760043303U},
                                         HashCase{31, 550745500815267002U, 2014696875626276611U},
                                         HashCase{32, 127699506250089056U, 46961980703835988U},
                                         HashCase{33, 4191899277645623090U, 4602547696261581194U},
                                         HashCase{63, 3525467119873147426U, 4383656642966332327U},
                                         HashCase{64, 2544848233693181161U, 1593325749083172078U},
                                         HashCase{65, 3567797833843830433U, 4405038818839152385U},
                                         HashCase{100, 510024279321814722U, 3364199393877714397U},
                                         HashCase{127, 558306264808904778U, 738115283381797168U},
                                         HashCase{128, 3196324504972257391U, 3003445601692886615U},
                                         HashCase{129, 2174161576895394258U, 2145582735203675283U},
                                         HashCase{200, 3666315064520934872U, 2534876998551804875U},
                                         HashCase{300, 39650971784222204U, 3774237015988736452U}),
                         [](const auto& test) { return std::to_string(test.param.length); });

// The first of the published test vectors: key 00 01 ... 0f, texts "", 00, 00 01, ...
TEST(SipHash, IsThatOfItsAuthors) {
  constexpr std::array<std::uint64_t, 2> key = {0x0706050403020100U, 0x0f0e0d0c0b0a0908U};
  EXPECT_EQ(sip_hash(key, ""), 0x726fdb47dd0e0e31U);
  const std::string text = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
  EXPECT_EQ(sip_hash(key, text), 0xa129ca6149be45e5U);
}

}  // namespace
}  // namespace keraunos
