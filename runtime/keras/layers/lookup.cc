#include <limits>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/categories.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/vocabularies.hpp"

namespace keraunos::keras {
namespace {

const std::vector<std::string_view> modes = {"int", "one_hot", "multi_hot", "count", "tf_idf"};

// Keys that tell how the vocabulary came about, or that follow from others.
void read_origin_keys(const Config& config) {
  for (const std::string_view key :
       {"max_tokens", "vocabulary_size", "vocabulary_dtype", "has_input_vocabulary", "idf_weights",
        "oov_method", "salt", "pad_to_max_tokens", "oov_token", "mask_token"}) {
    static_cast<void>(config.find(key));
  }
}

std::optional<std::string> text(const Config& config, std::string_view key) {
  const auto found = config.find(key);
  return found ? std::optional(std::string(found->as_string())) : std::nullopt;
}

// Masked tokens have number 0, or, where numbers have places in the output, none.
template <typename Token>
std::shared_ptr<const Vocabulary> vocabulary(const LookupTokens<Token>& tokens,
                                             const std::string& mode, bool hashed,
                                             std::optional<HashKey> key) {
  auto result = std::make_shared<Vocabulary>(
      tokens.tokens, tokens.first_token(mode),
      UnknownTokens{tokens.first_bucket(mode), tokens.buckets, hashed, key});
  if (tokens.mask) {
    result->set_mask(*tokens.mask, mode == "int" ? 0 : std::numeric_limits<std::int64_t>::max());
  }
  return result;
}

template <typename Token>
std::vector<ValueId> encode(LayerCall& call, ValueId input, const LookupTokens<Token>& tokens,
                            const std::string& mode, bool hashed) {
  const Config& config = call.config();
  const ValueId numbers =
      call.emit(Lookup{vocabulary(tokens, mode, hashed, read_salt(config))}, {input});
  if (mode == "int") return {numbers};
  const std::int64_t depth = lookup_depth(config, tokens, mode);
  if (mode == "tf_idf") {
    const ValueId counts = encode_categories(call, numbers, {"count", depth, DType::int64});
    return {weigh_by_idf(call, counts, depth, tokens)};
  }
  const bool keras2 = call.version().major < 3;
  const DType dtype = keras2 ? keras2_category_dtype(config, mode) : DType::int64;
  return {encode_categories(call, numbers, {mode, depth, dtype})};
}

Tensor table_of(const std::vector<std::string>& tokens) {
  const std::vector<std::string_view> views(tokens.begin(), tokens.end());
  return Tensor::of_strings({static_cast<std::int64_t>(views.size())}, views);
}

Tensor table_of(const std::vector<std::int64_t>& tokens) {
  Tensor table(DType::int64, {static_cast<std::int64_t>(tokens.size())});
  std::copy(tokens.begin(), tokens.end(), table.as<std::int64_t>().begin());
  return table;
}

// Numbers back to tokens. The table ends in the unknown token, which stands for every number
// outside: -1, as what is below becomes, counts from the end.
template <typename Token>
std::vector<ValueId> invert(LayerCall& call, const LookupTokens<Token>& tokens) {
  if (!tokens.unknown) fail(ErrorCode::unsupported, "key 'oov_token': null with invert");
  std::vector<Token> table(static_cast<std::size_t>(tokens.first_token("int")), *tokens.unknown);
  if (tokens.mask) table.front() = *tokens.mask;
  table.insert(table.end(), tokens.tokens.begin(), tokens.tokens.end());
  table.push_back(*tokens.unknown);
  const auto last = static_cast<double>(table.size() - 1);

  ValueId numbers = call.cast(call.input(), DType::int64);
  numbers = call.binary(BinaryFn::maximum, numbers, call.scalar(-1, DType::int64));
  numbers = call.binary(BinaryFn::minimum, numbers, call.scalar(last, DType::int64));
  const ValueId constant = call.environment().graph.add_constant(
      make_constant(call.identity().place.path + "/vocabulary", table_of(table)));
  return {call.emit(Gather{0}, {constant, numbers})};
}

std::vector<ValueId> import_string_lookup(LayerCall& call) {
  const Config& config = call.config();
  read_origin_keys(config);
  static_cast<void>(config.find("encoding"));
  const std::string mode = output_mode(config, modes);
  auto unknown = text(config, "oov_token");
  const auto tokens = read_string_tokens(call, mode, text(config, "mask_token"), unknown);
  if (config.flag_or("invert", false)) return invert(call, tokens);
  return encode(call, call.input(), tokens, mode, /*hashed=*/true);
}

std::vector<ValueId> import_integer_lookup(LayerCall& call) {
  const Config& config = call.config();
  read_origin_keys(config);
  const std::string mode = output_mode(config, modes);
  const auto tokens = read_integer_tokens(call, mode);
  if (config.flag_or("invert", false)) return invert(call, tokens);
  const bool hashed = config.choice("oov_method", {"floormod", "farmhash"}) == "farmhash";
  return encode(call, call.cast(call.input(), DType::int64), tokens, mode, hashed);
}

// TextVectorization ------------------------------------------------------------------------------

void read_standardize(const Config& config, VectorizeText& vectorize) {
  const auto found = config.find("standardize");
  if (!found) return;
  const std::string name = found->is_string()
                               ? config.choice("standardize", {"lower_and_strip_punctuation",
                                                               "lower", "strip_punctuation"})
                               : "";
  if (name.empty()) {
    fail(ErrorCode::unsupported, "key 'standardize': {} is a function, which is never run",
         found->dump(60));
  }
  vectorize.lower = name != "strip_punctuation";
  vectorize.strip_punctuation = name != "lower";
}

void read_split(const Config& config, VectorizeText& vectorize) {
  const auto found = config.find("split");
  vectorize.split = TextSplit::none;
  if (!found) return;
  if (!found->is_string()) {
    fail(ErrorCode::unsupported, "key 'split': {} is a function, which is never run",
         found->dump(60));
  }
  const bool words = config.choice("split", {"whitespace", "character"}) == "whitespace";
  vectorize.split = words ? TextSplit::whitespace : TextSplit::character;
}

// 2 means (1, 2); a list is taken as it is.
void read_ngrams(const Config& config, VectorizeText& vectorize) {
  constexpr std::int64_t longest = 64;
  const auto found = config.find("ngrams");
  if (!found) return;
  if (found->is_array()) {
    for (const file::Json size : found->elements()) {
      vectorize.ngrams.push_back(to_integer(size, 1));
    }
  } else {
    const std::int64_t most = std::min(to_integer(*found, 1), longest + 1);
    for (std::int64_t size = 1; size <= most; ++size) vectorize.ngrams.push_back(size);
  }
  for (const std::int64_t size : vectorize.ngrams) {
    if (size <= longest && static_cast<std::int64_t>(vectorize.ngrams.size()) <= longest) continue;
    fail(ErrorCode::unsupported, "key 'ngrams': {} is not supported; sizes up to {} are",
         found->dump(60), longest);
  }
}

// (batch, strings), where strings that are split are alone in their row.
ValueId rows_of_texts(LayerCall& call, TextSplit split) {
  const ValueId input = call.input();
  const Shape shape = call.shape(input);
  if (shape.size() == 2 && (split == TextSplit::none || shape[1] == Dim(1))) return input;
  if (shape.size() == 1 && split != TextSplit::none) return call.view(input, {shape[0], 1});
  fail(ErrorCode::shape_mismatch, "expects strings of shape {}, got {}",
       split == TextSplit::none ? "(batch, n)" : "(batch,) or (batch, 1)", to_keras_string(shape));
}

// The width of the rows of numbers: only whole strings tell it before the text is known.
std::int64_t width_of_numbers(LayerCall& call, const VectorizeText& vectorize, ValueId rows) {
  if (const auto width = call.config().find("output_sequence_length")) {
    return within([] { return std::string("key 'output_sequence_length'"); },
                  [&] { return to_integer(*width, 0); });
  }
  const auto count = call.shape(rows)[1].constant();
  if (vectorize.split != TextSplit::none || !count) {
    fail(ErrorCode::unsupported,
         "key 'output_sequence_length': null: the output would be as wide as the longest text; set "
         "it to the width that the model is to have");
  }
  if (vectorize.ngrams.empty()) return *count;
  std::int64_t width = 0;
  for (const std::int64_t size : vectorize.ngrams) {
    width += std::max<std::int64_t>(*count - size + 1, 0);
  }
  return width;
}

std::vector<ValueId> import_text_vectorization(LayerCall& call) {
  const Config& config = call.config();
  read_origin_keys(config);
  static_cast<void>(config.choice("encoding", {"utf-8", "UTF-8", "utf8"}));
  config.refuse_if_set("ragged");
  const std::string mode = output_mode(config, modes);
  VectorizeText vectorize;
  read_standardize(config, vectorize);
  read_split(config, vectorize);
  read_ngrams(config, vectorize);
  if (mode == "one_hot") {
    fail(ErrorCode::unsupported,
         "key 'output_mode': 'one_hot' gives ragged tensors, which are not supported");
  }
  const auto tokens = read_string_tokens(call, mode, std::string(), std::string("[UNK]"));
  vectorize.vocabulary = vocabulary(tokens, mode, /*hashed=*/true, std::nullopt);
  const ValueId rows = rows_of_texts(call, vectorize.split);
  if (mode == "int") {
    vectorize.width = width_of_numbers(call, vectorize, rows);
    return {call.emit(vectorize, {rows})};
  }
  vectorize.width = lookup_depth(config, tokens, mode);
  vectorize.result = mode == "multi_hot" ? TextResult::marks : TextResult::counts;
  const ValueId counts = call.emit(vectorize, {rows});
  if (mode == "tf_idf") return {weigh_by_idf(call, counts, vectorize.width, tokens)};
  return {call.version().major < 3 ? call.as_float(counts) : counts};
}

constexpr std::array classes = {
    LayerClass{"StringLookup", import_string_lookup, MaskRule::drop, Dtypes::own},
    LayerClass{"IntegerLookup", import_integer_lookup, MaskRule::drop, Dtypes::own},
    LayerClass{"TextVectorization", import_text_vectorization, MaskRule::drop, Dtypes::own},
};

}  // namespace

const std::span<const LayerClass> lookup_layers = classes;

}  // namespace keraunos::keras
