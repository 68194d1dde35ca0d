#include "runtime/keras/layers/vocabularies.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "runtime/base/fail.hpp"
#include "runtime/base/utf8.hpp"
#include "runtime/keras/layers/numbers.hpp"

namespace keraunos::keras {
namespace {

// What Python's str.splitlines takes for the end of a line, beside "\r\n".
bool ends_line(char32_t point) {
  return (point >= 0x0A && point <= 0x0D) || (point >= 0x1C && point <= 0x1E) || point == 0x85 ||
         point == 0x2028 || point == 0x2029;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const DecodedCharacter character = decode_utf8(text.substr(i));
    std::size_t end = i + character.size;
    if (ends_line(character.point)) {
      lines.emplace_back(text.substr(start, i - start));
      if (text[i] == '\r' && end < text.size() && text[end] == '\n') ++end;
      start = end;
    }
    i = end;
  }
  if (start < text.size()) lines.emplace_back(text.substr(start));
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::int64_t parse_integer(const std::string& line) {
  std::int64_t value = 0;
  const char* const end = line.data() + line.size();
  const auto [stop, error] = std::from_chars(line.data(), end, value);
  if (error != std::errc() || stop != end) {
    fail(ErrorCode::malformed_file, "the line '{}' of vocabulary.txt is no integer",
         line.substr(0, 40));
  }
  return value;
}

std::string to_token(const file::Json& json, const std::string*) {
  return std::string(json.as_string());
}
std::int64_t to_token(const file::Json& json, const std::int64_t*) { return json.as_int64(); }
std::string to_token(const std::string& line, const std::string*) { return line; }
std::int64_t to_token(const std::string& line, const std::int64_t*) { return parse_integer(line); }

// A list, or a numpy array or tensor as Keras writes it.
std::optional<file::Json> vocabulary_list(const Config& config) {
  auto found = config.find("vocabulary");
  if (found && found->is_object()) found = found->at("config").at("value");
  if (found && found->is_string()) {
    fail(ErrorCode::unsupported,
         "key 'vocabulary': '{}' is the path of a file, which is never opened: save the model with "
         "the vocabulary in it",
         found->as_string().substr(0, 100));
  }
  return found;
}

template <typename Token>
std::vector<Token> read_all(LayerCall& call) {
  std::vector<Token> tokens;
  if (const auto list = vocabulary_list(call.config())) {
    return within([] { return std::string("key 'vocabulary'"); },
                  [&] {
                    for (const file::Json token : list->elements()) {
                      tokens.push_back(to_token(token, static_cast<const Token*>(nullptr)));
                    }
                    return tokens;
                  });
  }
  const std::string name = call.identity().place.path + "/vocabulary.txt";
  const auto& read = call.environment().asset;
  const auto asset = read ? read(name) : std::nullopt;
  if (!asset) {
    fail(ErrorCode::unsupported,
         "the vocabulary is neither in the config nor in the file's assets/{}: adapt the layer "
         "before saving",
         name);
  }
  for (const std::string& line : split_lines(*asset)) {
    tokens.push_back(to_token(line, static_cast<const Token*>(nullptr)));
  }
  return tokens;
}

// Takes off the mask and the unknown tokens that may stand in front.
template <typename Token>
void read_tokens(LayerCall& call, const std::string& mode, LookupTokens<Token>& result) {
  const Config& config = call.config();
  result.tokens = read_all<Token>(call);
  if (result.tokens.empty()) fail(ErrorCode::malformed_file, "the vocabulary is empty");
  std::vector<Token> special;
  if (result.first_bucket(mode) == 1) special.push_back(*result.mask);
  const bool few = result.buckets <= static_cast<std::int64_t>(result.tokens.size());
  if (few && (result.unknown || result.buckets == 0)) {
    for (std::int64_t i = 0; i < result.buckets; ++i) special.push_back(*result.unknown);
    result.had_special_tokens = special.size() <= result.tokens.size() &&
                                std::equal(special.begin(), special.end(), result.tokens.begin());
  }
  if (result.had_special_tokens) {
    result.tokens.erase(result.tokens.begin(),
                        result.tokens.begin() + static_cast<std::ptrdiff_t>(special.size()));
  }
  const auto contains = [&](const std::optional<Token>& token) {
    return token &&
           std::find(result.tokens.begin(), result.tokens.end(), *token) != result.tokens.end();
  };
  if (contains(result.mask)) {
    fail(ErrorCode::malformed_file, "the vocabulary holds the mask token '{}' among others",
         *result.mask);
  }
  const auto most = config.find("max_tokens");
  if (most && result.size(mode) > to_integer(*most, 2)) {
    fail(ErrorCode::malformed_file, "the vocabulary has {} tokens, max_tokens is {}",
         result.size(mode), most->as_int64());
  }
}

// The layer's weights, one per number: padded in front with their mean for special tokens that the
// file did not list, and at the end with zeros.
template <typename Token>
std::vector<float> read_idf(LayerCall& call, std::int64_t depth,
                            const LookupTokens<Token>& tokens) {
  const auto found = call.config().find("idf_weights");
  if (!found) return call.values_of(call.uncounted("idf_weights", {Dim(depth)}));
  call.pass_over("idf_weights");  // the same again
  std::vector<double> weights = within([] { return std::string("key 'idf_weights'"); },
                                       [&] { return to_numbers(*found).values; });
  const std::int64_t in_front = tokens.had_special_tokens ? 0 : tokens.first_token("tf_idf");
  const auto listed = static_cast<std::int64_t>(weights.size());
  const auto wanted =
      static_cast<std::int64_t>(tokens.tokens.size()) + tokens.first_token("tf_idf") - in_front;
  if (listed != wanted) {
    fail(ErrorCode::malformed_file, "{} idf_weights for a vocabulary of {}", listed, wanted);
  }
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) /
                      static_cast<double>(std::max<std::int64_t>(listed, 1));
  weights.insert(weights.begin(), static_cast<std::size_t>(in_front), mean);
  weights.resize(static_cast<std::size_t>(depth), 0.0);
  return {weights.begin(), weights.end()};
}

constexpr std::int64_t max_buckets = std::int64_t{1} << 20;

std::int64_t read_buckets(const Config& config) {
  const std::int64_t buckets = config.integer_or("num_oov_indices", 0, 1);
  if (buckets > max_buckets) {
    fail(ErrorCode::unsupported, "key 'num_oov_indices': {} is not supported; up to {} is", buckets,
         max_buckets);
  }
  return buckets;
}

std::optional<std::int64_t> integer_token(const Config& config, std::string_view key) {
  const auto found = config.find(key);
  return found ? std::optional(found->as_int64()) : std::nullopt;
}

}  // namespace

