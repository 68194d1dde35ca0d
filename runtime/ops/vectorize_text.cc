#include "runtime/ops/vectorize_text.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"
#include "runtime/base/utf8.hpp"

namespace keraunos {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::vector<TensorType> VectorizeText::infer(std::span<const TensorType> inputs, Demands&) const {
  if (inputs[0].dtype != DType::string || inputs[0].shape.size() != 2) {
    fail(ErrorCode::invalid_argument, "wants strings of shape (batch, n), got {} {}",
         to_string(inputs[0].dtype), to_keras_string(inputs[0].shape));
  }
  return {{DType::int64, {inputs[0].shape[0], width}}};
}

std::string VectorizeText::describe() const {
  constexpr std::array<std::string_view, 3> splits = {"whole", "words", "characters"};
  constexpr std::array<std::string_view, 3> results = {"numbers", "counts", "marks"};
  return fmt::format("{} to {} {}", splits.at(static_cast<std::size_t>(split)), width,
                     results.at(static_cast<std::size_t>(result)));
}

void Tokenizer::start_row() {
  text_.clear();
  ends_.clear();
}

void Tokenizer::add(std::string_view text) {
  standardize(text);
  switch (op_.split) {
    case TextSplit::none: text_ += standard_; return end_token();
    case TextSplit::whitespace: return split_whitespace();
    case TextSplit::character: return split_characters();
  }
}

void Tokenizer::standardize(std::string_view text) {
  standard_.clear();
  for (const char c : text) {
    if (op_.strip_punctuation && is_punctuation(c)) continue;
    standard_ += op_.lower ? to_lower(c) : c;
  }
}

void Tokenizer::split_whitespace() {
  bool inside = false;
  for (const char c : standard_) {
    if (is_space(c)) {
      if (inside) end_token();
      inside = false;
    } else {
      text_ += c;
      inside = true;
    }
  }
  if (inside) end_token();
}

void Tokenizer::split_characters() {
  for (std::string_view rest = standard_; !rest.empty();) {
    const DecodedCharacter character = decode_utf8(rest);
    append_utf8(character.point, text_);
    end_token();
    rest.remove_prefix(character.size);
  }
}

std::string_view Tokenizer::token(std::size_t i) const {
  const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(text_).substr(begin, ends_[i] - begin);
}

void Tokenizer::for_each(const std::function<void(std::string_view)>& visit) {
  if (op_.ngrams.empty()) {
    for (std::size_t i = 0; i < ends_.size(); ++i) visit(token(i));
  }
  for (const std::int64_t length : op_.ngrams) {
    const auto size = static_cast<std::size_t>(length);
    for (std::size_t i = 0; i + size <= ends_.size(); ++i) {
      ngram_ = token(i);
      for (std::size_t j = 1; j < size; ++j) ngram_.append(1, ' ').append(token(i + j));
      visit(ngram_);
    }
  }
}

}  // namespace keraunos