std::optional<HashKey> read_salt(const Config& config) {
  const auto found = config.find("salt");
  if (!found) return std::nullopt;
  return within([] { return std::string("key 'salt'"); },
                [&]() -> HashKey {
                  if (!found->is_array()) {
                    const auto salt = static_cast<std::uint64_t>(found->as_int64());
                    return {salt, salt};
                  }
                  if (found->size() != 2) {
                    fail(ErrorCode::malformed_file, "{} is no pair", found->dump(60));
                  }
                  return {static_cast<std::uint64_t>((*found)[0].as_int64()),
                          static_cast<std::uint64_t>((*found)[1].as_int64())};
                });
}

LookupTokens<std::string> read_string_tokens(LayerCall& call, const std::string& mode,
                                             std::optional<std::string> mask,
                                             std::optional<std::string> unknown) {
  LookupTokens<std::string> result;
  result.mask = std::move(mask);
  result.unknown = std::move(unknown);
  result.buckets = read_buckets(call.config());
  read_tokens(call, mode, result);
  return result;
}

LookupTokens<std::int64_t> read_integer_tokens(LayerCall& call, const std::string& mode) {
  LookupTokens<std::int64_t> result;
  result.mask = integer_token(call.config(), "mask_token");
  result.unknown = integer_token(call.config(), "oov_token");
  result.buckets = read_buckets(call.config());
  read_tokens(call, mode, result);
  return result;
}

template <typename Token>
ValueId weigh_by_idf(LayerCall& call, ValueId counts, std::int64_t depth,
                     const LookupTokens<Token>& tokens) {
  const std::vector<float> weights = read_idf(call, depth, tokens);
  return call.binary(BinaryFn::multiply, call.as_float(counts),
                     call.constant("idf_weights", weights));
}

template ValueId weigh_by_idf(LayerCall&, ValueId, std::int64_t, const LookupTokens<std::string>&);
template ValueId weigh_by_idf(LayerCall&, ValueId, std::int64_t, const LookupTokens<std::int64_t>&);

}  // namespace keraunos::keras
